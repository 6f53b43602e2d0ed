import Archives
import Bookkeeping
import Facts
import Hunting
import Knowledge
import Scanning

/// One finding, beacon or change, judged anew, with the facts behind it.
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
    let delivery = ReportDelivery(
      command: "hunt", settings: settings,
      reading: try await reading(settings, intelligence.wanted),
      suppressions: try Suppressions(settings), intelligence: intelligence)
    let found = await delivery.verdict.subjects(named: id)
    guard let subject = found.first else { throw UsageError.unknownFinding(id) }
    guard found.count == 1 else { throw UsageError.ambiguousFinding(id, found.count) }
    var reading = delivery.reading
    if case .beacon(let beacon) = subject, let ledger = reading.ledger {
      // Of its connections the ledger has told the seconds alone.
      let addresses = beacon.addresses.isEmpty ? [beacon.address] : beacon.addresses
      let blocks = addresses.compactMap { AddressBlock($0) }
      let isUnknown = blocks.count < addresses.count
      let plan = RecallPlan(days: try settings.days(ledger), addresses: blocks) { _ in isUnknown }
      reading = try Reading.recall(plan, from: ledger)
    }
    return Subject(
      trail: Hunting.trail(of: subject, in: reading.scan.facts, by: delivery.rules),
      rules: delivery.rules, reading: reading)
  }

  /// All that is known of talk with an address.
  static func reading(of address: Address, _ settings: HuntSettings) async throws -> Reading {
    var settings = settings
    guard let path = settings.ledger else {
      return try await Reading.facts(
        of: ArchiveFinder.find(paths: settings.archives), settings)
    }
    let ledger = try Ledger(path, for: .asking)
    try settings.adopt(ledger)
    let block = AddressBlock(address.unmapped.description).map { [$0] } ?? []
    let plan = RecallPlan(days: try settings.days(ledger), addresses: block) { _ in false }
    return try Reading.recall(plan, from: ledger)
  }

  private static func reading(
    _ settings: HuntSettings, _ wanted: IntelWanted
  ) async throws -> Reading {
    guard let path = settings.ledger else {
      return try await Reading.facts(
        of: ArchiveFinder.find(paths: settings.archives), settings)
    }
    return try Reading.hunted(Ledger(path, for: .asking), settings, wanted)
  }
}
