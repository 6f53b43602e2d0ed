import Hashing
import Knowledge
import Reporting

/// All suppressions of a run, and the files that they stand in.
struct Suppressions {
  private(set) var rules: [Suppression] = []
  /// For the manifest: by their own names, never by where they lie.
  private(set) var files: [Manifest.File] = []

  /// - Throws: `JobFileError`.
  init(_ settings: HuntSettings) throws {
    for path in settings.suppressions {
      let file = try SuppressionFile(reading: path)
      rules += file.suppressions
      let bytes = Array(file.text.utf8)
      let name = path.split(separator: "/").last.map(String.init) ?? path
      files.append(
        Manifest.File(name: name, sha256: SHA256.hexadecimal(of: bytes), bytes: bytes.count))
    }
  }
}
