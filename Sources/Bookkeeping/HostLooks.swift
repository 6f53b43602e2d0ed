import Facts
import Hunting

/// Which connections are wanted, by the numbers of their texts.
struct WantedConnections: Sendable {
  /// What the number of a port's text means to a plan.
  struct Meaning: OptionSet, Sendable {
    let rawValue: UInt8

    static let wanted = Self(rawValue: 1)
    /// Of helpers, where these are not wanted by themselves.
    static let helper = Self(rawValue: 2)
    /// Of those that helpers explain.
    static let explained = Self(rawValue: 4)
  }

  private(set) var ports = NumberMap(Meaning())
  private(set) var wantedPorts: Set<Int64> = []
  private(set) var hasHelpers = false
  var addresses: Set<Int64> = []

  mutating func add(_ port: Int64, _ meaning: Meaning) {
    ports[port].insert(meaning)
    if meaning.contains(.wanted) { wantedPorts.insert(port) }
    if meaning.contains(.helper) { hasHelpers = true }
  }
}

// What one task does, while others do the same with other hosts.
extension HostSource {
  /// The first look at hosts, as long as there are any.
  func lookFirst() throws -> FirstLook {
    var look = FirstLook()
    var reader = CallReader(self)
    var calls: [Call] = []
    while let host = try next() {
      calls.removeAll(keepingCapacity: true)
      for part in host.parts {
        var index = part.index
        while try index.next() {
          let (day, direction) = try index.dayAndDirection()
          guard isAsked(day), index.isCall(direction) else { continue }
          calls.append(try reader.call(index, of: part, on: day))
        }
      }
      look.count(calls, of: host.id)
    }
    return look
  }

  /// Passes hosts for what is wanted, as long as there are any, and gives them the second look, where their calls are
  /// looked at.
  func lookAgain() throws -> SecondLook? {
    var look = try secondLook()
    var waiting: [(ConnectionKey, ConnectionFact)] = []
    var pass = HostPass(self)
    while let host = try next() {
      try pass.read(host, &look)
      try pass.eachFact { look?.absorb($0, $1, into: $2) }
      try pass.eachWanted { waiting.append(($0, $1)) }
      if waiting.count >= Self.maxWaiting {
        try alone { try $0.absorb(waiting) }
        waiting.removeAll(keepingCapacity: true)
      }
    }
    try alone { try $0.absorb(waiting) }
    return look
  }

  /// Whether connections of a day are asked for.
  func isAsked(_ day: Int32) -> Bool { plan.days?.contains(day) ?? true }

  /// Number of connections that a task hands over at a time.
  private static let maxWaiting = 4096
}

/// Reads calls.
struct CallReader {
  private let source: HostSource
  private let destinations: NumberMap<CallNames.Destination>
  /// Of what is not an address.
  private var others: [Int64: CallNames.Destination] = [:]

  init(_ source: HostSource) {
    self.source = source
    destinations = source.destinations
  }

  /// The entry at hand, which is a call.
  mutating func call(
    _ index: borrowing HostIndexReader, of part: HostSource.Part, on day: Int32
  ) throws -> Call {
    Call(
      program: part.programs[index.image], destination: try destination(index.address),
      port: part.ports[index.port], transport: part.transports[index.transport], day: day,
      count: Int(index.count))
  }

  mutating func destination(_ number: Int64) throws -> CallNames.Destination {
    let destination = destinations[number]
    if destination.address != .none { return destination }
    if let known = others[number] { return known }
    let other = try source.destination(number)
    others[number] = other
    return other
  }
}

extension HostIndexReader {
  /// Whether the entry at hand is a call.
  func isCall(_ direction: Direction) -> Bool {
    Call.isCall(direction) && address != 0 && port != 0
  }

  /// Of the entry at hand.
  func dayAndDirection() throws -> (Int32, Direction) {
    guard let direction = UInt8(exactly: direction).flatMap(Direction.init) else {
      throw StoredDamage("direction \(direction) does not exist")
    }
    guard let day = Int32(exactly: day) else { throw StoredDamage("day is \(day)") }
    return (day, direction)
  }
}
