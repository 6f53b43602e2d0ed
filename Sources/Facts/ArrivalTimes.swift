/// The set of whole seconds in which something was seen, as UInt32 since 1970.
///
/// Union is the merge, so it is exact in any order and idempotent: an archive that was shipped twice
/// changes nothing. Kept as the gaps between ascending seconds, seven bits to the byte, which is one
/// or two bytes for a beacon's call; what arrives out of order waits in a list that is no longer.
package struct ArrivalTimes: Sendable {
  private var gaps: [UInt8] = []
  /// The last bytes of the gaps: most that is added need not touch the array, and what is seen a few times
  /// needs none.
  private var newest = InlineArray<11, UInt8>(repeating: 0)
  private var newestCount: UInt8 = 0
  private var sortedCount: UInt32 = 0
  private var first: UInt32 = 0
  private var last: UInt32 = 0
  private var waiting: [UInt32] = []

  package init() {}

  package var isEmpty: Bool { sortedCount == 0 }

  /// - Complexity: O(1) amortized where seconds come in order, else O(log *n*) amortized.
  @inline(__always)
  package mutating func insert(_ second: UInt32) {
    if sortedCount > 0, second == last { return }
    if sortedCount == 0 || second > last { append(second) } else { wait(second) }
  }

  private mutating func append(_ second: UInt32) {
    if sortedCount == 0 {
      first = second
    } else {
      var gap = second - last
      while gap >= 128 {
        append(UInt8(truncatingIfNeeded: gap) | 128)
        gap >>= 7
      }
      append(UInt8(gap))
    }
    last = second
    sortedCount += 1
  }

  @inline(__always)
  private mutating func append(_ byte: UInt8) {
    if Int(newestCount) == newest.count { settle() }
    newest[Int(newestCount)] = byte
    newestCount += 1
  }

  /// Moves the newest bytes to the others.
  private mutating func settle() {
    for at in 0..<Int(newestCount) { gaps.append(newest[at]) }
    newestCount = 0
  }

  private mutating func wait(_ second: UInt32) {
    waiting.append(second)
    sortWaiting()
  }

  private mutating func sortWaiting() {
    if waiting.count > 64 + Int(sortedCount) { self = Self(ascending: seconds) }
  }

  /// Of seconds in any order, with any repetition.
  package init(_ seconds: [UInt32]) { self.init(ascending: Self.ascending(seconds)) }

  private init(ascending seconds: [UInt32]) { for second in seconds { append(second) } }

  /// All seconds, ascending, each once.
  package var seconds: [UInt32] {
    guard sortedCount > 0 else { return [] }
    var result = [UInt32](capacity: Int(sortedCount) + waiting.count) { result in
      result.append(first)
      var second = first
      var gap: UInt32 = 0
      var shift: UInt32 = 0
      func take(_ byte: UInt8) {
        gap |= UInt32(byte & 127) << shift
        shift += 7
        guard byte < 128 else { return }
        second += gap
        result.append(second)
        gap = 0
        shift = 0
      }
      for byte in gaps { take(byte) }
      for at in 0..<Int(newestCount) { take(newest[at]) }
    }
    guard !waiting.isEmpty else { return result }
    result.append(contentsOf: waiting)
    return Self.ascending(result)
  }

  fileprivate static func ascending(_ seconds: [UInt32]) -> [UInt32] {
    var seconds = seconds
    seconds.sort()
    var unique: [UInt32] = []
    unique.reserveCapacity(seconds.count)
    for second in seconds where unique.last != second { unique.append(second) }
    return unique
  }
}

extension ArrivalTimes: Mergeable {
  package static var empty: Self { Self() }

  package mutating func merge(_ other: Self) {
    if other.isEmpty { return }
    if isEmpty {
      self = other
      return
    }
    if other.waiting.isEmpty, waiting.isEmpty, other.first > last {
      append(other.first)
      settle()
      gaps.append(contentsOf: other.gaps)
      (newest, newestCount) = (other.newest, other.newestCount)
      last = other.last
      sortedCount += other.sortedCount - 1
      return
    }
    // Whoever asks for the seconds sorts them; most of many that are merged are not asked for.
    waiting.append(contentsOf: other.seconds)
    sortWaiting()
  }
}

extension ArrivalTimes: Equatable {
  package static func == (a: Self, b: Self) -> Bool { a.seconds == b.seconds }
}

/// The union of several, put together where it is asked for.
package struct ArrivalUnion: Sendable {
  private var parts: [ArrivalTimes] = []

  package init() {}

  package var isEmpty: Bool { parts.isEmpty }

  package mutating func add(_ times: ArrivalTimes) {
    if !times.isEmpty { parts.append(times) }
  }

  /// All seconds, ascending, each once.
  ///
  /// - Complexity: O(*n* log *n*).
  package var seconds: [UInt32] {
    parts.count == 1 ? parts[0].seconds : ArrivalTimes.ascending(parts.flatMap(\.seconds))
  }
}

extension ArrivalUnion: Equatable {
  package static func == (a: Self, b: Self) -> Bool { a.seconds == b.seconds }
}
