import Facts

/// Archive names by number in the run.
package struct ArchiveNames: Equatable, Sendable {
  /// A line, as a reader finds it.
  struct Line: Equatable {
    var archive: String
    /// From 1; of a file that is one JSON document, the number of the element.
    var number: Int
  }

  private let names: [String]

  /// - Parameter names: In the order of the run.
  package init(_ names: [String] = []) { self.names = names }

  /// Nil without a place, and for an archive that has no name here.
  func line(at place: Place?) -> Line? {
    guard let place, names.indices.contains(Int(place.archive)) else { return nil }
    return Line(archive: names[Int(place.archive)], number: place.line)
  }

  func json(_ place: Place?) -> JSONOutput {
    guard let line = line(at: place) else { return .null }
    return ["archive": .string(line.archive), "line": .int(line.number)]
  }
}
