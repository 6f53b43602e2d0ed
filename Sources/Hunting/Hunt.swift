package import Facts
package import Knowledge

/// Judges facts by the published query: facts in, rows out, nothing else touched.
///
/// - Parameter totals: What the facts were chosen from, where they are not all there are.
/// - Complexity: O(*k* + *r* log *r*) for *k* keys and *r* rows.
package func hunt(
  _ facts: FactTable, lists: DetectionLists = .published, parity: Parity,
  totals: ConnectionTotals? = nil, suppressions: [Suppression] = [], intel: [Indicator] = []
) -> Verdict {
  var hunt = Hunt(
    facts: facts, score: ParityScore(lists: lists, parity: parity), suppressions: suppressions)
  hunt.intel = IntelIndex(intel, facts.texts)
  hunt.count(totals ?? ConnectionTotals(facts))
  for (key, fact) in zip(facts.keys, facts.facts) { hunt.judge(key, fact) }
  return hunt.verdict()
}

/// Judges only connections that indicators mean, whose ports then count as known C2 ports: who ever
/// talked to them, when, from which process, how often.
///
/// All other connections are as if they had not been seen: a row says nothing about them. Accepted
/// connections are looked at for indicators of listeners, and have rows of their own.
package func sweep(
  _ facts: FactTable, for indicators: [Indicator], lists: DetectionLists = .published,
  parity: Parity, totals: ConnectionTotals? = nil, suppressions: [Suppression] = []
) -> Verdict {
  var lists = lists
  lists.knownC2Ports = Set(0...65_535)
  let intel = IntelIndex(indicators, facts.texts)
  var hunt = Hunt(
    facts: facts, score: ParityScore(lists: lists, parity: parity), suppressions: suppressions)
  hunt.intel = intel
  hunt.count(totals ?? ConnectionTotals(facts))
  for (key, fact) in zip(facts.keys, facts.facts) where intel.means(key, fact) {
    hunt.judge(key, fact, countsInbound: true)
  }
  return hunt.verdict()
}

private struct Hunt {
  /// The texts of the four group fields, where "" stands for a field that is missing as well.
  struct Group: Hashable {
    var host: TextID
    var image: TextID
    var user: TextID
    var parent: TextID
    var isInbound = false
  }

  struct Row {
    var count = 0
    var score = 0
    var severities: Set<Severity> = []
    var ports: Set<TextID> = []
    var addresses: Set<TextID> = []
    var names: Set<TextID> = []
    var processes: Set<ProcessGuid> = []
    var first: UTCTime?
    var last: UTCTime?
    var parentSource = Finding.ParentSource.unknown
    var originalFileName: String?
    var intel: Set<Indicator> = []
  }

  /// SPL's `sort` keeps so many rows where the query names no count.
  static let sortLimit = 10_000

  let facts: FactTable
  var score: ParityScore
  var rows: [Group: Row] = [:]
  var suppressing: Suppressing
  var intel = IntelIndex([], TextTable())
  /// By the suppression's index.
  var hidden: [Int: [Group: Row]] = [:]
  var result = Verdict()

  init(facts: FactTable, score: ParityScore, suppressions: [Suppression]) {
    self.facts = facts
    self.score = score
    suppressing = Suppressing(suppressions, heardUntil: facts.coverage.heardUntil)
  }

  private func isJudged(_ source: Source) -> Bool {
    score.parity != .strict || source == .windowsSysmon
  }

  private func isOutbound(_ direction: Direction) -> Bool {
    switch direction {
    case .outbound, .unstated: true
    case .outboundBySpelling: score.parity != .strict
    case .inbound, .unclear: false
    }
  }

  mutating func count(_ totals: ConnectionTotals) {
    for source in Source.allCases where isJudged(source) {
      for direction in Direction.allCases {
        let count = totals[source, direction]
        if isOutbound(direction) {
          result.outboundConnections += count
        } else if direction == .inbound {
          result.inboundConnections += count
        } else {
          result.unclearConnections += count
        }
      }
    }
  }

  mutating func judge(_ key: ConnectionKey, _ fact: ConnectionFact, countsInbound: Bool = false) {
    let isInbound = countsInbound && key.direction == .inbound
    guard isJudged(key.source), isInbound || isOutbound(key.direction) else { return }
    let start = facts.processes[ProcessKey(host: key.host, process: key.process)]
    var original = key.originalFileName
    if original == .none, key.process != .none { original = start?.originalFileName ?? .none }
    let judged = score.judge(
      image: key.image, originalFileName: original, port: key.port, facts.texts)
    guard let severity = Severity(rawValue: judged.score) else { return }
    result.matchedConnections += fact.count

    var parent = key.parent
    var source = isBlank(parent) ? Finding.ParentSource.unknown : .event
    if score.parity != .strict, source == .unknown, key.process != .none,
      let named = start?.parent, !isBlank(named)
    {
      parent = named
      source = .processStart
      result.parentsResolved += fact.count
    } else if source == .unknown {
      result.parentsUnknown += fact.count
    }
    if score.parity == .strict, isDropped(key, count: fact.count) { return }

    let group = Group(
      host: joined(key.host), image: joined(key.image), user: joined(key.user),
      parent: joined(parent), isInbound: isInbound)
    let named = intel.indicators(for: key, fact)
    if let rule = suppressing.rule(hiding: key, fact, parent: parent, facts.texts) {
      hidden[rule, default: [:]][group, default: Row()].add(
        key, fact, severity, source, judged.renamedFrom, named)
    } else {
      rows[group, default: Row()].add(key, fact, severity, source, judged.renamedFrom, named)
    }
  }

  private mutating func isDropped(_ key: ConnectionKey, count: Int) -> Bool {
    var isMissing = false
    for (name, field) in [
      ("host", key.host), ("Image", key.image), ("User", key.user), ("ParentImage", key.parent),
    ] where field == .none {
      result.droppedForMissingField[name, default: 0] += count
      isMissing = true
    }
    if isMissing { result.droppedConnections += count }
    return isMissing
  }

  private func isBlank(_ id: TextID) -> Bool { joined(id) == .none }

  /// A missing field and an empty one share a row.
  private func joined(_ id: TextID) -> TextID { facts.texts.isEmpty(id) ? .none : id }

  func verdict() -> Verdict {
    var result = result
    result.findings = rows.map { finding($0.key, $0.value) }.sorted(by: Self.published)
    if score.parity == .strict {
      result.rowsBeyondSortLimit = max(0, result.findings.count - Self.sortLimit)
      result.findings = Array(result.findings.prefix(Self.sortLimit))
    }
    result.suppressed = hidden.flatMap { rule, rows in
      rows.map {
        SuppressedFinding(by: suppressing.name(of: rule), finding: finding($0.key, $0.value))
      }
    }.sorted {
      $0.finding.id == $1.finding.id
        ? byBytes($0.by, $1.by) : Self.published($0.finding, $1.finding)
    }
    result.suppressions = suppressing.uses
    return result
  }

  private func finding(_ group: Group, _ row: Row) -> Finding {
    let texts = facts.texts
    let image = texts[group.image]
    let addresses = row.addresses.map { id in (Address(texts[id]), texts[id]) }
      .sorted { a, b in
        switch (a.0, b.0) {
        case (let left?, let right?): left < right
        case (nil, nil): a.1.utf8.lexicographicallyPrecedes(b.1.utf8)
        case (_?, nil): true
        case (nil, _?): false
        }
      }
    let scopes = Set(addresses.compactMap { $0.0?.scope })
    var finding = Finding(
      id: findingID(
        [texts[group.host], image, texts[group.user], texts[group.parent]]
          + (group.isInbound ? ["inbound"] : [])),
      host: texts[group.host], image: image, user: texts[group.user],
      parentImage: texts[group.parent], parentSource: row.parentSource,
      portsUsed: row.ports.map { PortText(texts[$0]) }.sorted(),
      remoteAddresses: addresses.map { $0.0?.description ?? $0.1 },
      connectionCount: row.count, maxRiskScore: row.score,
      severities: row.severities.sorted(by: >), firstSeen: row.first, lastSeen: row.last,
      isSubstringMatch: score.isSubstringMatch(image), originalFileName: row.originalFileName,
      destinationScopes: Address.Scope.allCases.filter(scopes.contains),
      destinationNames: row.names.map { texts[$0] }.sorted(by: byBytes),
      processCount: row.processes.count)
    finding.isInbound = group.isInbound
    finding.intel = row.intel.sorted { Indicator.isOrdered($0, before: $1) }
    return finding
  }

  /// Score and count descending, then host, Image, User, ParentImage ascending by bytes.
  private static func published(_ a: Finding, _ b: Finding) -> Bool {
    if a.maxRiskScore != b.maxRiskScore { return a.maxRiskScore > b.maxRiskScore }
    if a.connectionCount != b.connectionCount { return a.connectionCount > b.connectionCount }
    for field in [\Finding.host, \.image, \.user, \.parentImage] {
      if byBytes(a[keyPath: field], b[keyPath: field]) { return true }
      if byBytes(b[keyPath: field], a[keyPath: field]) { return false }
    }
    return false
  }
}

private func byBytes(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

extension Hunt.Row {
  fileprivate mutating func add(
    _ key: ConnectionKey, _ fact: ConnectionFact, _ severity: Severity,
    _ source: Finding.ParentSource, _ renamedFrom: String?, _ indicators: [Indicator]
  ) {
    count += fact.count
    score = max(score, severity.rawValue)
    severities.insert(severity)
    intel.formUnion(indicators)
    if key.port != .none { ports.insert(key.port) }
    if key.address != .none { addresses.insert(key.address) }
    if fact.destinationName != .none { names.insert(fact.destinationName) }
    if key.process != .none { processes.insert(key.process) }
    first = [first, fact.first].compactMap(\.self).min()
    last = [last, fact.last].compactMap(\.self).max()
    // Where some events name the parent themselves, the row says so.
    if source == .event || parentSource == .unknown { parentSource = source }
    if let renamedFrom, originalFileName.map({ byBytes(renamedFrom, $0) }) ?? true {
      originalFileName = renamedFrom
    }
  }
}

extension PortText {
  fileprivate init(_ text: String) {
    let number = Int(text).flatMap { (0...65_535).contains($0) && String($0) == text ? $0 : nil }
    self.init(text: text, number: number)
  }
}
