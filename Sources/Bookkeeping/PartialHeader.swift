package import Facts
package import Scanning

/// What a partial says of itself before what was read.
package struct PartialHeader: Equatable, Sendable {
  /// The settings that decide what facts are read, by name.
  package var reading: [String: String]
  /// The plans of which it has units, by their digests.
  package var shares: [PlanShare]

  package init(reading: [String: String], shares: [PlanShare]) {
    self.reading = reading
    self.shares = shares
  }

  func write(to writer: inout PartialWriter) {
    writer.number(reading.count)
    for (name, value) in reading.sorted(by: { $0.key < $1.key }) {
      writer.text(name)
      writer.text(value)
    }
    writer.number(shares.count)
    for share in shares { share.write(to: &writer) }
  }

  init(_ reader: inout PartialReader) throws {
    reading = [:]
    for _ in 0..<(try reader.count()) {
      let name = try reader.text()
      reading[name] = try reader.text()
    }
    shares = []
    for _ in 0..<(try reader.count()) { shares.append(try PlanShare(&reader)) }
  }
}

/// Which units of a plan there are.
package struct PlanShare: Equatable, Sendable {
  /// Its digest.
  package var plan: String
  package var foundArchives: Int
  package var unitCount: Int
  /// Their numbers: ascending, without neighbours that could be one.
  package private(set) var units: [ClosedRange<Int>]
  /// What was found and not read: with the first unit, so that not everybody carries it.
  package var unread: [UnreadInput]

  /// - Parameter units: Numbers of units, ascending, each once.
  package init(of plan: WorkPlan, digest: String, units: [Int]) {
    self.plan = digest
    foundArchives = plan.foundArchives
    unitCount = plan.units.count
    self.units = units.map { $0...$0 }
    unread = units.first == 1 || plan.units.isEmpty ? plan.unread : []
    join()
  }

  /// The runs of units that are missing.
  package var missing: [ClosedRange<Int>] {
    var next = 1
    var missing: [ClosedRange<Int>] = []
    for run in units {
      if next < run.lowerBound { missing.append(next...run.lowerBound - 1) }
      next = run.upperBound + 1
    }
    if next <= unitCount { missing.append(next...unitCount) }
    return missing
  }

  /// A unit that is in both; nil where there is none.
  func shared(with other: Self) -> Int? {
    var (a, b) = (units[...], other.units[...])
    while let left = a.first, let right = b.first {
      if left.overlaps(right) { return max(left.lowerBound, right.lowerBound) }
      if left.upperBound < right.lowerBound { a.removeFirst() } else { b.removeFirst() }
    }
    return nil
  }

  /// Adds other units of the same plan.
  mutating func add(_ other: Self) {
    units = (units + other.units).sorted { $0.lowerBound < $1.lowerBound }
    unread = Set(unread + other.unread).sorted {
      ($0.name, $0.kind.rawValue, $0.reason) < ($1.name, $1.kind.rawValue, $1.reason)
    }
    join()
  }

  private mutating func join() {
    var joined: [ClosedRange<Int>] = []
    for run in units {
      if let last = joined.last, last.upperBound + 1 == run.lowerBound {
        joined[joined.count - 1] = last.lowerBound...run.upperBound
      } else {
        joined.append(run)
      }
    }
    units = joined
  }

  func write(to writer: inout PartialWriter) {
    writer.text(plan)
    writer.number(foundArchives)
    writer.number(unitCount)
    writer.number(units.count)
    for run in units {
      writer.number(run.lowerBound)
      writer.number(run.upperBound)
    }
    writer.number(unread.count)
    for input in unread {
      writer.text(input.name)
      writer.text(input.kind.rawValue)
      writer.text(input.reason)
    }
  }

  init(_ reader: inout PartialReader) throws {
    plan = try reader.text()
    foundArchives = try reader.integer()
    unitCount = try reader.integer()
    units = []
    for _ in 0..<(try reader.count()) {
      let (first, last) = (try reader.integer(), try reader.integer())
      guard first > units.last?.upperBound ?? 0, first <= last, last <= unitCount else {
        throw reader.malformed()
      }
      units.append(first...last)
    }
    unread = []
    for _ in 0..<(try reader.count()) {
      let name = try reader.text()
      guard let kind = UnreadInput.Kind(rawValue: try reader.text()) else {
        throw reader.malformed()
      }
      unread.append(UnreadInput(name: name, kind: kind, reason: try reader.text()))
    }
  }
}
