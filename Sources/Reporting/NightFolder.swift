/// A folder with a report for each night, and a link `latest` to the newest: no night empties another's.
package struct NightFolder: Sendable {
  package static let runName = "run.json"
  private static let latest = "latest"

  private let path: String
  private let keep: Int

  /// - Parameter keep: The most nights that are kept; at least 1.
  package init(_ path: String, keep: Int) {
    self.path = path
    self.keep = keep
  }

  /// Writes the night's report, points `latest` at it, and removes the oldest nights beyond those kept.
  ///
  /// - Parameter name: The night's folder; names sort by time.
  /// - Throws: ``OutputError``; the other nights are untouched then.
  package func write(
    _ files: [OutputFile], manifest: [UInt8], run: [UInt8], as name: String
  ) throws(OutputError) {
    try ReportDirectory(path + "/" + name).replace(
      with: files + [OutputFile(name: Self.runName, bytes: run)], manifest: manifest)
    try Disk.link(path + "/" + Self.latest, to: name)
    let nights = try Disk.names(in: path).filter(Self.isNight)
      .sorted { Self.number($0) < Self.number($1) }
    for old in nights.dropLast(keep) where old != name {
      ReportDirectory.remove(path + "/" + old)
    }
  }

  /// `2024-05-01-night-12`.
  private static func isNight(_ name: String) -> Bool {
    name.utf8.count > 17 && name.dropFirst(10).hasPrefix("-night-")
      && Int(name.dropFirst(17)) != nil
  }

  private static func number(_ name: String) -> Int { Int(name.dropFirst(17)) ?? 0 }
}
