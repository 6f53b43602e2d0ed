import Facts

/// An entry of a feed that could not be taken, and why.
package struct RefusedIntel: Equatable, Sendable {
  /// `line 7`, or the id of an object.
  package var place: String
  package var text: String
  package var reason: String
}

/// What a reader takes and refuses: every entry is one or the other, as a whole.
struct IntelEntries {
  /// Maximum number of refusals that are kept with their text; all are counted.
  static let maximumExamples = 1_000

  /// Maximum number of different reasons; a feed must not fill the memory with them.
  private static let maximumReasons = 200

  private(set) var indicators: [Indicator] = []
  private(set) var count = 0
  private(set) var takenCount = 0
  private(set) var refusedCounts: [String: Int] = [:]
  private(set) var refused: [RefusedIntel] = []
  private(set) var remarks: [String: Int] = [:]
  private var line: Int32 = 0
  private var place = ""
  /// Of a record of a list, from 1; 0: the place is told otherwise.
  private var record = 0
  private var isOpen = false
  private var numbers = HashedNumbers()

  /// Makes room for this many indicators in all, as far as that is known beforehand.
  mutating func reserve(_ count: Int) {
    let count = min(count + count / 32, 1 << 22)
    indicators.reserveCapacity(count)
    numbers.reserve(count)
  }

  mutating func begin(line: Int) {
    count += 1
    self.line = Int32(clamping: line)
    place = ""
    record = 0
    isOpen = true
  }

  mutating func begin(place: String) {
    begin(line: 0)
    self.place = place
  }

  mutating func begin(record: Int) {
    begin(line: 0)
    self.record = record
  }

  /// An entry may say several things.
  mutating func take(_ indicator: Indicator) {
    if isOpen { takenCount += 1 }
    isOpen = false
    if indicator.isNeverValid {
      remarks["its validity ends before it begins: no time is inside", default: 0] += 1
    }
    if let block = indicator.address,
      block.prefixBits < block.width || block.base.scope == .loopback,
      block.base.scope != .public
    {
      remark("it means a network of private or special addresses, which is everywhere")
    }
    let hash = indicator.entryHash
    guard numbers.number(hash, where: { indicators[$0] == indicator }) == nil else { return }
    numbers.insert(indicators.count, hash)
    indicators.append(indicator)
    indicators[indicators.count - 1].line = line
  }

  /// - Parameter cells: What the entry says.
  mutating func take(_ outcome: EntryTemplates.Outcome, of cells: [EntryCell], in bytes: [UInt8]) {
    switch outcome {
    case .indicator(let indicator): take(indicator)
    case .refusal(let reason):
      let said = cells.filter { [.value, .port].contains($0.column) && !$0.range.isEmpty }
      refuse(
        said.map { String(decoding: bytes[$0.range], as: UTF8.self) }.joined(separator: " "), reason
      )
    }
  }

  mutating func refuse(_ text: @autoclosure () -> String, _ reason: String) {
    guard isOpen else { return }
    isOpen = false
    let isKnown = refusedCounts[reason] != nil || refusedCounts.count < Self.maximumReasons
    refusedCounts[isKnown ? reason : "other reasons", default: 0] += 1
    guard refused.count < Self.maximumExamples else { return }
    let place = record > 0 ? "record \(record)" : place.isEmpty ? "line \(line)" : place
    refused.append(RefusedIntel(place: place, text: String(text().prefix(500)), reason: reason))
  }

  mutating func remark(_ text: String) { remarks[text, default: 0] += 1 }
}
