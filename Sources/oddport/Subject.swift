import Archives
import Bookkeeping
import Facts
import Hunting
import Knowledge
import Scanning

/// One finding, beacon or change, judged again, with its facts.
struct Subject {
  let trail: Trail
  let rules: HuntRules
  let reading: Reading

  /// - Parameter id: Whole, or a beginning that only one has.
  /// - Throws: ``UsageError`` where none or several have it.
  static func find(_ id: String, _ settings: HuntSettings) async throws -> Subject {
    let settings = try asking(settings)
    let delivery = try await delivery(settings, Intelligence(settings))
    guard let subject = try await find(id, delivery, settings) else {
      throw UsageError.unknownFinding(id)
    }
    return subject
  }

  /// Nil where none has it.
  private static func find(
    _ id: String, _ delivery: ReportDelivery, _ settings: HuntSettings
  ) async throws -> Subject? {
    let verdict = await delivery.verdict
    let found = verdict.subjects(named: id)
    guard let subject = found.first else { return nil }
    guard found.count == 1 else { throw UsageError.ambiguousFinding(id, found.count) }
    var reading = delivery.reading
    if case .beacon(let beacon) = subject {
      // Of its connections only the seconds may be in memory.
      let addresses = beacon.addresses.isEmpty ? [beacon.address] : beacon.addresses
      let blocks = addresses.compactMap { AddressBlock($0) }
      let isUnknown = blocks.count < addresses.count
      reading = try await reading.asked(
        RecallPlan(addresses: blocks) { _ in isUnknown }, settings)
    }
    return Subject(
      trail: Hunting.trail(
        of: subject, in: reading.scan.facts, by: delivery.rules, judgedBy: verdict,
        delivery.reading.groups),
      rules: delivery.rules, reading: reading)
  }

  /// What somebody asks about.
  enum Answer {
    case subject(Subject)
    /// All connections that fit, and what the hunt made of them.
    case talks([Talk], HuntRules)
  }

  /// Answers by an id; where none is that, by the name of a host, a program or a destination.
  ///
  /// - Throws: ``UsageError`` where nothing fits.
  static func answer(_ text: String, _ settings: HuntSettings) async throws -> Answer {
    let settings = try asking(settings)
    let delivery = try await delivery(settings, Intelligence(settings))
    if let subject = try await find(text, delivery, settings) { return .subject(subject) }
    let talks = try await talks(TalkQuery(name: text), delivery, settings)
    guard !talks.isEmpty else { throw UsageError.unknownFinding(text) }
    return .talks(talks, delivery.rules)
  }

  /// All connections with an address or on a port, and what the hunt made of them.
  static func talks(_ query: TalkQuery, _ settings: HuntSettings) async throws -> Answer {
    var settings = try asking(settings)
    settings.isOnlyPublished = false
    let delivery = try await delivery(settings, Intelligence(settings))
    return .talks(try await talks(query, delivery, settings), delivery.rules)
  }

  private static func talks(
    _ query: TalkQuery, _ delivery: ReportDelivery, _ settings: HuntSettings
  ) async throws -> [Talk] {
    guard let groups = delivery.reading.groups else { return [] }
    let verdict = await delivery.verdict
    let reading = try await delivery.reading.asked(query.plan, settings)
    return Hunting.talks(
      query, in: reading.scan.facts, by: delivery.rules, judgedBy: verdict, groups)
  }

  /// With a ledger, archives only say where to look: nothing is added.
  private static func asking(_ settings: HuntSettings) throws -> HuntSettings {
    var settings = settings
    guard let ledger = settings.ledger else { return settings }
    settings.archives = []
    try settings.adopt(Ledger(ledger, for: .asking))
    return settings
  }

  /// The verdict of a hunt over the same input, with its groups.
  private static func delivery(
    _ settings: HuntSettings, _ intelligence: Intelligence
  ) async throws -> ReportDelivery {
    var reading = try await reading(settings, intelligence.wanted)
    if reading.groups == nil, !settings.isOnlyPublished {
      var groups = BeaconGroups(reading.scan.facts)
      await groups.score(atMost: ScanOptions(settings).workers)
      reading.groups = groups
    }
    return ReportDelivery(
      command: "hunt", settings: settings, reading: reading,
      suppressions: try Suppressions(settings), intelligence: intelligence)
  }

  /// All that a hunt judges, without adding anything to a ledger.
  static func reading(
    _ settings: HuntSettings, _ wanted: IntelWanted
  ) async throws -> Reading {
    let plan = RecallPlan.hunt(settings, wanted)
    guard let path = settings.ledger else {
      return try await Reading.facts(
        of: ArchiveFinder.find(paths: settings.archives), settings, for: plan)
    }
    return try await Reading.recall(plan, from: Ledger(path, for: .asking), settings)
  }
}
