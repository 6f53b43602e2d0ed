import Facts
import Knowledge

// What connections are put together into: rows of the published table, by its four group fields.

extension Hunt {
  /// The texts of the four group fields; a missing field is "" as well.
  struct Group: NumberedKey, Hashable {
    var host: TextID
    var image: TextID
    var user: TextID
    var parent: TextID
    var isInbound = false
    var isHit = false

    func hash(_ hash: KeyedHash) -> UInt32 {
      TextIDs(host, image, user, parent).hash(hash) &+ (isInbound ? 1 : 0) &+ (isHit ? 2 : 0)
    }
  }

  struct Row {
    var count = 0
    var score = 0
    var severities = SmallSet<Severity>()
    var ports = SmallSet<TextID>()
    var addresses = SmallSet<TextID>()
    var names = SmallSet<TextID>()
    var processes = SmallSet<ProcessGuid>()
    var earliest: EarliestLine?
    var last: UTCTime?
    var parentSource = Finding.ParentSource.unknown
    var originalFileName: String?
    /// By the number of the indicator.
    var intel: [Int: IntelMatch] = [:]
    var evidence = EvidenceCollector()
    var sources = SmallSet<Source>()

    var first: UTCTime? { earliest?.time }
  }

  /// Rows by group.
  struct Rows {
    private(set) var groups = NumberedKeys<Group>()
    /// By the number of the group.
    private(set) var all = SegmentedArray<Row>()

    mutating func add(
      _ match: Match, to group: Group, _ context: inout EvidenceCollector.Context?
    ) {
      let (number, isNew) = groups.insert(group)
      if isNew { all.append(Row()) }
      all[number].add(match, &context)
    }

    /// The row of a group, which is let go here.
    mutating func take(_ number: Int) -> Row {
      var row = Row()
      swap(&row, &all[number])
      return row
    }
  }
}

/// A connection that counts, and what was found out about it.
struct Match {
  let key: ConnectionKey
  let fact: ConnectionFact
  /// As the event names it, or the start of the process.
  let parent: TextID
  let severity: Severity
  let parentSource: Finding.ParentSource
  let renamedFrom: String?
  let hits: [(hit: IntelHits.Hit, indicator: Indicator)]
  let call: Call?

  /// Whom it calls.
  struct Call {
    let key: BeaconKey
    /// Many hosts do so with the same program.
    let isFleetWide: Bool
    /// Many hosts run the program from the same place.
    let isFromUsualPlace: Bool
  }
}

extension Hunt.Row {
  fileprivate mutating func add(_ match: Match, _ context: inout EvidenceCollector.Context?) {
    let (key, fact, source) = (match.key, match.fact, match.parentSource)
    count += fact.count
    score = max(score, match.severity.rawValue)
    severities.insert(match.severity)
    for (hit, indicator) in match.hits {
      var tally = intel[hit.number] ?? IntelMatch(indicator: indicator)
      if hit.isInside { tally.inside += fact.count } else { tally.outside += fact.count }
      intel[hit.number] = tally
    }
    if key.port != .none { ports.insert(key.port) }
    if key.address != .none { addresses.insert(key.address) }
    if fact.destinationName != .none { names.insert(fact.destinationName) }
    if key.process != .none { processes.insert(key.process) }
    sources.insert(key.source)
    earliest.add(EarliestLine(fact))
    last = .later(last, fact.last)
    // Where some events name the parent themselves, the row says so.
    if source == .event || parentSource == .unknown { parentSource = source }
    if let renamed = match.renamedFrom, originalFileName.map({ byBytes(renamed, $0) }) ?? true {
      originalFileName = renamed
    }
    if context != nil {
      evidence.add(
        key, fact, parent: match.parent, renamedFrom: match.renamedFrom,
        match.hits.map(\.indicator), match.call, &context!)
    }
  }
}
