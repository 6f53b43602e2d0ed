package import Facts

/// What of a connection fact decides whether it can be part of something regular: everything but when it was.
package struct Call: Sendable {
  package var host = TextID.none
  package var image = TextID.none
  /// The number of its text; where ``isNamed``, of its name in the groups that it is for.
  package var address = TextID.none
  package var isNamed = false
  package var port = TextID.none
  package var transport = TextID.none
  package var day = ConnectionKey.noDay
  package var direction = Direction.outbound
  package var count = 0

  package init() {}

  init(_ key: ConnectionKey, count: Int) {
    host = key.host
    image = key.image
    address = key.address
    port = key.port
    transport = key.transport
    day = key.day
    direction = key.direction
    self.count = count
  }
}
