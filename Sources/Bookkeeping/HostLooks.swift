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
    var calls = CallReader(self)
    while let host = try next() {
      calls.begin()
      for part in host.parts {
        var index = part.index
        while try index.next() { try calls.read(index, of: part) }
      }
      look.count(calls.all, of: host.id)
    }
    return look
  }

  /// Passes hosts for what is wanted, as long as there are any, and gives them the second look, where their calls are
  /// looked at.
  func lookAgain() throws -> SecondLook? {
    var look = try secondLook()
    var calls = CallReader(self)
    var waiting: [(ConnectionKey, ConnectionFact)] = []
    var pass = HostPass(self)
    while let host = try next() {
      calls.begin()
      try pass.read(host, &calls)
      if let numbers = look?.mattering(calls.all, of: host.id) {
        try pass.eachFact(of: numbers) { look?.absorb($0, $1, into: $2) }
      }
      try pass.eachWanted { waiting.append(($0, $1)) }
      if waiting.count >= Self.maxWaiting {
        try alone { try $0.absorb(waiting) }
        waiting.removeAll(keepingCapacity: true)
      }
    }
    try alone { try $0.absorb(waiting) }
    return look
  }

  /// Number of connections that a task hands over at a time.
  private static let maxWaiting = 4096
}

/// Reads the calls of a host.
struct CallReader {
  private(set) var all: [Call] = []
  private let source: HostSource
  private let destinations: NumberMap<CallNames.Destination>
  /// Of what is not an address.
  private var others: [Int64: CallNames.Destination] = [:]

  init(_ source: HostSource) {
    self.source = source
    destinations = source.destinations
  }

  mutating func begin() { all.removeAll(keepingCapacity: true) }

  /// Reads the entry at hand.
  ///
  /// - Returns: Whether its connections are a call, which is then the last one.
  @discardableResult
  mutating func read(_ index: borrowing HostIndexReader, of part: HostSource.Part) throws -> Bool {
    let (day, direction) = try index.dayAndDirection()
    guard Call.isCall(direction), index.address != 0, index.port != 0 else { return false }
    var destination = destinations[index.address]
    if destination.address == .none { destination = try self.destination(index.address) }
    all.append(
      Call(
        program: part.programs[index.image], destination: destination, port: part.ports[index.port],
        transport: part.transports[index.transport], day: day, count: Int(index.count)))
    return true
  }

  private mutating func destination(_ number: Int64) throws -> CallNames.Destination {
    if let known = others[number] { return known }
    let destination = try source.destination(number)
    others[number] = destination
    return destination
  }
}

extension HostIndexReader {
  /// Of the entry at hand.
  func dayAndDirection() throws -> (Int32, Direction) {
    guard let direction = UInt8(exactly: direction).flatMap(Direction.init) else {
      throw StoredDamage("direction \(direction) does not exist")
    }
    guard let day = Int32(exactly: day) else { throw StoredDamage("day is \(day)") }
    return (day, direction)
  }
}
