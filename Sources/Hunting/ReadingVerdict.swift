package import Knowledge

/// One reason why a reading is not complete, with what it is about.
package struct ReadingNote: Equatable, Sendable {
  package var reason: ReadingReason
  /// Archives, folders, hosts or feeds, by name, in byte order.
  package var names: [String]
  /// What there is to say about a name, as often as there are names; empty where there is nothing.
  package var details: [String]
  /// Whether a job says that it is known: it is counted and changes nothing.
  package var isAccepted: Bool

  package init(
    _ reason: ReadingReason, names: [String] = [], details: [String] = [], isAccepted: Bool = false
  ) {
    self.reason = reason
    self.names = names
    self.details = details
    self.isAccepted = isAccepted
  }
}

/// Whether what was read is all there was: the verdict beside the one on the findings.
package struct ReadingVerdict: Equatable, Sendable {
  package enum Level: String, CaseIterable, Comparable, Sendable {
    case complete, partial, blind

    package static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }

    private var rank: Int {
      switch self {
      case .complete: 0
      case .partial: 1
      case .blind: 2
      }
    }
  }

  /// Blind reasons first.
  package private(set) var notes: [ReadingNote] = []

  package init(_ notes: [ReadingNote] = []) {
    self.notes = notes.sorted { $0.reason < $1.reason }
  }

  package var level: Level {
    notes.lazy.filter { !$0.isAccepted }.map { $0.reason.isBlind ? Level.blind : .partial }.max()
      ?? .complete
  }

  /// Without the reasons that speak of the run: what a repeatable report says.
  package var ofTheInput: ReadingVerdict {
    ReadingVerdict(notes.filter { !$0.reason.isOfTheRun })
  }
}
