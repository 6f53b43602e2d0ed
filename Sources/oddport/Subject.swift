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
    var settings = settings
    // With a ledger, archives only say where to look: nothing is added.
    if settings.ledger != nil { settings.archives = [] }
    if let ledger = settings.ledger {
      try settings.adopt(Ledger(ledger, for: .asking))
    }
    let intelligence = try Intelligence(settings)
    let delivery = try await delivery(settings, intelligence)
    let verdict = await delivery.verdict
    let found = verdict.subjects(named: id)
    guard let subject = found.first else { throw UsageError.unknownFinding(id) }
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

  /// All connections with an address, on one port or any, and the findings they belong to.
  static func talks(
    with address: Address, port: Int?, _ settings: HuntSettings
  ) async throws -> (talks: [Talk], rules: HuntRules) {
    var settings = settings
    // With a ledger, archives only say where to look: nothing is added.
    if settings.ledger != nil { settings.archives = [] }
    if let ledger = settings.ledger {
      try settings.adopt(Ledger(ledger, for: .asking))
    }
    settings.isOnlyPublished = false
    let delivery = try await delivery(settings, Intelligence(settings))
    let verdict = await delivery.verdict
    guard let groups = delivery.reading.groups else { return ([], delivery.rules) }
    let block = AddressBlock(address.unmapped.description).map { [$0] } ?? []
    let reading = try await delivery.reading.asked(RecallPlan(addresses: block), settings)
    let talks = Hunting.talks(
      with: address, port: port, in: reading.scan.facts, judgedBy: verdict, groups)
    return (talks, delivery.rules)
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
