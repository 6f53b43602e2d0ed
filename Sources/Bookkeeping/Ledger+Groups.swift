import Facts
import GRDB
import Hunting
import Scanning

extension FactReader {
  /// Looks through all outbound connections for those that somebody may have made regularly.
  ///
  /// A first pass only counts, in a sieve that may count too much but never too little; a second
  /// one takes what passes it, with its seconds.
  ///
  /// - Complexity: Two readings of the table, O(1) memory for what does not pass.
  /// - Parameter ports: Of endpoint mappers, whose callers are recalled on the way.
  mutating func readGroups(mappersOn ports: [Int64]) throws {
    let mapperPorts = Set(ports)
    let mapperAddresses = mapperPorts.isEmpty ? [] : dynamicAddresses
    let others = try otherSpellings()
    var calls = Sieve()
    var busyDestinations = Sieve()
    let outbound = Direction.allCases.filter { $0 != .inbound && $0 != .unclear }
      .map { String($0.rawValue) }.joined(separator: ",")
    let condition = "direction IN (\(outbound)) AND address IS NOT NULL AND port IS NOT NULL"
    let count = try FactStatement(
      db,
      """
      SELECT archive, host, address, port, transport, count, image FROM connection
      WHERE \(condition)\(inDays)
      """)
    var groups = BeaconGroups()
    while try count.next() {
      guard ordinals[count.integer(0)] != nil else { continue }
      groups.note(
        host: try text(count, 1), image: try text(count, 6), address: try text(count, 2),
        port: try text(count, 3), recalled.scan.facts.texts)
      let (call, destination) = numbers(count, host: 1, address: 2, port: 3, transport: 4, others)
      if calls.add(count.integer(5), at: call) {
        _ = busyDestinations.add(Sieve.enough, at: destination)
      }
    }
    groups.endCounting()
    let select = try FactStatement(
      db, "SELECT \(Self.connectionColumns) FROM connection WHERE \(condition)\(inDays)")
    while try select.next() {
      guard ordinals[select.integer(0)] != nil else { continue }
      if mapperPorts.contains(select.integer(7)), mapperAddresses.contains(select.integer(6)),
        let (key, fact) = try connection(select)
      {
        recalled.scan.facts.absorb(fact, of: key)
      }
      let (call, destination) = numbers(select, host: 1, address: 6, port: 7, transport: 8, others)
      let isBusy = calls.holds(call)
      let address = try text(select, 6)
      guard
        isBusy || busyDestinations.holds(destination)
          || groups.isOfFew(address: address, recalled.scan.facts.texts),
        let (key, fact) = try connection(select)
      else { continue }
      groups.absorb(key, fact, recalled.scan.facts.texts, isBusy: isBusy)
    }
    groups.scoreAtOnce()
    try readProcesses(groups.processes(recalled.scan.facts.texts))
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

/// Counts by hash in so many bytes, up to eight. Two that share a byte are counted together: too much
/// may pass, but nothing is held back.
private struct Sieve {
  /// What a beacon needs at least.
  static let enough: Int64 = 8

  private var counts = [UInt8](repeating: 0, count: 1 << 24)

  /// - Returns: Whether it passes.
  mutating func add(_ count: Int64, at hash: UInt64) -> Bool {
    let at = Int(hash >> 40)
    counts[at] = UInt8(min(Self.enough, Int64(counts[at]) + count))
    return counts[at] == Self.enough
  }

  func holds(_ hash: UInt64) -> Bool { counts[Int(hash >> 40)] == Self.enough }

  static func mix(_ state: UInt64, _ value: Int64) -> UInt64 {
    let (high, low) = (state ^ UInt64(bitPattern: value) ^ 0x9E37_79B9_7F4A_7C15)
      .multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
    return high ^ low
  }
}
