import Facts

/// The earliest of some lines, and where it is.
///
/// The earliest record time decides; where times are equal or missing, the place in the order of the input.
/// Lines may be compared in any order and grouping.
struct EarliestLine: Comparable, Sendable {
  /// Nil where none of the lines has a time.
  var time: UTCTime?
  var place: Place

  init(time: UTCTime?, place: Place) {
    self.time = time
    self.place = place
  }

  init(_ fact: ConnectionFact) { self.init(time: fact.first, place: fact.place) }

  static func < (a: Self, b: Self) -> Bool {
    switch (a.time, b.time) {
    case (let left?, let right?): left == right ? a.place < b.place : left < right
    case (nil, nil): a.place < b.place
    case (_?, nil): true
    case (nil, _?): false
    }
  }
}

extension EarliestLine? {
  mutating func add(_ line: EarliestLine) {
    guard let known = self else {
      self = line
      return
    }
    if line < known { self = line }
  }
}

extension Beacon {
  var earliest: EarliestLine? { firstPlace.map { EarliestLine(time: firstSeen, place: $0) } }
}

extension Finding {
  var earliest: EarliestLine? { firstPlace.map { EarliestLine(time: firstSeen, place: $0) } }
}
