import Facts
import GRDB
import Hunting
import Scanning

extension FactReader {
  /// What a plan wants of the connections, once the registry changes are known.
  func wantedConnections() throws -> WantedConnections {
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
        if plan.wantsPort(number) || changed.contains(number) {
          wanted.add(text, .wanted)
        }
        guard let helpers = plan.helpers, !helperIsWanted else { continue }
        if number == helpers.port { wanted.add(text, .helper) }
        if number >= helpers.explainedFrom { wanted.add(text, .explained) }
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
  func areFew(_ wanted: WantedConnections) throws -> Bool {
    // A look-up costs about as much as passing a page.
    var left = try pageCount()
    for (column, numbers) in [("port", wanted.wantedPorts), ("address", wanted.addresses)] {
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

  /// Looks up what is wanted, and what helps to explain it.
  mutating func readFew(_ wanted: WantedConnections) throws {
    for (column, numbers) in [("port", wanted.wantedPorts), ("address", wanted.addresses)] {
      let select = try FactStatement(
        db, "SELECT \(Self.connectionColumns) FROM connection WHERE \(column) = ?\(inDays)")
      for number in numbers {
        select.bind(number, at: 1)
        while try select.next() {
          // Those of a wanted port are there already.
          if column == "address", wanted.ports[select.optional(7) ?? 0].contains(.wanted) {
            continue
          }
          if let (key, fact) = try connection(select) { recalled.scan.facts.absorb(fact, of: key) }
        }
      }
    }
  }

  /// - Complexity: O(*a* log *n*) for *a* addresses that wanted connections called on such ports.
  private mutating func readHelpers(_ wanted: WantedConnections) throws {
    guard let helpers = plan.helpers, wanted.hasHelpers else { return }
    let select = try FactStatement(
      db, "SELECT \(Self.connectionColumns) FROM connection WHERE address = ?\(inDays)")
    for address in explainedAddresses(helpers).subtracting(wanted.addresses) {
      select.bind(address, at: 1)
      while try select.next() {
        guard wanted.ports[select.optional(7) ?? 0].contains(.helper),
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

extension FactReader {
  /// Absorbs connections whose texts have the numbers of the ledger, but for those of processes.
  mutating func absorb(_ connections: [(ConnectionKey, ConnectionFact)]) throws {
    for (stored, storedFact) in connections {
      var (key, fact) = (stored, storedFact)
      try key.mapTexts { try text(Int64($0.raw)) }
      fact.destinationName = try text(Int64(fact.destinationName.raw))
      recalled.scan.facts.absorb(fact, of: key)
    }
  }
}

extension ConnectionKey {
  fileprivate mutating func mapTexts(_ body: (TextID) throws -> TextID) rethrows {
    host = try body(host)
    image = try body(image)
    user = try body(user)
    parent = try body(parent)
    address = try body(address)
    port = try body(port)
    transport = try body(transport)
    originalFileName = try body(originalFileName)
    action = try body(action)
    addressType = try body(addressType)
  }
}
