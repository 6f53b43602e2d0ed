import Facts
import GRDB
import Hunting
import Scanning

/// Which connections are wanted, by the numbers of their texts.
private struct WantedConnections {
  var ports: Set<Int64> = []
  var addresses: Set<Int64> = []
  /// Of helpers, where these are not wanted by themselves.
  var helperPorts: Set<Int64> = []
  /// Of those that helpers explain.
  var explainedPorts: Set<Int64> = []
}

extension FactReader {
  mutating func readConnections() throws {
    let wanted = try wantedConnections()
    if try !plan.looksAtCalls && areFew(wanted) {
      try readFew(wanted)
      try readHelpers(wanted)
    } else {
      try readMany(wanted)
    }
  }

  private func wantedConnections() throws -> WantedConnections {
    var wanted = WantedConnections()
    let changed = plan.changedPorts(recalled.scan.facts)
    let helperIsWanted = plan.helpers.map { plan.wantsPort($0.port) } ?? true
    var ranges = plan.ports ?? [-.infinity ... .infinity]
    ranges += changed.map { $0...$0 }
    if let helpers = plan.helpers, !helperIsWanted {
      ranges.append(helpers.port...helpers.port)
      if !plan.addresses.isEmpty { ranges.append(helpers.explainedFrom ... .infinity) }
    }
    let ports = try FactStatement(
      db, "SELECT text, number FROM port WHERE number BETWEEN ? AND ?")
    for range in ranges {
      ports.bind(range.lowerBound, at: 1)
      ports.bind(range.upperBound, at: 2)
      while try ports.next() {
        let (text, number) = (ports.integer(0), ports.number(1))
        if plan.wantsPort(number) || changed.contains(number) { wanted.ports.insert(text) }
        guard let helpers = plan.helpers, !helperIsWanted else { continue }
        if number == helpers.port { wanted.helperPorts.insert(text) }
        if number >= helpers.explainedFrom { wanted.explainedPorts.insert(text) }
      }
    }
    let addresses = try FactStatement(db, "SELECT text FROM address WHERE bytes BETWEEN ? AND ?")
    for block in plan.addresses {
      let bounds = StoredAddress.bounds(of: block)
      addresses.bind(bounds.first, at: 1)
      addresses.bind(bounds.last, at: 2)
      while try addresses.next() { wanted.addresses.insert(addresses.integer(0)) }
    }
    return wanted
  }

  // MARK: - Few

  /// Whether so few are wanted that looking each of them up is less work than passing all.
  private func areFew(_ wanted: WantedConnections) throws -> Bool {
    // A look-up costs about as much as passing a page.
    var left = try pageCount()
    for (column, numbers) in [("port", wanted.ports), ("address", wanted.addresses)] {
      let count = try FactStatement(
        db, "SELECT count(*) FROM (SELECT 1 FROM connection WHERE \(column) = ?1 LIMIT ?2)")
      for number in numbers {
        count.bind(number, at: 1)
        count.bind(Int64(left + 1), at: 2)
        guard try count.next() else { continue }
        left -= Int(count.integer(0)) + 1
        count.restart()
        if left < 0 { return false }
      }
    }
    return true
  }

  private func pageCount() throws -> Int {
    let count = try FactStatement(db, "PRAGMA page_count")
    defer { count.restart() }
    return try count.next() ? Int(clamping: count.integer(0)) : 0
  }

  private mutating func readFew(_ wanted: WantedConnections) throws {
    for (column, numbers) in [("port", wanted.ports), ("address", wanted.addresses)] {
      let select = try FactStatement(
        db, "SELECT \(Self.connectionColumns) FROM connection WHERE \(column) = ?\(inDays)")
      for number in numbers {
        select.bind(number, at: 1)
        while try select.next() {
          // Those of a wanted port are there already.
          if column == "address", select.optional(7).map(wanted.ports.contains) ?? false {
            continue
          }
          if let (key, fact) = try connection(select) { recalled.scan.facts.absorb(fact, of: key) }
        }
      }
    }
  }

  /// - Complexity: O(*a* log *n*) for *a* addresses that wanted connections called on such ports.
  private mutating func readHelpers(_ wanted: WantedConnections) throws {
    guard let helpers = plan.helpers, !wanted.helperPorts.isEmpty else { return }
    let select = try FactStatement(
      db, "SELECT \(Self.connectionColumns) FROM connection WHERE address = ?\(inDays)")
    for address in explainedAddresses(helpers).subtracting(wanted.addresses) {
      select.bind(address, at: 1)
      while try select.next() {
        guard select.optional(7).map(wanted.helperPorts.contains) ?? false,
          let (key, fact) = try connection(select)
        else { continue }
        recalled.scan.facts.absorb(fact, of: key)
      }
    }
  }

  private func explainedAddresses(_ helpers: RecallPlan.Helpers) -> Set<Int64> {
    let facts = recalled.scan.facts
    var isExplained: [TextID: Bool] = [:]
    var addresses: Set<TextID> = []
    for key in facts.keys where key.port != .none && key.address != .none {
      let known =
        isExplained[key.port]
        ?? (portNumber(facts.texts[key.port]).map { $0 >= helpers.explainedFrom } ?? false)
      isExplained[key.port] = known
      if known { addresses.insert(key.address) }
    }
    return Set(addresses.compactMap { number(of: $0) })
  }
}

// MARK: - Many

/// What the number of a port's text means to a plan.
private struct Meaning: OptionSet {
  let rawValue: UInt8

  static let wanted = Self(rawValue: 1)
  static let helper = Self(rawValue: 2)
  static let explained = Self(rawValue: 4)
}

extension FactReader {
  /// Passes the calls of all hosts: once to count them, where they are looked at, and once for what is wanted, or
  /// may matter by then.
  private mutating func readMany(_ wanted: WantedConnections) throws {
    var ports = NumberMap(Meaning())
    for port in wanted.ports { ports[port].insert(.wanted) }
    for port in wanted.helperPorts { ports[port].insert(.helper) }
    for port in wanted.explainedPorts { ports[port].insert(.explained) }
    var groups = BeaconGroups()
    var hosts = try HostCursor(db, self)
    if plan.looksAtCalls {
      try nameAddresses(&groups)
      while try hosts.next(&self, &groups) { groups.count(hosts.calls, recalled.scan.facts.texts) }
      hosts = try HostCursor(db, self)
    }
    let select = try FactStatement(
      db,
      """
      SELECT \(Self.connectionColumns) FROM connection
      WHERE archive = ? AND number >= ? AND number < ?
      """)
    while try hosts.next(&self, &groups) {
      if plan.looksAtCalls {
        let numbers = groups.mattering(hosts.calls, recalled.scan.facts.texts)
        for (at, group) in numbers.enumerated() {
          guard let group else { continue }
          try hosts.unpack(at, &self) { key, fact in groups.absorb(key, fact, into: group) }
        }
      }
      for rows in try rows(of: hosts, wanted, ports) { try read(rows, select) }
    }
    if plan.looksAtCalls { recalled.groups = groups }
  }

  /// What is wanted of the calls of a host, and what helps to explain it.
  private func rows(
    of host: HostCursor, _ wanted: WantedConnections, _ ports: NumberMap<Meaning>
  ) throws -> [HostCursor.Rows] {
    func isWanted(_ place: HostCursor.Place) -> Bool {
      ports[place.port].contains(.wanted) || wanted.addresses.contains(place.address)
    }
    var explained: Set<Int64> = []
    for place in host.places where ports[place.port].contains(.explained) && isWanted(place) {
      explained.insert(place.address)
    }
    var batches: [HostCursor.Rows] = []
    for place in host.places {
      let helps = ports[place.port].contains(.helper) && explained.contains(place.address)
      guard helps || isWanted(place) else { continue }
      for rows in try host.rows(of: place) {
        if let last = batches.last, last.archive == rows.archive,
          last.numbers.upperBound == rows.numbers.lowerBound
        {
          batches[batches.count - 1].numbers = last.numbers.lowerBound..<rows.numbers.upperBound
        } else {
          batches.append(rows)
        }
      }
    }
    return batches
  }

  private mutating func read(_ rows: HostCursor.Rows, _ select: FactStatement) throws {
    select.bind(rows.archive, at: 1)
    select.bind(rows.numbers.lowerBound, at: 2)
    select.bind(rows.numbers.upperBound, at: 3)
    var left = rows.numbers.count
    while try select.next() {
      left -= 1
      guard let (key, fact) = try connection(select) else { continue }
      recalled.scan.facts.absorb(fact, of: key)
    }
    guard left == 0 else { throw StoredDamage("an index names \(left) rows that are missing") }
  }
}
