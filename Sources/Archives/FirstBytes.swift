import Facts
import Glibc

/// What the first bytes of a file say about it.
enum FirstBytes {
  /// The most bytes that are looked at.
  static let count = 64

  enum Kind {
    /// zstd, gzip, or text that starts as JSON does.
    case archive
    /// A packing that oddport does not read.
    case otherPacking
    case empty
    case other
  }

  private static let otherPackings: [[UInt8]] = [
    Array("BZh".utf8),
    [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00],  // xz
    [0x50, 0x4B, 0x03, 0x04],  // zip
    [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C],  // 7z
    [0x04, 0x22, 0x4D, 0x18],  // lz4
    Array("ElfFile\0".utf8),  // Windows event log
  ]

  static func kind(_ bytes: [UInt8]) -> Kind {
    if bytes.isEmpty { return .empty }
    if otherPackings.contains(where: bytes.starts(with:)) { return .otherPacking }
    let isPacked = Container(name: "", firstBytes: bytes) != .plain
    return isPacked || startsJSON(bytes) || isUTF16(bytes) ? .archive : .other
  }

  /// Whether text starts with an object or an array, after white space and a byte order mark.
  static func startsJSON(_ bytes: [UInt8]) -> Bool {
    var bytes = bytes[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
    let first = bytes.first { !($0 == 0x20 || (0x09...0x0D).contains($0)) }
    return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
  }

  private static func isUTF16(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
  }

  /// The first bytes of a file; nil where it cannot be opened.
  static func of(_ input: InputFile) -> [UInt8]? {
    let descriptor = unsafe input.withSystemPath {
      unsafe open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    }
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: count)
    let got = unsafe bytes.withUnsafeMutableBytes {
      unsafe read(descriptor, $0.baseAddress, $0.count)
    }
    return got < 0 ? nil : Array(bytes.prefix(got))
  }
}
