import Glibc
import Yams

/// A file that people write: jobs and suppressions.
package enum YAMLFile {
  /// Such a file is some dozen lines; what is larger was given by mistake and is not parsed.
  package static let maximumBytes = 1 << 20

  /// A double-quoted scalar, which can say everything.
  package static func quoted(_ text: String) -> String {
    var quoted = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\" + String(scalar)
      case " "..."~": quoted.unicodeScalars.append(scalar)
      default:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\U" + String(repeating: "0", count: 8 - digits.utf8.count) + digits
      }
    }
    return "\"" + quoted + "\""
  }

  static func contents(of path: String) throws(JobFileError) -> String {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    while bytes.count <= maximumBytes {
      var count = 0
      let piece = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, filled in
        count = unsafe read(descriptor, buffer.baseAddress, buffer.count)
        filled = max(0, count)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .unreadable(path) }
      if count == 0 { break }
      bytes += piece
    }
    guard bytes.count <= maximumBytes else { throw .tooLarge(path) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw JobFileError(path, nil, "is not UTF-8", hint: "save it as UTF-8")
    }
    return text
  }

  static func compose(_ text: String, _ file: String) throws(JobFileError) -> Node? {
    guard text.utf8.count <= maximumBytes else { throw .tooLarge(file) }
    do {
      return try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw JobFileError(error, file)
    } catch {
      throw JobFileError(file, nil, "cannot be parsed: \(error)", hint: "is it YAML?")
    }
  }
}

extension Node.Scalar {
  /// The value is empty, or a word that means nothing.
  var isNull: Bool {
    style == .plain && (string.isEmpty || ["~", "null", "Null", "NULL"].contains(string))
  }
}
