// How the names of executables are compared: by bytes, ASCII letters in either case.

func asciiLowercased(_ text: String) -> String {
  String(
    decoding: text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
}

/// What follows the last separator of a path, be it a slash or a backslash.
package func baseName(_ path: String) -> String {
  String(
    decoding: path.utf8.split(
      omittingEmptySubsequences: false,
      whereSeparator: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "/") }
    ).last ?? [], as: UTF8.self)
}

func contains(_ text: String, _ part: String) -> Bool {
  let text = Array(text.utf8)
  let part = Array(part.utf8)
  guard text.count >= part.count else { return false }
  return (0...text.count - part.count).contains { text[$0..<$0 + part.count].elementsEqual(part) }
}
