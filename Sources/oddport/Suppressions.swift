import Hashing
import Hunting
import Knowledge
import Reporting

/// The suppressions of a run and their files.
struct Suppressions {
  private(set) var rules: [Suppression] = []
  /// For the manifest: by file name, never by path.
  private(set) var files: [Manifest.File] = []
  private(set) var readings: [FeedReading] = []

  /// - Throws: `JobFileError`.
  init(_ settings: HuntSettings) throws {
    for path in settings.suppressions {
      let file = try SuppressionFile(reading: path)
      rules += file.suppressions
      let bytes = Array(file.text.utf8)
      let name = path.split(separator: "/").last.map(String.init) ?? path
      readings.append(FeedReading(name: name, taken: file.suppressions.count, refused: 0))
      files.append(
        Manifest.File(name: name, sha256: SHA256.hexadecimal(of: bytes), bytes: bytes.count))
    }
  }
}
