/// A text that is written as the numbers of its bytes: by journald where it is not all printable UTF-8, by Node.js for a
/// buffer, by Java's serialisers with a sign.
enum ByteList {
  /// The bytes; nil where an array holds anything else than numbers from -128 to 255.
  ///
  /// - Parameter array: Its JSON text.
  /// - Complexity: O(*n*).
  static func decode(_ array: UnsafeRawBufferPointer) -> [UInt8]? {
    guard unsafe array.first == UInt8(ascii: "[") else { return nil }
    var bytes: [UInt8] = []
    var number = Number()
    for index in 1..<array.count {
      let character = unsafe array[index]
      switch character {
      case UInt8(ascii: ","), UInt8(ascii: "]"):
        guard let byte = number.byte else { return nil }
        if bytes.isEmpty { bytes.reserveCapacity(array.count / 3) }
        bytes.append(byte)
        if character == UInt8(ascii: "]") { return index == array.count - 1 ? bytes : nil }
        number = Number()
      case UInt8(ascii: "-"): number.isNegative = true
      case _ where character.isDigit: number.add(character)
      case _ where character.isBlank: break
      default: return nil
      }
    }
    return nil
  }

  private struct Number {
    var isNegative = false
    private var value = 0
    private var digits = 0

    mutating func add(_ digit: UInt8) {
      digits += 1
      value = min(1000, value * 10 + Int(digit - UInt8(ascii: "0")))
    }

    var byte: UInt8? {
      guard digits > 0, value <= (isNegative ? 128 : 255) else { return nil }
      return UInt8(truncatingIfNeeded: isNegative ? -value : value)
    }
  }
}
