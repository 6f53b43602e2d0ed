import Facts
import GRDB
import Hunting
import Scanning

/// Which connections are wanted, by the numbers of their texts.
struct WantedConnections {
  var ports: Set<Int64> = []
  var addresses: Set<Int64> = []
  /// Of helpers, where these are not wanted by themselves.
  var helperPorts: Set<Int64> = []
  /// Wanted ones that helpers explain.
  var explainedPorts: Set<Int64> = []

  func holds(port: Int64?, address: Int64?) -> Bool {
    port.map(ports.contains) ?? false || address.map(addresses.contains) ?? false
  }
}

extension FactReader {
  mutating func readConnections() throws {
    let wanted = try wantedConnections()
    if let calls = plan.calls {
      try readGroups(of: calls, wanted)
      return
    }
    if try areFew(wanted) {
      try readByIndex(wanted)
    } else {
      try readByScan(wanted)
    }
    try readHelpers(wanted)
  }

  private func wantedConnections() throws -> WantedConnections {
    var wanted = WantedConnections()
    let changed = plan.changedPorts(recalled.scan.facts)
    let helperIsWanted = plan.helpers.map { plan.wantsPort($0.port) } ?? true
    let ports = try FactStatement(db, "SELECT text, number FROM port")
    while try ports.next() {
      let (text, number) = (ports.integer(0), ports.number(1))
      if plan.wantsPort(number) || changed.contains(number) { wanted.ports.insert(text) }
      guard let helpers = plan.helpers, !helperIsWanted else { continue }
      if number == helpers.port { wanted.helperPorts.insert(text) }
      if number >= helpers.explainedFrom { wanted.explainedPorts.insert(text) }
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

  private mutating func readByIndex(_ wanted: WantedConnections) throws {
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

  private mutating func readByScan(_ wanted: WantedConnections) throws {
    let select = try FactStatement(
      db, "SELECT \(Self.connectionColumns) FROM connection WHERE true\(inDays)")
    while try select.next() {
      guard wanted.holds(port: select.optional(7), address: select.optional(6)),
        let (key, fact) = try connection(select)
      else { continue }
      recalled.scan.facts.absorb(fact, of: key)
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
    return numbers(of: addresses)
  }
}
