import ArgumentParser
import SampleNights

/// The archives of `Tests/oracle`, which an independent oracle answers as well.
struct ParityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "parity",
    abstract: "Writes small archives dense in what decides the published table.")

  @Option(help: "The same number gives the same lines.")
  var seed: UInt64 = 1571

  @Option(help: "How many connections each archive holds.")
  var connections = 600

  @Option(help: "The directory to write into; files of the same names are replaced.")
  var output: String

  mutating func run() throws {
    let folder = OutputFolder(output)
    for form in ParityCorpus.Form.allCases {
      var corpus = ParityCorpus(form: form, seed: seed)
      let lines = corpus.lines(connections: connections)
      try folder.write(Encoding.gzip.pack(lines), to: form.rawValue + Encoding.gzip.ending)
    }
  }
}
