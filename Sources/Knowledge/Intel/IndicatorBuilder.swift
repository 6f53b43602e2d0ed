import Facts

/// Makes indicators of a condition: as many simple ones as say the same together, because ports and
/// addresses are found by a table; what is not so simple stays a condition of them.
enum IndicatorBuilder {
  typealias Refusal = StixPattern.Refusal

  /// Maximum number of indicators of one entry.
  static let maximumCount = 100_000

  static func indicators(of condition: Condition) throws(Refusal) -> [Indicator] {
    var found: [Indicator] = []
    for way in try ways(condition) {
      found += try indicators(of: way)
      guard found.count <= maximumCount else { throw Refusal(reason: "says too much at once") }
    }
    return found
  }

  /// The condition as a choice of conjunctions.
  private static func ways(_ condition: Condition) throws(Refusal) -> [[Condition]] {
    switch condition {
    case .test, .not: return [[condition]]
    case .any(let conditions):
      var all: [[Condition]] = []
      for condition in conditions { all += try ways(condition) }
      guard all.count <= maximumCount else { throw Refusal(reason: "says too much at once") }
      return all
    case .all(let conditions):
      var all: [[Condition]] = [[]]
      for condition in conditions {
        let more = try ways(condition)
        guard all.count * more.count <= 10_000 else {
          throw Refusal(reason: "says too much at once")
        }
        all = all.flatMap { left in more.map { left + $0 } }
      }
      return all
    }
  }

  private static func indicators(of parts: [Condition]) throws(Refusal) -> [Indicator] {
    var ports: [ClosedRange<UInt16>]?
    var blocks: [AddressBlock]?
    var transports: Set<String>?
    var rest: [Condition] = []
    var asksConnection = false
    for part in parts {
      guard case .test(let test) = part else {
        rest.append(part)
        continue
      }
      switch test.field {
      case .destinationPort:
        let ranges = part.portsNeeded ?? []
        ports = ports.map { known in intersection(known, ranges) } ?? ranges
      case .destinationAddress where part.networksNeeded != nil:
        let more = part.networksNeeded ?? []
        blocks = blocks.map { known in intersection(known, more) } ?? more
      case .transport:
        let names = Set(["tcp", "udp"].filter { test.answer(.text($0)) == .yes })
        transports = transports.map { $0.intersection(names) } ?? names
      default:
        asksConnection =
          asksConnection || test.field == .destinationName || test.field == .destinationAddress
        rest.append(part)
      }
    }
    guard ports != nil || blocks != nil || asksConnection else {
      throw Refusal(reason: "names neither a port nor an address nor a name to look for")
    }
    if let ports, ports.isEmpty { throw Refusal(reason: "asks for two ports at once") }
    if let blocks, blocks.isEmpty { throw Refusal(reason: "asks for two addresses at once") }
    if transports?.isEmpty == true { throw Refusal(reason: "asks for two protocols at once") }
    return try combine(ports, blocks, transports, rest)
  }

  private static func combine(
    _ ports: [ClosedRange<UInt16>]?, _ blocks: [AddressBlock]?, _ transports: Set<String>?,
    _ rest: [Condition]
  ) throws(Refusal) -> [Indicator] {
    var model = Indicator()
    if let name = transports?.first, transports?.count == 1 {
      model.transport = Indicator.Transport(rawValue: name)
    }
    guard (ports?.count ?? 1) * (blocks?.count ?? 1) <= maximumCount else {
      throw Refusal(reason: "says too much at once")
    }
    var found: [Indicator] = []
    for range in ports.map({ $0.map(Optional.some) }) ?? [nil] {
      for block in blocks.map({ $0.map(Optional.some) }) ?? [nil] {
        var indicator = model
        if let range {
          guard range.lowerBound > 0 || range.upperBound > 0 else { continue }
          indicator.ports = PortQuery(
            Int(max(1, range.lowerBound))...Int(range.upperBound),
            transport: indicator.transport?.rawValue)
        }
        indicator.address = block
        guard let left = unmet(rest, block) else { continue }
        if !left.isEmpty { indicator.condition = left.count == 1 ? left[0] : .all(left) }
        found.append(indicator)
      }
    }
    guard !found.isEmpty else { throw Refusal(reason: "asks for an address of another kind") }
    return found
  }

  /// What is still to be asked when the address is known to be in a network; nil: it cannot hold.
  private static func unmet(_ conditions: [Condition], _ block: AddressBlock?) -> [Condition]? {
    guard let block else { return conditions }
    var left: [Condition] = []
    for condition in conditions {
      guard condition.fields == [.isIPv6] else {
        left.append(condition)
        continue
      }
      let isIPv6 = FieldValue.text(block.base.family == .v6 ? "true" : "false")
      guard condition.answer({ $0.answer(isIPv6) }) == .yes else { return nil }
    }
    return left
  }

  private static func intersection(
    _ a: [ClosedRange<UInt16>], _ b: [ClosedRange<UInt16>]
  ) -> [ClosedRange<UInt16>] {
    a.flatMap { left in
      b.compactMap { right in left.overlaps(right) ? left.clamped(to: right) : nil }
    }
  }

  private static func intersection(_ a: [AddressBlock], _ b: [AddressBlock]) -> [AddressBlock] {
    a.flatMap { left in
      b.compactMap { right in
        if left.prefixBits >= right.prefixBits { return right.contains(left.base) ? left : nil }
        return left.contains(right.base) ? right : nil
      }
    }
  }
}
