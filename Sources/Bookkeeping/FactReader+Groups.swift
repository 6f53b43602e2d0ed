import Facts
import GRDB
import Hunting
import Scanning

extension FactReader {
  /// Looks through all connections for those that somebody may have made regularly, and takes those that
  /// are wanted anyway with it.
  ///
  /// A first pass only counts, in a sieve that may count too much but never too little; a second
  /// one takes what passes it, with its seconds.
  ///
  /// - Complexity: Two readings of the table, O(1) memory for what does not pass.
  mutating func readGroups(of calls: RecallPlan.Calls, _ wanted: WantedConnections) throws {
    let others = try otherSpellings()
    let directions = Set(calls.directions.map { Int64($0.rawValue) })
    var callCounts = Sieve(enough: calls.leastCount)
    var busyDestinations = Sieve(enough: 1)
    var explainedAddresses: Set<Int64> = []
    let count = try FactStatement(
      db,
      """
      SELECT archive, host, address, port, transport, count, direction, image, day FROM connection
      WHERE address IS NOT NULL AND port IS NOT NULL\(inDays)
      """)
    var groups = BeaconGroups()
    while try count.next() {
      guard ordinals[count.integer(0)] != nil else { continue }
      if wanted.explainedPorts.contains(count.integer(3)) {
        explainedAddresses.insert(count.integer(2))
      }
      guard directions.contains(count.integer(6)) else { continue }
      groups.note(
        host: try text(count, 1), image: try text(count, 7), address: try text(count, 2),
        port: try text(count, 3),
        day: count.optional(8).flatMap { Int32(exactly: $0) } ?? ConnectionKey.noDay,
        recalled.scan.facts.texts)
      let (call, destination) = numbers(count, host: 1, address: 2, port: 3, transport: 4, others)
      if callCounts.add(count.integer(5), at: call) { _ = busyDestinations.add(1, at: destination) }
    }
    groups.endCounting()
    let select = try FactStatement(
      db, "SELECT \(Self.connectionColumns) FROM connection WHERE true\(inDays)")
    while try select.next() {
      guard ordinals[select.integer(0)] != nil else { continue }
      let (address, port) = (select.optional(6), select.optional(7))
      let isHelper =
        port.map(wanted.helperPorts.contains) ?? false
        && address.map(explainedAddresses.contains) ?? false
      let isWanted = isHelper || wanted.holds(port: port, address: address)
      let isCall = address != nil && port != nil && directions.contains(select.integer(11))
      let (call, destination) = numbers(select, host: 1, address: 6, port: 7, transport: 8, others)
      let isBusy = isCall && callCounts.holds(call)
      let mayMatter =
        try isCall
        && (isBusy || busyDestinations.holds(destination)
          || groups.isOfFew(address: text(select, 6), recalled.scan.facts.texts))
      guard isWanted || mayMatter, let (key, fact) = try connection(select) else { continue }
      if isWanted { recalled.scan.facts.absorb(fact, of: key) }
      if mayMatter { groups.absorb(key, fact, recalled.scan.facts.texts, isBusy: isBusy) }
    }
    groups.scoreAtOnce()
    recalled.groups = groups
  }

  private func numbers(
    _ row: FactStatement, host: Int32, address: Int32, port: Int32, transport: Int32,
    _ others: [Int64: Int64]
  ) -> (call: UInt64, destination: UInt64) {
    let written = row.integer(address)
    let destination = Sieve.mix(
      Sieve.mix(0, others[written] ?? written), row.integer(port))
    let call = Sieve.mix(
      Sieve.mix(destination, row.optional(host) ?? -1), row.optional(transport) ?? -1)
    return (call, destination)
  }

  /// Addresses that are written in several ways, by number: the one that stands for all.
  private func otherSpellings() throws -> [Int64: Int64] {
    let select = try FactStatement(
      db,
      """
      SELECT text, min(text) OVER (PARTITION BY bytes) FROM address
      WHERE bytes IN (SELECT bytes FROM address GROUP BY bytes HAVING count(*) > 1)
      """)
    var others: [Int64: Int64] = [:]
    while try select.next() { others[select.integer(0)] = select.integer(1) }
    return others
  }
}

/// Counts by hash, one byte per counter, saturating at the threshold. Hashes that share a counter are added
/// up, so some may pass that should not, but none that should pass is held back.
private struct Sieve {
  private let enough: Int64
  private var counts = [UInt8](repeating: 0, count: 1 << 24)

  /// - Parameter enough: From 1 to 255.
  init(enough: Int) { self.enough = Int64(enough) }

  /// - Returns: Whether it passes.
  mutating func add(_ count: Int64, at hash: UInt64) -> Bool {
    let at = Int(hash >> 40)
    counts[at] = UInt8(min(enough, Int64(counts[at]) + min(enough, max(0, count))))
    return counts[at] == enough
  }

  func holds(_ hash: UInt64) -> Bool { counts[Int(hash >> 40)] == enough }

  static func mix(_ state: UInt64, _ value: Int64) -> UInt64 {
    let (high, low) = (state ^ UInt64(bitPattern: value) ^ 0x9E37_79B9_7F4A_7C15)
      .multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
    return high ^ low
  }
}
