import Facts

/// Values that are read back: what oddport cannot have written is damage, not a number to reckon with.
extension FactStatement {
  /// More than any archive holds, and so few that sums of them stay numbers.
  static let maxEvents: Int64 = 1 << 40
  private static let maxBytes: Int64 = 1 << 50
  /// Milliseconds since 1970 that eighteen digits can say.
  static let times: ClosedRange<Int64> = -1_000_000_000_000_000_000...1_000_000_000_000_000_000

  func size(_ column: Int32, _ name: String) throws -> Int {
    Int(try checked(column, name, in: 0...Self.maxBytes))
  }

  func count(_ column: Int32, _ name: String) throws -> Int {
    Int(try checked(column, name, in: 0...Self.maxEvents))
  }

  func time(_ column: Int32, _ name: String) throws -> UTCTime? {
    guard !isNull(column) else { return nil }
    return UTCTime(
      milliseconds: try checked(column, name, in: Self.times))
  }

  func day(_ column: Int32) throws -> Int32 {
    guard !isNull(column) else { return ConnectionKey.noDay }
    return Int32(try checked(column, "day", in: Int64(Int32.min) + 1...Int64(Int32.max)))
  }

  func direction(_ column: Int32) throws -> Direction {
    let raw = UInt8(try checked(column, "direction", in: 0...255))
    guard let direction = Direction(rawValue: raw) else {
      throw StoredDamage("direction \(raw) does not exist")
    }
    return direction
  }

  func source(_ column: Int32) throws -> Source {
    let raw = UInt8(try checked(column, "source", in: 0...255))
    guard let source = Source(rawValue: raw) else {
      throw StoredDamage("source \(raw) does not exist")
    }
    return source
  }

  func text(_ column: Int32, _ name: String) throws -> String {
    guard isText(column) else { throw StoredDamage("\(name) is not a text") }
    return string(column)
  }

  func checked(_ column: Int32, _ name: String, in range: ClosedRange<Int64>) throws -> Int64 {
    guard isInteger(column) else { throw StoredDamage("\(name) is not a number") }
    let value = integer(column)
    guard range.contains(value) else { throw StoredDamage("\(name) is \(value)") }
    return value
  }
}

extension StoredSeconds {
  /// - Throws: ``StoredDamage`` for what ``bytes(of:)`` never gives.
  static func times(_ bytes: [UInt8]) throws -> ArrivalTimes {
    var times = ArrivalTimes()
    var second: UInt64 = 0
    var gap: UInt64 = 0
    var shift: UInt64 = 0
    for byte in bytes {
      gap |= UInt64(byte & 127) << shift
      shift += 7
      guard byte < 128 else {
        guard shift < 35 else { throw StoredDamage("seconds cannot be read") }
        continue
      }
      guard gap > 0 || times.isEmpty, second + gap <= UInt64(UInt32.max) else {
        throw StoredDamage("seconds are not ascending")
      }
      second += gap
      times.insert(UInt32(second))
      (gap, shift) = (0, 0)
    }
    guard shift == 0 else { throw StoredDamage("seconds are cut off") }
    return times
  }
}
