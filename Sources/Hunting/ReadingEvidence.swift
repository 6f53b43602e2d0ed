package import Facts
package import Knowledge

/// A file of intelligence or suppressions, by what it gave.
package struct FeedReading: Equatable, Sendable {
  package var name: String
  package var taken: Int
  package var refused: Int

  package init(name: String, taken: Int, refused: Int) {
    self.name = name
    self.taken = taken
    self.refused = refused
  }
}

/// A host by its name, and how much was heard of it.
package struct NamedHost: Equatable, Sendable {
  /// nil where the events name none.
  package var name: String?
  package var heard: HostCoverage

  package init(name: String?, heard: HostCoverage) {
    self.name = name
    self.heard = heard
  }
}

/// What a run knows besides what its archives say, times by the wall clock.
package struct RunKnowledge: Equatable, Sendable {
  /// Archives that the run found; nil where it was not to look for any.
  package var foundArchives: Int?
  /// Of these, those that the ledger did not hold; nil where that does not matter.
  package var newArchives: Int?
  /// How long ago the youngest of them was written, in seconds; nil: not known.
  package var youngestAge: Int64?
  /// How long ago the run before was, in seconds.
  package var sinceLastRun: Int64?
  /// What `--max-age` says, in seconds.
  package var maxAge: Int64?

  package init() {}
}

/// All that decides whether a reading was complete.
package struct ReadingEvidence: Sendable {
  /// The archives that the verdict is about: tonight's, or all.
  package var archives: [ArchiveRecord] = []
  /// All hosts that were ever heard.
  package var hosts: [NamedHost] = []
  /// Those of `archives`, where these are not all archives.
  package var newHosts: [NamedHost]?
  package var unread: [UnreadInput] = []
  /// Senders of whom an archive was understood before.
  package var understoodSenders: Set<String> = []
  /// How many archives came before of each sender that never sent one without an event that the hunt reads.
  package var archivesWithEvents: [String: Int] = [:]
  package var feeds: [FeedReading] = []
  package var run = RunKnowledge()
  package var accepted: Set<ReadingReason> = []

  package init() {}

  /// The sender of an archive, derived from its name: each run of digits is replaced by one sign.
  package static func sender(of name: String) -> String {
    var sender = ""
    var isInDigits = false
    for byte in name.unicodeScalars {
      let isDigit = ("0"..."9").contains(byte)
      if !isDigit {
        sender.unicodeScalars.append(byte)
      } else if !isInDigits {
        sender += "#"
      }
      isInDigits = isDigit
    }
    return sender
  }
}
