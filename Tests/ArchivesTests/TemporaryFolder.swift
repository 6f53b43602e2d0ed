import Archives
import Foundation

/// A folder that is gone when the test is over.
final class TemporaryFolder {
  let path: String

  init() {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    path = url.path
    guard unsafe mkdir(path, 0o700) == 0 else { fatalError("no temporary folder") }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// - Parameter name: May lie in a folder below, which is then made.
  @discardableResult
  func write(_ bytes: [UInt8], _ name: String) -> InputFile {
    var folder = path
    for part in name.split(separator: "/").dropLast() {
      folder += "/" + part
      unsafe mkdir(folder, 0o755)
    }
    let file = unsafe fopen(path + "/" + name, "w")
    guard let file = unsafe file else { fatalError("cannot write \(name)") }
    _ = unsafe fwrite(bytes, 1, bytes.count, file)
    unsafe fclose(file)
    return InputFile(name: String(name.split(separator: "/").last ?? ""), path: path + "/" + name)
  }
}
