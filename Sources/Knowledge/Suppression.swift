package import Facts

/// A rule that hides what is known to be harmless: it keeps connections out of the table, but counted
/// and listed.
package struct Suppression: Sendable {
  package var name: String
  package var reason: String
  package var owner: String
  /// Connections on or after this moment are shown again; nil: none are.
  package var expires: UTCTime?
  // What a connection has to match; an empty list matches all.
  package var hosts: [Wildcard] = []
  package var images: [Wildcard] = []
  package var users: [Wildcard] = []
  package var parents: [Wildcard] = []
  package var addresses: [AddressBlock] = []
  package var ports: [PortQuery] = []

  package init(name: String, reason: String, owner: String, expires: UTCTime?) {
    self.name = name
    self.reason = reason
    self.owner = owner
    self.expires = expires
  }

  /// Whether it says nothing about what to match, and so would hide everything.
  var matchesAll: Bool {
    hosts.isEmpty && images.isEmpty && users.isEmpty && parents.isEmpty && addresses.isEmpty
      && ports.isEmpty
  }
}

/// A text in which `*` stands for any characters and `?` for one; ASCII letters match in either case.
///
/// A pattern without a path separator is compared with the last part of a path.
package struct Wildcard: Hashable, Sendable {
  package let text: String
  private let bytes: [UInt8]
  private let hasSeparator: Bool

  package init(_ text: String) {
    self.text = text
    bytes = Array(text.utf8).map(Self.folded)
    hasSeparator = bytes.contains(where: Self.isSeparator)
  }

  private static func folded(_ byte: UInt8) -> UInt8 {
    (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "/")
  }

  /// - Complexity: O(*n* · *m*) in the bytes of text and pattern.
  package func matches(_ text: String) -> Bool {
    Self.matches(Array(text.utf8).map(Self.folded)[...], bytes[...])
  }

  package func matches(path: String) -> Bool {
    let path = Array(path.utf8).map(Self.folded)
    if hasSeparator { return Self.matches(path[...], bytes[...]) }
    let last = path.split(omittingEmptySubsequences: false, whereSeparator: Self.isSeparator).last
    return Self.matches(last ?? [], bytes[...])
  }

  /// The usual way: after a star that fits too little, let the last star take one byte more.
  private static func matches(_ text: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
    var (at, here) = (text.startIndex, pattern.startIndex)
    var star: (pattern: Int, text: Int)?
    while at < text.endIndex {
      if here < pattern.endIndex, pattern[here] == UInt8(ascii: "*") {
        star = (here, at)
        here += 1
      } else if here < pattern.endIndex,
        pattern[here] == text[at] || pattern[here] == UInt8(ascii: "?")
      {
        here += 1
        at += 1
      } else if let last = star {
        star = (last.pattern, last.text + 1)
        here = last.pattern + 1
        at = last.text + 1
      } else {
        return false
      }
    }
    return pattern[here...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
