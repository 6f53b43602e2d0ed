import Facts
import Knowledge

/// Facts as indicators ask them; what a text means is found out once.
struct AskedFacts {
  let facts: FactTable
  private var ports = TextMap<Double?>()
  private var addresses = TextMap<Address?>()
  /// Conditions with their tests numbered, by the number of the indicator.
  private var conditions: [Int: ConditionTree<Int>] = [:]
  private var known: [[UInt32: Answer]] = []
  private var tests: [FieldTest] = []

  /// Maximum number of texts whose answer is kept for a test.
  private static let maximumKnown = 65_536

  init(_ facts: FactTable) { self.facts = facts }

  mutating func port(_ at: Int) -> UInt16? {
    number(at).flatMap { UInt16(exactly: $0) }
  }

  private mutating func number(_ at: Int) -> Double? {
    let id = facts.keys[at].port
    guard id != .none else { return nil }
    return ports.value(of: id) { portNumber(facts.texts[id]) }
  }

  mutating func address(_ at: Int) -> Address? {
    let id = facts.keys[at].address
    guard id != .none else { return nil }
    return addresses.value(of: id) { Address(facts.texts[id]) }
  }

  mutating func answer(_ at: Int, _ indicator: Indicator, _ number: Int) -> Answer {
    let key = facts.keys[at]
    switch (indicator.direction, key.direction) {
    case (.either, _): break
    case (.listener, .inbound): break
    case (.callback, .outbound), (.callback, .unstated), (.callback, .outboundBySpelling): break
    default: return .no
    }
    guard
      indicator.meets(
        port: self.number(at), transport: facts.texts[key.transport], address: address(at))
    else { return .no }
    guard let condition = indicator.condition else { return .yes }
    return numbered(condition, of: number).answer { test in answer(at, test) }
  }

  /// A condition with its tests numbered, when it is asked for the first time: of a million few are.
  private mutating func numbered(_ condition: Condition, of number: Int) -> ConditionTree<Int> {
    if let known = conditions[number] { return known }
    let numbered = condition.map { test in
      tests.append(test)
      known.append([:])
      return tests.count - 1
    }
    conditions[number] = numbered
    return numbered
  }

  private mutating func answer(_ at: Int, _ number: Int) -> Answer {
    let test = tests[number]
    let (value, id) = field(test.field, at)
    switch value {
    case .unknown: return .unknown
    case .missing: return test.answer(.missing)
    case .fixed(let text): return test.answer(.text(text))
    case .text, .family:
      if let answer = known[number][id.raw] { return answer }
      let text =
        if case .family = value { isIPv6(id) ? "true" : "false" } else { facts.texts[id] }
      let answer = test.answer(.text(text))
      if known[number].count >= Self.maximumKnown { known[number] = [:] }
      known[number][id.raw] = answer
      return answer
    }
  }

  private enum Value {
    case unknown, missing, text, family
    case fixed(String)
  }

  private func isIPv6(_ id: TextID) -> Bool {
    Address(facts.texts[id])?.unmapped.family == .v6
  }

  private func field(_ field: ConnectionField, _ at: Int) -> (Value, TextID) {
    let key = facts.keys[at]
    let isInbound = key.direction == .inbound
    // Sysmon writes an inbound UDP flow with the local end as its source, and Defender writes all so.
    let isTurned =
      isInbound && (key.source == .defender || facts.texts[key.transport] == "udp")
    let hasDestination = !isInbound || isTurned
    func named(_ id: TextID) -> (Value, TextID) { (id == .none ? .missing : .text, id) }
    func known(_ id: TextID?) -> (Value, TextID) {
      guard let id, id != .none else { return (.unknown, .none) }
      return (.text, id)
    }
    lazy var start = facts.processes[ProcessKey(host: key.host, process: key.process)]
    switch field {
    case .image: return named(key.image)
    case .user: return named(key.user)
    case .host: return named(key.host)
    case .transport: return named(key.transport)
    // Of an accepted connection facts hold the local port and the address of the other side.
    case .destinationPort: return isTurned ? (.unknown, .none) : named(key.port)
    case .destinationAddress: return hasDestination ? named(key.address) : (.unknown, .none)
    case .sourceAddress: return hasDestination ? (.unknown, .none) : named(key.address)
    case .destinationName: return named(facts.facts[at].destinationName)
    case .sourceName: return (.unknown, .none)
    case .parent: return known(facts.texts.isEmpty(key.parent) ? start?.parent : key.parent)
    case .commandLine: return known(start?.commandLine)
    case .originalFileName:
      return known(key.originalFileName == .none ? start?.originalFileName : key.originalFileName)
    case .isIPv6:
      if !hasDestination { return (.unknown, .none) }
      return key.address == .none ? (.missing, .none) : (.family, key.address)
    case .eventID: return (.fixed("3"), .none)
    case .initiated:
      switch key.direction {
      case .outbound, .outboundBySpelling: return (.fixed("true"), .none)
      case .inbound: return (.fixed("false"), .none)
      case .unstated: return (.missing, .none)
      case .unclear: return (.unknown, .none)
      }
    case .product: return (product(key), .none)
    }
  }

  private func product(_ key: ConnectionKey) -> Value {
    switch key.source {
    case .windowsSysmon: return .fixed("windows")
    case .linuxSysmon: return .fixed("linux")
    case .defender, .ocsf:
      let image = facts.texts[key.image].utf8
      if image.contains(UInt8(ascii: "\\")) { return .fixed("windows") }
      return image.first == UInt8(ascii: "/") ? .fixed("linux") : .unknown
    }
  }
}
