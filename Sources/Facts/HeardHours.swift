/// The hours since 1970 in which a host was heard, ascending, with what was heard in each.
///
/// Events that are not used are looked at only where every line is read.
package struct HeardHours: Equatable, Sendable {
  package struct Kinds: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let connections = Self(rawValue: 1)
    package static let processStarts = Self(rawValue: 2)
  }

  package struct Hour: Equatable, Sendable {
    package var hour: Int32
    /// Of these there were some among the events.
    package var kinds: Kinds
    /// Connections, process starts and changes of the registry; 0: the host was heard by another event.
    package var events: Int

    package init(_ hour: Int32, events: Int, kinds: Kinds = []) {
      self.hour = hour
      self.events = events
      self.kinds = kinds
    }
  }

  package private(set) var all: [Hour] = []

  package init() {}

  /// The hours with an event that is used.
  package var used: some BidirectionalCollection<Hour> { all.lazy.filter { $0.events > 0 } }

  package var first: Int32? { used.first?.hour }
  package var last: Int32? { used.last?.hour }
  /// Of the hours with an event that is used.
  package var keys: [Int32] { used.map(\.hour) }

  /// The hours with events of a kind.
  package func keys(with kind: Kinds) -> [Int32] {
    all.compactMap { $0.kinds.contains(kind) ? $0.hour : nil }
  }

  /// - Complexity: O(1) for hours that come in order, else O(*n*).
  package mutating func add(_ hour: Hour) {
    guard let last = all.last, hour.hour <= last.hour else { return all.append(hour) }
    let at = place(of: hour.hour)
    if all[at].hour == hour.hour { all[at].add(hour) } else { all.insert(hour, at: at) }
  }

  /// The place of the first hour that is not before another one.
  private func place(of hour: Int32) -> Int {
    var (low, high) = (0, all.count)
    while low < high {
      let middle = (low + high) / 2
      if all[middle].hour < hour { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension HeardHours.Hour {
  fileprivate mutating func add(_ other: Self) {
    events += other.events
    kinds.formUnion(other.kinds)
  }
}

extension HeardHours: Mergeable {
  package static var empty: Self { Self() }

  /// - Complexity: O(*m*) for *m* hours of `other` that all come later, else O(*n* + *m*).
  package mutating func merge(_ other: Self) {
    guard let last = all.last?.hour, let first = other.all.first?.hour, first <= last else {
      return all.append(contentsOf: other.all)
    }
    var merged: [Hour] = []
    merged.reserveCapacity(all.count + other.all.count)
    var (left, right) = (all[...], other.all[...])
    while let a = left.first, let b = right.first {
      if a.hour <= b.hour { merged.append(left.removeFirst()) }
      if b.hour < a.hour { merged.append(right.removeFirst()) }
      if a.hour == b.hour { merged[merged.count - 1].add(right.removeFirst()) }
    }
    all = merged + left + right
  }
}
