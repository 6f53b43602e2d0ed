import Facts

/// Puts together what several indexes say of the connections of one host: what was seen again on another day is one
/// row. In whatever steps it is done, the bytes are the same.
struct HostBundler {
  /// What makes two rows one: the fields of an entry but the day, then of a row.
  private struct Key: NumberedKey {
    var first: UInt64
    var second: UInt64
    var third: UInt64

    func hash(_ hash: KeyedHash) -> UInt32 {
      hash.finished(hash.joined(hash.joined(hash.start, first, second), third, 0))
    }

    static func < (a: Self, b: Self) -> Bool {
      (a.first, a.second, a.third) < (b.first, b.second, b.third)
    }
  }

  private struct Entry {
    var day: Int64
    var references: [HostIndex.Reference] = []
  }

  fileprivate struct Fact {
    var count: Int64
    var first: Int64?
    var last: Int64?
    var archive: Int64
    var line: Int64
    var offset: Int64
    var seconds: ArrivalTimes
  }

  private var entryKeys = NumberedKeys<Key>()
  /// By the number of the key.
  private var entries: [Entry] = []
  private var rowKeys = NumberedKeys<Key>()
  /// By the number of the key.
  private var facts: [Fact] = []
  private var processes: [StoredProcess] = []
  private var processNumbers: [StoredProcess: Int] = [:]

  var rowCount: Int { facts.count }

  /// Adds all rows of an index.
  ///
  /// - Parameter archives: The place of its archive in the bundle; of a bundle, of each of its archives.
  mutating func add(_ packed: HostIndex.Packed, first: Int64?, archives: [Int64]) throws {
    var index = try HostIndexReader(packed.entries, first: first)
    let whole = try HostFacts(packed.facts, isBundle: index.isBundle)
    var here: [Int: Int] = [:]
    while try index.next() {
      let entry = try number(ofEntry: index)
      let known = try HostIndex.references(packed.origins, index.origins)
      for reference in known {
        entries[entry].references.append(
          .init(archive: try place(reference.archive, in: archives), rows: reference.rows))
      }
      if !index.isBundle {
        entries[entry].references.append(
          .init(archive: try place(0, in: archives), rows: index.rows))
      }
      var rows = try whole.rows(index.facts)
      while try rows.next() {
        let process: Int
        if let known = here[rows.process] {
          process = known
        } else {
          process = number(of: rows.process == 0 ? .none : try whole.process(rows.process))
          here[rows.process] = process
        }
        let (number, isNew) = rowKeys.insert(
          Key(
            first: UInt64(entry) << 32 | UInt64(process),
            second: try Self.pair(rows.user, rows.parent),
            third: try Self.pair(rows.destinationName, rows.source)))
        let fact = Fact(
          count: rows.count, first: rows.first, last: rows.last,
          archive: try place(rows.archive, in: archives), line: rows.line, offset: rows.offset,
          seconds: rows.seconds)
        if isNew { facts.append(fact) } else { facts[number].add(fact) }
      }
    }
  }

  private func place(_ archive: Int64, in archives: [Int64]) throws -> Int64 {
    guard archive >= 0, archive < archives.count else {
      throw StoredDamage("a bundle names an archive that it has not")
    }
    return archives[Int(archive)]
  }

  private mutating func number(ofEntry index: borrowing HostIndexReader) throws -> Int {
    let (number, isNew) = entryKeys.insert(
      Key(
        first: try Self.pair(index.images[index.image], index.address),
        second: try Self.pair(index.ports[index.port], index.transports[index.transport]),
        third: try Self.pair(0, index.direction)))
    if isNew {
      entries.append(Entry(day: index.day))
    } else {
      entries[number].day = min(entries[number].day, index.day)
    }
    return number
  }

  private mutating func number(of process: StoredProcess) -> Int {
    if let known = processNumbers[process] { return known }
    processes.append(process)
    processNumbers[process] = processes.count - 1
    return processes.count - 1
  }

  private static func pair(_ a: Int64, _ b: Int64) throws -> UInt64 {
    guard let a = UInt32(exactly: a), let b = UInt32(exactly: b) else {
      throw StoredDamage("an index names text \(a) or \(b)")
    }
    return UInt64(a) << 32 | UInt64(b)
  }

  /// The whole, packed.
  func packed() -> HostIndex.Packed {
    let ranks = Self.ranks(processes.indices) { processes[$0].isOrdered(before: processes[$1]) }
    let entryRanks = Self.ranks(entryKeys.keys.indices) { entryKeys.keys[$0] < entryKeys.keys[$1] }
    let ordered = rowKeys.keys.enumerated().map { number, key in
      let entry = Int(key.first >> 32)
      let process = ranks[Int(key.first & 0xFFFF_FFFF)]
      return (
        UInt64(entryRanks[entry]), facts[number].first ?? .min,
        Key(first: UInt64(process), second: key.second, third: key.third), entry, number
      )
    }.sorted { a, b in
      // What comes in the order of time need not be sorted when it is put together.
      if (a.0, a.1) != (b.0, b.1) { return (a.0, a.1) < (b.0, b.1) }
      return a.2 < b.2
    }
    var index = HostIndex(isBundle: true)
    var before: Int?
    for (_, _, _, entry, number) in ordered {
      index.add(row(number, entry), before == entry ? [] : joined(entries[entry].references))
      before = entry
    }
    return index.end()
  }

  /// The place of each in the order.
  private static func ranks(
    _ all: Range<Int>, _ isOrdered: (Int, Int) -> Bool
  ) -> [Int] {
    var ranks = Array(repeating: 0, count: all.count)
    for (rank, number) in all.sorted(by: isOrdered).enumerated() { ranks[number] = rank }
    return ranks
  }

  private func row(_ number: Int, _ entry: Int) -> HostIndex.StoredConnection {
    let (key, own, fact) = (entryKeys.keys[entry], rowKeys.keys[number], facts[number])
    func high(_ pair: UInt64) -> Int64 { Int64(pair >> 32) }
    func low(_ pair: UInt64) -> Int64 { Int64(pair & 0xFFFF_FFFF) }
    return HostIndex.StoredConnection(
      shared: [
        high(key.first), low(key.first), high(key.second), low(key.second), entries[entry].day,
        low(key.third),
      ], user: high(own.second), parent: low(own.second), destinationName: high(own.third),
      process: processes[Int(low(own.first))], source: low(own.third), count: fact.count,
      first: fact.first, last: fact.last, seconds: fact.seconds.seconds, line: fact.line,
      offset: fact.offset, archive: fact.archive)
  }

  /// Those that follow each other as one.
  private func joined(_ references: [HostIndex.Reference]) -> [HostIndex.Reference] {
    var joined: [HostIndex.Reference] = []
    for next in references.sorted(by: {
      ($0.archive, $0.rows.lowerBound) < ($1.archive, $1.rows.lowerBound)
    }) {
      if let last = joined.last, last.archive == next.archive,
        last.rows.upperBound == next.rows.lowerBound
      {
        joined[joined.count - 1].rows = last.rows.lowerBound..<next.rows.upperBound
      } else {
        joined.append(next)
      }
    }
    return joined
  }
}

extension HostBundler.Fact {
  mutating func add(_ other: Self) {
    count = min(count &+ other.count, FactStatement.maxEvents)
    if other.isEarlier(than: self) {
      (archive, line, offset) = (other.archive, other.line, other.offset)
    }
    first = [first, other.first].compactMap(\.self).min()
    last = [last, other.last].compactMap(\.self).max()
    seconds.merge(other.seconds)
  }

  /// Whether its first line is that of the whole: the earliest by its time, then by its place.
  private func isEarlier(than other: Self) -> Bool {
    switch (first, other.first) {
    case (let own?, let first?) where own != first: own < first
    case (_?, nil): true
    case (nil, _?): false
    default: (archive, offset) < (other.archive, other.offset)
    }
  }
}

extension StoredProcess {
  /// In some order.
  fileprivate func isOrdered(before other: Self) -> Bool {
    switch (self, other) {
    case (.none, .none): false
    case (.none, _): true
    case (_, .none): false
    case (.text(let a), .text(let b)): a.lexicographicallyPrecedes(b)
    case (.text, .guid): true
    case (.guid, .text): false
    case (.guid(let a, let b), .guid(let c, let d)): (a, b) < (c, d)
    }
  }
}
