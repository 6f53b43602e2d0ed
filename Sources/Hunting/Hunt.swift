package import Facts
import Knowledge

/// Judges facts: facts in, rows out, nothing else touched.
///
/// - Parameters:
///   - totals: What the facts were chosen from, where they are not all there are.
///   - groups: Everybody's calls, where the facts are not all there are.
/// - Complexity: O(*k* + *r* log *r*) for *k* keys and *r* rows, and O(*s* log *s*) in the seconds
///   of beacons.
package func hunt(
  _ facts: FactTable, by rules: HuntRules, totals: ConnectionTotals? = nil,
  groups: BeaconGroups? = nil
) -> Verdict {
  hunt(
    facts, by: rules, totals: totals, groups: groups,
    hits: IntelHits(rules.intel, rules.validity, facts))
}

private func hunt(
  _ facts: FactTable, by rules: HuntRules, totals: ConnectionTotals?,
  groups: consuming BeaconGroups?, hits: IntelHits
) -> Verdict {
  var hunt = Hunt(facts, rules, groups, hits)
  hunt.count(totals ?? ConnectionTotals(facts))
  for at in facts.keys.indices { hunt.judge(at) }
  return hunt.verdict()
}

/// The same, with beacons scored by several tasks.
///
/// - Parameter workers: Maximum number of tasks at a time.
package func hunt(
  _ facts: FactTable, by rules: HuntRules, totals: ConnectionTotals? = nil,
  groups: BeaconGroups? = nil, workers: Int
) async -> Verdict {
  guard !rules.isOnlyPublished else { return hunt(facts, by: rules, totals: totals) }
  let hits = IntelHits(rules.intel, rules.validity, facts)
  var groups = groups ?? BeaconGroups(facts, only: rules.isSweep ? hits : nil)
  await groups.score(atMost: workers)
  return hunt(facts, by: rules, totals: totals, groups: consume groups, hits: hits)
}

struct Hunt {
  /// The rows that SPL's `sort` keeps where the query names no count.
  static let sortLimit = 10_000

  let facts: FactTable
  private let starts: ProcessStarts
  let rules: HuntRules
  var score: ParityScore
  /// Takes every port for a known C2 port: what intelligence means is known to be that.
  private var hitScore: ParityScore
  private var defenderQuery = DefenderQuery()
  var rows = Rows()
  /// What intelligence means, where the rows are those of the published query.
  private var hitRows = Rows()
  var suppressing: Suppressing
  let hits: IntelHits
  var groups: BeaconGroups
  let found: BeaconVerdict
  /// Nil where the published table is all that was asked for.
  var context: EvidenceCollector.Context?
  /// By the suppression's index.
  var hidden: [Int: Rows] = [:]
  private var hiddenHits: [Int: Rows] = [:]
  var result = Verdict()

  init(
    _ facts: FactTable, _ rules: HuntRules, _ groups: consuming BeaconGroups?,
    _ hits: IntelHits? = nil
  ) {
    self.facts = facts
    starts = ProcessStarts(facts, isCareful: rules.parity == .tuned)
    self.rules = rules
    var score = ParityScore(lists: rules.lists, parity: rules.parity)
    var lists = rules.lists
    if !rules.intel.isEmpty { lists.knownC2Ports = Set(0...65_535) }
    hitScore = ParityScore(lists: lists, parity: rules.parity)
    suppressing = Suppressing(rules.suppressions, heardUntil: facts.coverage.heardUntil)
    let hits = hits ?? IntelHits(rules.intel, rules.validity, facts)
    self.hits = hits
    if rules.isOnlyPublished {
      self.groups = BeaconGroups()
      found = BeaconVerdict()
    } else {
      self.groups = groups ?? BeaconGroups(facts, only: rules.isSweep ? hits : nil)
      var context = EvidenceCollector.Context(
        facts: facts, lists: rules.lists,
        fleet: Fleet(facts) { score.canMatter($0, facts.texts) })
      found = self.groups.judged(&context, hits, &suppressing, rules.weights)
      context.beacons = found.byKey
      self.context = context
    }
    self.score = score
  }

  private func isJudged(_ source: Source) -> Bool {
    switch score.parity {
    case .strict: source == .windowsSysmon
    case .kql: source == .defender
    case .seed, .tuned: true
    }
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

  mutating func judge(_ at: Int) {
    let published = rules.isSweep ? nil : match(at)
    let hit = hits.isNews(at) && !(rules.isOnlyPublished && !rules.isSweep) ? hitMatch(at) : nil
    guard let any = published ?? hit else { return }
    let rule = suppressing.rule(
      hiding: facts.keys[at], facts.facts[at], parent: any.match.parent, facts.texts)
    if let (group, match) = published {
      if let rule {
        hidden[rule, default: Rows()].add(match, to: group, &context)
      } else {
        rows.add(match, to: group, &context)
      }
    }
    guard let (group, match) = hit else { return }
    switch (rules.isSweep, rule) {
    case (true, let rule?): hidden[rule, default: Rows()].add(match, to: group, &context)
    case (true, nil): rows.add(match, to: group, &context)
    case (false, let rule?): hiddenHits[rule, default: Rows()].add(match, to: group, &context)
    case (false, nil): hitRows.add(match, to: group, &context)
    }
  }

  /// The row of the published query that a connection belongs to, and what to add there; nil
  /// where it does not count.
  mutating func match(_ at: Int) -> (group: Group, match: Match)? {
    let key = facts.keys[at]
    guard isJudged(key.source), isOutbound(key.direction) else { return nil }
    if score.parity == .kql, !defenderQuery.passes(key, facts.texts) { return nil }
    let judged = score.judge(
      image: key.image, originalFileName: originalFileName(key), port: key.port, facts.texts)
    guard let severity = Severity(rawValue: judged.score) else { return nil }
    let (parent, source) = self.parent(key)
    let count = facts.facts[at].count
    result.matchedConnections += count
    if source == .processStart { result.parentsResolved += count }
    if source == .unknown { result.parentsUnknown += count }
    if score.parity == .strict, isDropped(key, count: count) { return nil }
    let group = Group(
      host: joined(key.host), image: joined(key.image), user: joined(key.user),
      parent: joined(parent))
    return (group, describe(at, parent, source, severity, judged.renamedFrom))
  }

  /// The same of what intelligence means.
  mutating func hitMatch(_ at: Int) -> (group: Group, match: Match)? {
    let key = facts.keys[at]
    guard isJudged(key.source) else { return nil }
    let judged = hitScore.judge(
      image: key.image, originalFileName: originalFileName(key), port: key.port, facts.texts)
    let (parent, source) = self.parent(key)
    if rules.isSweep {
      let count = facts.facts[at].count
      result.matchedConnections += count
      if source == .processStart { result.parentsResolved += count }
      if source == .unknown { result.parentsUnknown += count }
    }
    let group = Group(
      host: joined(key.host), image: joined(key.image), user: joined(key.user),
      parent: joined(parent), isInbound: key.direction == .inbound, isHit: !rules.isSweep)
    let severity = Severity(rawValue: judged.score) ?? .low
    return (group, describe(at, parent, source, severity, judged.renamedFrom))
  }

  private mutating func describe(
    _ at: Int, _ parent: TextID, _ source: Finding.ParentSource, _ severity: Severity,
    _ renamedFrom: String?
  ) -> Match {
    let key = facts.keys[at]
    return Match(
      key: key, fact: facts.facts[at], parent: parent, severity: severity, parentSource: source,
      renamedFrom: renamedFrom, hits: hits[at].map { ($0, hits.indicator($0)) },
      call: context == nil ? nil : call(of: key))
  }

  private func originalFileName(_ key: ConnectionKey) -> TextID {
    guard score.parity == .tuned, key.originalFileName == .none, key.process != .none else {
      return key.originalFileName
    }
    return starts.start(of: key)?.originalFileName ?? .none
  }

  /// As the event names it, or the start of the process.
  private func parent(_ key: ConnectionKey) -> (TextID, Finding.ParentSource) {
    guard isBlank(key.parent) else { return (key.parent, .event) }
    guard score.parity == .seed || score.parity == .tuned, key.process != .none,
      let named = starts.start(of: key)?.parent,
      !isBlank(named)
    else { return (key.parent, .unknown) }
    return (named, .processStart)
  }

  private mutating func call(of key: ConnectionKey) -> Match.Call? {
    guard let call = groups.key(of: key, facts.texts) else { return nil }
    return Match.Call(
      key: call, isFleetWide: groups.isFleetWide(call),
      isFromUsualPlace: groups.isUsualPlace(key.image, facts.texts))
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

  /// Everything that was concluded. What it was concluded from is let go on the way: there are as many rows as
  /// findings, and as large.
  mutating func verdict() -> Verdict {
    groups = BeaconGroups()
    let beaconsOfRows = Set(rows.all.lazy.flatMap(\.evidence.beacons))
    let byPoints = rules.parity == .tuned && !rules.isOnlyPublished
    result.findings = findings(takenFrom: \.rows, byPoints: byPoints)
    if score.parity == .strict {
      result.rowsBeyondSortLimit = max(0, result.findings.count - Self.sortLimit)
      result.findings = Array(result.findings.prefix(Self.sortLimit))
    }
    result.suppressed = suppressed(hidden)
    result.intelHits = findings(takenFrom: \.hitRows, byPoints: byPoints)
    result.suppressedHits = suppressed(hiddenHits)
    result.intelGaps = hits.gaps
    result.suppressions = suppressing.finished
    result.beacons = found.beacons
    result.expectedPeriodic = found.expected
    result.strobes = found.strobes
    result.suppressedBeacons = found.suppressed
    if !rules.isOnlyPublished, !rules.isSweep {
      result.remoteDesktopChanges = facts.remoteDesktopChanges(rules.weights)
    }
    if byPoints { result.join(besides: beaconsOfRows) }
    return result
  }

  /// The name of a row from run to run.
  func id(of group: Group) -> String {
    let texts = facts.texts
    return findingID(
      [texts[group.host], texts[group.image], texts[group.user], texts[group.parent]]
        + (group.isInbound ? ["inbound"] : []) + (group.isHit ? ["intel"] : []))
  }

  private func finding(_ group: Group, _ row: Row) -> Finding {
    let texts = facts.texts
    let image = texts[group.image]
    let addresses = orderedAddresses(row.addresses.map { texts[$0] })
    let scopes = Set(addresses.compactMap { $0.0?.scope })
    var finding = Finding(
      id: id(of: group),
      host: texts[group.host], image: image, user: texts[group.user],
      parentImage: texts[group.parent], parentSource: row.parentSource,
      portsUsed: row.ports.map { PortText(texts[$0]) }.sorted(),
      remoteAddresses: addresses.map { $0.0?.description ?? $0.1 },
      connectionCount: row.count, maxRiskScore: row.score,
      severities: row.severities.sorted(by: >), firstSeen: row.first, lastSeen: row.last,
      isSubstringMatch: score.parity != .kql && score.isSubstringMatch(image),
      originalFileName: row.originalFileName,
      destinationScopes: Address.Scope.allCases.filter(scopes.contains),
      destinationNames: row.names.map { texts[$0] }.sorted(by: byBytes),
      processCount: row.processes.count)
    finding.isInbound = group.isInbound
    finding.firstPlace = row.earliest?.place
    if group.isHit { finding.kind = .intelligence }
    finding.processGuid = firstName(of: row.processes)
    finding.intel = row.intel.values.sorted {
      Indicator.isOrdered($0.indicator, before: $1.indicator)
    }
    finding.sources = row.sources.sorted()
    finding.process = ProcessStory(
      firstOf: BeaconGroup.ordered(row.processes, texts), on: group.host, facts)
    if context != nil { weigh(&finding, group, row) }
    return finding
  }

  /// By bytes: GUIDs sort as their numbers do.
  private func firstName(of processes: SmallSet<ProcessGuid>) -> String? {
    let first = processes.filter { $0.text == nil }
      .min { ($0.high, $0.low) < ($1.high, $1.low) }
    let candidates = processes.filter { $0.text != nil } + [first].compactMap(\.self)
    return candidates.map { $0.description(facts.texts) }.min(by: byBytes)
  }

  private func weigh(_ finding: inout Finding, _ group: Group, _ row: Row) {
    var evidence = row.evidence
    if let context, context.fleet.isNew(row.first, on: group.host), let first = row.first {
      evidence.add(.firstSeen, first.iso8601)
    }
    finding.reasons = evidence.reasons(row.count, rules.weights)
    finding.points = min(100, max(0, finding.reasons.reduce(0) { $0 + $1.points }))
    finding.beacon = evidence.beacon
    finding.beaconIDs = evidence.beacons
    finding.arrivals = evidence.arrivals
    finding.spread = evidence.spread
    finding.services = evidence.services.sorted { $0.rawValue < $1.rawValue }
  }

  /// What a row's place among the others depends on: small, because sorting moves it around.
  private struct Rank {
    var index: Int
    var points: Int
    var score: Int
    var count: Int
    var group: Group
    var rule: Int
  }

  private mutating func findings(
    takenFrom rows: WritableKeyPath<Self, Rows>, byPoints: Bool
  ) -> [Finding] {
    let groups = self[keyPath: rows].groups.keys
    var ranks: [Rank] = []
    let findings = groups.indices.map { index in
      let row = self[keyPath: rows].take(index)
      let finding = finding(groups[index], row)
      ranks.append(
        Rank(
          index: index, points: byPoints ? finding.points ?? 0 : 0, score: row.score,
          count: row.count, group: groups[index], rule: 0))
      return finding
    }
    return ranks.sorted(by: isOrdered).map { findings[$0.index] }
  }

  private func suppressed(_ hidden: [Int: Rows]) -> [SuppressedFinding] {
    hidden.flatMap { rule, rows in
      rows.all.indices.map { index in
        Rank(
          index: index, points: 0, score: rows.all[index].score, count: rows.all[index].count,
          group: rows.groups.keys[index], rule: rule)
      }
    }.sorted(by: isOrdered).compactMap { rank in
      hidden[rank.rule].map {
        SuppressedFinding(
          by: suppressing.name(of: rank.rule), finding: finding(rank.group, $0.all[rank.index]))
      }
    }
  }

  /// Points first; then score and count descending, then host, Image, User, ParentImage ascending by bytes.
  private func isOrdered(_ a: Rank, before b: Rank) -> Bool {
    if a.points != b.points { return a.points > b.points }
    if a.score != b.score { return a.score > b.score }
    if a.count != b.count { return a.count > b.count }
    for (left, right) in [
      (a.group.host, b.group.host), (a.group.image, b.group.image), (a.group.user, b.group.user),
      (a.group.parent, b.group.parent),
    ] where left != right {
      return facts.texts.isOrdered(left, before: right)
    }
    return a.group.isInbound == b.group.isInbound ? a.rule < b.rule : b.group.isInbound
  }
}

extension PortText {
  init(_ text: String) {
    let number = Int(text).flatMap { (0...65_535).contains($0) && String($0) == text ? $0 : nil }
    self.init(text: text, number: number)
  }
}
