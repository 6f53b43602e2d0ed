package import Facts

/// What of an outbound connection decides whether it can be part of something regular: everything but when it was.
package struct Call: Sendable {
  package var program: CallNames.Program
  package var destination: CallNames.Destination
  package var port: TextID
  package var transport: TextID
  package var day: Int32
  package var count: Int

  package init(
    program: CallNames.Program, destination: CallNames.Destination, port: TextID, transport: TextID,
    day: Int32, count: Int
  ) {
    self.program = program
    self.destination = destination
    self.port = port
    self.transport = transport
    self.day = day
    self.count = count
  }

  /// Whether connections can be calls: what is accepted never is part of a beacon.
  package static func isCall(_ direction: Direction) -> Bool {
    switch direction {
    case .inbound, .unclear: false
    case .outbound, .unstated, .outboundBySpelling: true
    }
  }

  func key(on host: TextID) -> BeaconKey {
    BeaconKey(
      host: host, program: program.name, address: destination.address, port: port,
      transport: transport)
  }
}

extension CallNames {
  /// - Returns: Nil for what is never part of a beacon: accepted connections, and those without address or port.
  mutating func call(_ key: ConnectionKey, count: Int, _ texts: TextTable) -> Call? {
    guard Call.isCall(key.direction), key.address != .none, key.port != .none else { return nil }
    return Call(
      program: program(key.image, texts), destination: destination(key.address, texts),
      port: key.port, transport: key.transport, day: key.day, count: count)
  }
}
