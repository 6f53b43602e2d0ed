import ArgumentParser
import Glibc
import Telemetry

/// `oddport shapes`: what can be read, with a line of each.
struct ShapesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shapes",
    abstract: "List the supported input formats, with a sample line of each.",
    discussion: """
      A line is recognised by its keys, so shapes can be mixed in one archive. Shapes inside of a Splunk \
      search result ("result") or an Elasticsearch hit ("_source") are read as well.
      """)

  @Argument(help: "Only this shape, and only its sample line.")
  var name: String?

  func run() throws {
    guard let name else {
      let text = Shapes.catalogue.map { "\($0.name)\n  \($0.title)\n  \($0.line)\n" }
      try writeOutput(Array(text.joined(separator: "\n").utf8))
      return
    }
    guard let shape = Shapes.catalogue.first(where: { $0.name == name }) else {
      let names = Shapes.catalogue.map(\.name).joined(separator: ", ")
      throw ValidationError("there is no shape '\(name)'; there are \(names)")
    }
    try writeOutput(Array((shape.line + "\n").utf8))
  }
}
