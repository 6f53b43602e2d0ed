/// Something that was found and not read, and why.
package struct UnreadInput: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    /// It could never hold events: a checksum, a file of the system.
    case harmless
    /// It was passed over by its name or its first bytes, and may hold events.
    case passedOver = "passed_over"
    /// The system refused to open or list it.
    case unreadable
    /// A folder that was given and holds no archive.
    case emptyFolder = "empty_folder"
  }

  /// As an archive is named: never where it is on the machine.
  package var name: String
  package var kind: Kind
  package var reason: String

  package init(name: String, kind: Kind, reason: String) {
    self.name = name
    self.kind = kind
    self.reason = reason
  }
}
