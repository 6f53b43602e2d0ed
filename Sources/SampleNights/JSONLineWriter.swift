/// Writes one line of JSON in the order it is told, with no blanks.
package struct JSONLineWriter {
  package private(set) var bytes: [UInt8] = []
  private var first = true

  package init() { bytes.reserveCapacity(1024) }

  package var text: String { String(decoding: bytes, as: UTF8.self) }

  package mutating func object(_ key: String? = nil, _ content: (inout JSONLineWriter) -> Void) {
    nest(key, "{", "}", content)
  }

  package mutating func array(_ key: String? = nil, _ content: (inout JSONLineWriter) -> Void) {
    nest(key, "[", "]", content)
  }

  package mutating func field(_ key: String?, _ value: String) {
    begin(key)
    quote(value)
  }

  package mutating func field(_ key: String?, _ value: Int) {
    begin(key)
    bytes.append(contentsOf: String(value).utf8)
  }

  package mutating func field(_ key: String?, _ value: Bool) {
    begin(key)
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  package mutating func null(_ key: String?) {
    begin(key)
    bytes.append(contentsOf: "null".utf8)
  }

  private mutating func nest(
    _ key: String?, _ open: Unicode.Scalar, _ close: Unicode.Scalar,
    _ content: (inout JSONLineWriter) -> Void
  ) {
    begin(key)
    bytes.append(UInt8(ascii: open))
    first = true
    content(&self)
    bytes.append(UInt8(ascii: close))
    first = false
  }

  private mutating func begin(_ key: String?) {
    if !first { bytes.append(UInt8(ascii: ",")) }
    first = false
    guard let key else { return }
    quote(key)
    bytes.append(UInt8(ascii: ":"))
  }

  private mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
      case UInt8(ascii: "\r"): bytes.append(contentsOf: "\\r".utf8)
      case UInt8(ascii: "\t"): bytes.append(contentsOf: "\\t".utf8)
      case 0..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(contentsOf: "\\u00".utf8)
        bytes.append(digits[Int(byte >> 4)])
        bytes.append(digits[Int(byte & 15)])
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
