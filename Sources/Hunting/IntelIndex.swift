import Facts
import Knowledge

/// Where to look an indicator up: by its address, with its port if it has just one; lacking an address by the name
/// that it needs; lacking both by its ports, or by what else its condition needs.
///
/// - Complexity: Some 25 bytes for each indicator; a look-up visits the lengths of prefixes that there
///   are, 17 runs of ports, and what it finds.
struct IntelIndex: Sendable {
  let indicators: [Indicator]
  private var owners: [UInt32] = []
  /// The next posting under the same key, plus one; 0 ends the list.
  private var followers: [UInt32] = []
  /// Lists of postings by address and port, which a hash of both finds.
  private var lists: [UInt32] = []
  private var listNumbers = HashedNumbers()
  /// The first posting by a hash of the destination's name.
  private var names: [UInt32: UInt32] = [:]
  /// Ports of the indicators that are placed by a name.
  private var namingPorts = PortSet()
  /// Lists of postings by run of ports, as a binary tree: node 1 is all ports, 65,536 + *p* is port *p*.
  private var runs: [UInt32] = []
  private var networks: [AddressBlock: [UInt32]] = [:]
  private var unplaced: [UInt32] = []
  /// Of those that are placed by what their condition needs, the ones to be asked of any accepted connection.
  private var ofInbound: [UInt32] = []
  private var prefixes: (v4: [Int], v6: [Int]) = ([], [])
  private var hasAddressWithPort = false
  private var hasAddressAlone = false

  init(_ indicators: [Indicator]) {
    self.indicators = indicators
    let placed = indicators.count { $0.address != nil }
    if placed > 0 {
      listNumbers.reserve(placed)
      lists.reserveCapacity(placed)
      owners.reserveCapacity(indicators.count)
      followers.reserveCapacity(indicators.count)
    }
    var lengths: Set<AddressLength> = []
    for (number, indicator) in indicators.enumerated() {
      let number = UInt32(number)
      if let address = indicator.address {
        lengths.insert(AddressLength(address))
        place(number, at: address, indicator.singlePort)
      } else if let names = Self.names(of: indicator) {
        for name in names {
          let hash = Self.hash(name)
          self.names[hash] = post(number, before: self.names[hash] ?? 0)
        }
        if indicator.isCommon { continue }
        if let ports = indicator.portRange {
          namingPorts.insert(ports)
        } else {
          namingPorts.insert(0...65_535)
          namingPorts.takesOthers = true
        }
      } else if let ports = indicator.portRange {
        place(number, on: ports)
      } else if let blocks = indicator.condition?.networksNeeded, blocks.count <= 4_096 {
        for block in blocks {
          lengths.insert(AddressLength(block))
          networks[block, default: []].append(number)
        }
      } else if let ranges = indicator.condition?.portsNeeded, ranges.count <= 4_096 {
        for range in ranges { place(number, on: range) }
      } else {
        unplaced.append(number)
        continue
      }
      if indicator.meansAnyInbound { ofInbound.append(number) }
    }
    prefixes.v4 = lengths.filter { $0.family == .v4 }.map(\.bits).sorted()
    prefixes.v6 = lengths.filter { $0.family == .v6 }.map(\.bits).sorted()
  }

  private struct AddressLength: Hashable {
    var family: Address.Family
    var bits: Int

    init(_ block: AddressBlock) {
      family = block.base.family
      bits = block.prefixBits
    }
  }

  var isEmpty: Bool { indicators.isEmpty }

  // MARK: Placing

  /// Names of which a destination must have one; nil where something else tells more.
  private static func names(of indicator: Indicator) -> [String]? {
    if let name = indicator.plainName { return [TextPattern.folded(name)] }
    guard let condition = indicator.condition, let names = condition.namesNeeded,
      names.count <= 4_096,
      indicator.portRange != nil || condition.networksNeeded == nil && condition.portsNeeded == nil
    else { return nil }
    return names
  }

  private static func hash(_ name: String) -> UInt32 {
    let hash = KeyedHash.ofProcess
    var state = hash.start
    var word: UInt64 = 0
    for (index, byte) in name.utf8.enumerated() {
      word = word << 8 | UInt64(byte)
      if index & 7 == 7 { state = hash.joined(state, word, 0) }
    }
    return hash.finished(hash.joined(state, word, UInt64(name.utf8.count)))
  }

  private mutating func post(_ number: UInt32, before next: UInt32) -> UInt32 {
    owners.append(number)
    followers.append(next)
    return UInt32(owners.count)
  }

  private mutating func place(_ number: UInt32, at address: AddressBlock, _ port: UInt16) {
    hasAddressWithPort = hasAddressWithPort || port > 0
    hasAddressAlone = hasAddressAlone || port == 0
    if let list = list(of: address, port) {
      lists[list] = post(number, before: lists[list])
    } else {
      listNumbers.insert(lists.count, Self.hash(address, port))
      lists.append(post(number, before: 0))
    }
  }

  /// The number of the list of an address and port; nil where there is none.
  private func list(of address: AddressBlock, _ port: UInt16) -> Int? {
    listNumbers.number(Self.hash(address, port)) { list in
      let other = indicators[Int(owners[Int(lists[list]) - 1])]
      return other.address == address && other.singlePort == port
    }
  }

  private static func hash(_ address: AddressBlock, _ port: UInt16) -> UInt32 {
    let hash = KeyedHash.ofProcess
    let rest =
      UInt64(address.prefixBits) << 32 | UInt64(port) << 8
      | UInt64(address.base.family.rawValue)
    return hash.finished(
      hash.joined(hash.joined(hash.start, address.base.high, address.base.low), rest, 0))
  }

  /// Under the fewest runs that make up the range.
  private mutating func place(_ number: UInt32, on ports: ClosedRange<UInt16>) {
    if runs.isEmpty { runs = Array(repeating: 0, count: 131_072) }
    var low = Int(ports.lowerBound) + 65_536
    var high = Int(ports.upperBound) + 65_537
    while low < high {
      if low & 1 == 1 {
        runs[low] = post(number, before: runs[low])
        low += 1
      }
      if high & 1 == 1 {
        high -= 1
        runs[high] = post(number, before: runs[high])
      }
      low >>= 1
      high >>= 1
    }
  }

  // MARK: Looking up

  /// Visits the numbers of all indicators that can mean a connection, some perhaps twice.
  func visitCandidates(
    port: UInt16?, address: Address?, name: String = "", isInbound: Bool = false,
    _ visit: (Int) -> Void
  ) {
    for number in unplaced { visit(Int(number)) }
    if !name.isEmpty, !names.isEmpty {
      follow(names[Self.hash(TextPattern.folded(name))] ?? 0, visit)
    }
    if isInbound { for number in ofInbound { visit(Int(number)) } }
    if let port, !runs.isEmpty {
      var node = Int(port) + 65_536
      while node > 0 {
        follow(runs[node], visit)
        node >>= 1
      }
    }
    guard let address else { return }
    let plain = address.unmapped
    if plain.family == .v4 { visitBlocks(of: plain, prefixes.v4, port, visit) }
    if address.family == .v6 { visitBlocks(of: address, prefixes.v6, port, visit) }
  }

  /// Whether an indicator that is placed by a name could mean connections to a port, whatever their names.
  func asksForName(on port: UInt16?) -> Bool {
    guard let port else { return namingPorts.takesOthers }
    return namingPorts.contains(Double(port))
  }

  private func visitBlocks(
    of address: Address, _ lengths: [Int], _ port: UInt16?, _ visit: (Int) -> Void
  ) {
    for bits in lengths {
      let block = AddressBlock(address, bits: bits)
      if hasAddressAlone { follow(list(of: block, 0), visit) }
      if hasAddressWithPort, let port, port > 0 { follow(list(of: block, port), visit) }
      guard !networks.isEmpty else { continue }
      for number in networks[block] ?? [] { visit(Int(number)) }
    }
  }

  private func follow(_ list: Int?, _ visit: (Int) -> Void) {
    if let list { follow(lists[list], visit) }
  }

  private func follow(_ start: UInt32, _ visit: (Int) -> Void) {
    var posting = start
    while posting != 0 {
      visit(Int(owners[Int(posting) - 1]))
      posting = followers[Int(posting) - 1]
    }
  }
}

extension Indicator {
  /// The port that it is placed under beside its address; 0 for none, or more than one.
  fileprivate var singlePort: UInt16 {
    guard let portRange, portRange.count == 1 else { return 0 }
    return portRange.lowerBound
  }

  /// A total order that does not depend on where an indicator came from.
  static func isOrdered(_ a: Indicator, before b: Indicator) -> Bool {
    func words(_ indicator: Indicator) -> [String] {
      [
        indicator.subject, indicator.actor, indicator.attackID, indicator.source, indicator.note,
        indicator.direction.rawValue, indicator.validFrom?.iso8601 ?? "",
        indicator.validUntil?.iso8601 ?? "", indicator.identity,
      ]
    }
    if let ports = a.portRange?.lowerBound, let other = b.portRange?.lowerBound, ports != other {
      return ports < other
    }
    for (x, y) in zip(words(a), words(b)) where x != y {
      return x.utf8.lexicographicallyPrecedes(y.utf8)
    }
    return false
  }
}
