/// A text that is written in base64 (RFC 4648), as queues and streams carry what they do not know: Kinesis, Firehose,
/// Pub/Sub, Kafka's REST proxy.
enum Base64Text {
  /// A shorter text cannot be an event.
  private static let minCount = 32

  /// The decoded bytes; nil where the text is not base64.
  ///
  /// Both alphabets, padding and ends of lines are accepted.
  static func decode(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
    guard text.count >= minCount else { return nil }
    var result: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    var isPadded = false
    for index in 0..<text.count {
      let byte = unsafe text[index]
      if byte == 0x0A || byte == 0x0D { continue }
      if byte == UInt8(ascii: "=") {
        isPadded = true
        continue
      }
      guard !isPadded, let value = value(of: byte) else { return nil }
      if result.isEmpty { result.reserveCapacity(text.count / 4 * 3 + 3) }
      bits = bits << 6 | UInt32(value)
      count += 1
      if count % 4 == 0 {
        for shift in [16, 8, 0] { result.append(UInt8(truncatingIfNeeded: bits >> shift)) }
      }
    }
    switch count % 4 {
    case 2: result.append(UInt8(truncatingIfNeeded: bits >> 4))
    case 3:
      result.append(UInt8(truncatingIfNeeded: bits >> 10))
      result.append(UInt8(truncatingIfNeeded: bits >> 2))
    default: break
    }
    return result
  }

  private static func value(of byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }
}

extension [UInt8] {
  /// Whether this is packed with gzip.
  var isGzip: Bool { count > 2 && self[0] == 0x1F && self[1] == 0x8B }
}
