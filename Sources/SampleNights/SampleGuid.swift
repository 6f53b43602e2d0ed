/// A process's or logon's GUID, spelled by each shipper in its own way.
package struct SampleGuid: Hashable, Sendable {
  package var high: UInt64
  package var low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// `747f3d96-6dd1-5f66-0000-0010c1520000`.
  package var lowerCased: String { text(Array("0123456789abcdef".utf8)) }
  /// The same in capitals, as evtx_dump writes it.
  package var upperCased: String { text(Array("0123456789ABCDEF".utf8)) }
  /// `{747f3d96-6dd1-5f66-0000-0010c1520000}`.
  package var braced: String { "{\(lowerCased)}" }

  private func text(_ digits: [UInt8]) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(36)
    for nibble in 0..<32 {
      if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 {
        bytes.append(UInt8(ascii: "-"))
      }
      let half = nibble < 16 ? high : low
      bytes.append(digits[Int(half >> UInt64(60 - 4 * (nibble % 16)) & 15)])
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
