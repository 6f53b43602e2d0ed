/// What makes two connections one fact. No rule looks at it: every port, both directions, all
/// processes.
package struct ConnectionKey: Hashable, Sendable {
  package var host: TextID
  package var image: TextID
  package var user: TextID
  package var parent: TextID
  package var process: ProcessGuid
  package var address: TextID
  package var port: TextID
  package var transport: TextID
  package var originalFileName: TextID
  /// Defender's `ActionType` and `RemoteIPType`, which its published query asks for.
  package var action: TextID
  package var addressType: TextID
  /// The UTC day of the record time; `ConnectionKey.noDay` where the event has no usable time.
  package var day: Int32
  package var direction: Direction
  package var source: Source

  package static let noDay = Int32.min

  package init(
    host: TextID, image: TextID, user: TextID, parent: TextID, process: ProcessGuid,
    address: TextID, port: TextID, transport: TextID, originalFileName: TextID, day: Int32,
    direction: Direction, source: Source, action: TextID = .none, addressType: TextID = .none
  ) {
    self.host = host
    self.image = image
    self.user = user
    self.parent = parent
    self.process = process
    self.address = address
    self.port = port
    self.transport = transport
    self.originalFileName = originalFileName
    self.day = day
    self.direction = direction
    self.source = source
    self.action = action
    self.addressType = addressType
  }
}

/// What the connections of one key add up to.
package struct ConnectionFact: Equatable, Sendable {
  package var count: Int
  private var firstMilliseconds: Int64
  private var lastMilliseconds: Int64
  /// The seconds to measure intervals by.
  package var arrivals: ArrivalTimes
  /// The place of the earliest connection (without a time: of the one that comes first).
  package var place: Place
  /// The name of the other side: the first in byte order, if several were given.
  package var destinationName: TextID

  package init(
    count: Int, first: UTCTime?, last: UTCTime?, arrivals: ArrivalTimes, place: Place,
    destinationName: TextID
  ) {
    self.count = count
    firstMilliseconds = first?.milliseconds ?? Self.noTime
    lastMilliseconds = last?.milliseconds ?? Self.noTime
    self.arrivals = arrivals
    self.place = place
    self.destinationName = destinationName
  }

  /// There are millions of facts: an optional would take eight bytes more for each time.
  private static let noTime = Int64.min

  /// The earliest record time; nil where none of the events has one.
  package var first: UTCTime? {
    get { firstMilliseconds == Self.noTime ? nil : UTCTime(milliseconds: firstMilliseconds) }
    set { firstMilliseconds = newValue?.milliseconds ?? Self.noTime }
  }

  /// The latest record time; nil where none of the events has one.
  package var last: UTCTime? {
    get { lastMilliseconds == Self.noTime ? nil : UTCTime(milliseconds: lastMilliseconds) }
    set { lastMilliseconds = newValue?.milliseconds ?? Self.noTime }
  }
}

/// When and where a connection was reported.
package struct Arrival: Sendable {
  /// By its record time.
  package var time: UTCTime?
  /// The second to measure intervals by.
  package var arrivalSecond: UInt32?
  package var place: Place

  package init(time: UTCTime?, arrivalSecond: UInt32?, place: Place) {
    self.time = time
    self.arrivalSecond = arrivalSecond
    self.place = place
  }
}

extension ConnectionFact {
  init(_ arrival: Arrival, destinationName: TextID) {
    var arrivals = ArrivalTimes()
    if let arrivalSecond = arrival.arrivalSecond { arrivals.insert(arrivalSecond) }
    self.init(
      count: 1, first: arrival.time, last: arrival.time, arrivals: arrivals,
      place: arrival.place, destinationName: destinationName)
  }

  /// Adds one more connection.
  @inline(__always)
  mutating func absorb(_ arrival: Arrival) {
    count += 1
    if let arrivalSecond = arrival.arrivalSecond { arrivals.insert(arrivalSecond) }
    if isLater(than: arrival.time, at: arrival.place) { place = arrival.place }
    guard let time = arrival.time else { return }
    if first.map({ time < $0 }) ?? true { first = time }
    if last.map({ time > $0 }) ?? true { last = time }
  }

  /// The earliest place is that of the earliest time; where times tie or are missing, the one that comes first.
  @inline(__always)
  func isLater(than time: UTCTime?, at other: Place) -> Bool {
    switch (time, first) {
    case (let time?, let first?): time == first ? other < place : time < first
    case (nil, nil): other < place
    case (_?, nil): true
    case (nil, _?): false
    }
  }
}
