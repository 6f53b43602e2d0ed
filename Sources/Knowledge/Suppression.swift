package import Facts

/// A rule that hides what is known to be harmless: it keeps connections out of the table, but counted
/// and listed.
package struct Suppression: Sendable {
  /// One that hides more than this percentage of what would be shown is too broad to pass over.
  package static let broadShare = 50

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

/// A text in which `*` is any number of characters and `?` is one, unless they are in brackets: `[*]`,
/// `[?]` and `[[]` are these characters themselves. Letters match in either case.
///
/// A pattern without a path separator is compared with the last part of a path.
package struct Wildcard: Hashable, Sendable {
  package let text: String
  private let pattern: TextPattern
  private let hasSeparator: Bool

  package init(_ text: String) {
    self.text = text
    pattern = TextPattern(bracketed: text)
    hasSeparator = text.utf8.contains(where: Self.isSeparator)
  }

  /// The text of a pattern that nothing but `value` matches.
  package static func escaped(_ value: String) -> String {
    var text = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "*", "?", "[": text += "[\(scalar)]"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "/")
  }

  /// - Complexity: O(*n* · *m*) in the characters of text and pattern.
  package func matches(_ text: String) -> Bool { pattern.matches(text) }

  package func matches(path: String) -> Bool {
    guard !hasSeparator, let last = path.utf8.lastIndex(where: Self.isSeparator) else {
      return pattern.matches(path)
    }
    return pattern.matches(String(path[path.utf8.index(after: last)...]))
  }
}
