import Facts

/// Facts in a temporary file: run by run as they came, each by buckets of hosts.
struct SpilledRuns: Sendable {
  enum Kind: Int, CaseIterable, Sendable {
    case connections, processes
  }

  private struct Section: Sendable {
    var offset: Int
    var count: Int
  }

  /// As many as keep one of them small, and few enough for their sections to be worth a read.
  static let buckets = 256

  private let file: TemporaryFile
  private var end = 0
  /// By kind, then bucket.
  private var sections = [[Section]](
    repeating: [], count: Self.buckets * Kind.allCases.count)
  /// The numbers that archives have at last, by those that are written; of others they are the same.
  var archives: [Int32: Int32] = [:]

  /// - Throws: ``TemporaryFileError``.
  init() throws { file = try TemporaryFile() }

  /// Hosts are dealt by a hash that differs from process to process, so that nobody can choose names that all fall
  /// into one bucket. No result depends on it.
  static func bucket(of host: String) -> Int {
    Int(UInt(bitPattern: host.hashValue) % UInt(buckets))
  }

  // MARK: Writing

  /// Writes the connections and processes of a table.
  ///
  /// - Throws: ``TemporaryFileError``.
  mutating func write(_ facts: FactTable) throws {
    var known: [TextID: Int] = [:]
    func bucket(of host: TextID) -> Int {
      if let bucket = known[host] { return bucket }
      let bucket = Self.bucket(of: facts.texts[host])
      known[host] = bucket
      return bucket
    }
    var connections = [[Int]](repeating: [], count: Self.buckets)
    for (at, key) in facts.keys.enumerated() { connections[bucket(of: key.host)].append(at) }
    var processes = [[ProcessKey]](repeating: [], count: Self.buckets)
    for key in facts.processes.keys { processes[bucket(of: key.host)].append(key) }
    var writer = SectionWriter(facts)
    for number in 0..<Self.buckets {
      try append(writer.section(of: connections[number]), .connections, number)
      try append(writer.section(of: processes[number]), .processes, number)
    }
  }

  private mutating func append(_ bytes: [UInt8], _ kind: Kind, _ bucket: Int) throws {
    guard !bytes.isEmpty else { return }
    try file.write(bytes, at: end)
    sections[kind.rawValue * Self.buckets + bucket].append(
      Section(offset: end, count: bytes.count))
    end += bytes.count
  }

  // MARK: Reading

  /// Shows the facts of one bucket after the other, all of one host at a time.
  ///
  /// - Parameters:
  ///   - facts: Its texts number those of the buckets, which are with the bucket meanwhile.
  ///   - body: Takes a bucket, and `facts` without its texts.
  /// - Throws: ``TemporaryFileError``, or what `body` throws.
  func each(
    _ kind: Kind, with facts: inout FactTable,
    _ body: (_ bucket: FactTable, _ facts: inout FactTable) throws -> Void
  ) throws {
    for number in 0..<Self.buckets {
      var bucket = FactTable()
      swap(&bucket.texts, &facts.texts)
      for section in sections[kind.rawValue * Self.buckets + number] {
        try read(section, kind, into: &bucket)
      }
      try body(bucket, &facts)
      swap(&bucket.texts, &facts.texts)
    }
  }

  private func read(_ section: Section, _ kind: Kind, into table: inout FactTable) throws {
    var reader = PartialReader(try file.read(at: section.offset, count: section.count)[...])
    var ids = [TextID.none]
    for _ in 0..<(try reader.count()) { ids.append(table.texts.intern(try reader.blob())) }
    let count = try reader.count()
    var rows = PartialRowReader(reader: reader, ids: ids, archives: archives)
    for _ in 0..<count {
      switch kind {
      case .connections: try rows.readConnection(into: &table)
      case .processes: try rows.readProcess(into: &table)
      }
    }
  }
}

/// Writes rows of a table with the texts that they mention.
private struct SectionWriter {
  private var rows: PartialRows
  /// Texts of the section at hand, by the order of their numbers.
  private var texts: [TextID] = []

  init(_ facts: FactTable) {
    rows = PartialRows(
      facts: facts, numbers: [UInt64](repeating: 0, count: facts.texts.count + 1),
      tellsArchives: true)
  }

  /// - Parameter connections: Indices.
  mutating func section(of connections: [Int]) -> [UInt8] {
    let facts = rows.facts
    return section(
      connections,
      texts: { PartialRows.texts(of: facts.keys[$0], facts.facts[$0]) },
      row: { $0.row(facts.keys[$1], facts.facts[$1]) })
  }

  mutating func section(of processes: [ProcessKey]) -> [UInt8] {
    let facts = rows.facts
    let starts = processes.compactMap { key in facts.processes[key].map { (key, $0) } }
    return section(
      starts, texts: { PartialRows.texts(of: $0.0, $0.1) }, row: { $0.row($1.0, $1.1) })
  }

  private mutating func section<Fact>(
    _ facts: [Fact], texts mentioned: (Fact) -> [TextID],
    row: (PartialRows, Fact) -> [UInt8]
  ) -> [UInt8] {
    guard !facts.isEmpty else { return [] }
    for fact in facts {
      for id in mentioned(fact) where id != .none && rows.numbers[Int(id.raw)] == 0 {
        texts.append(id)
        rows.numbers[Int(id.raw)] = UInt64(texts.count)
      }
    }
    var writer = PartialWriter()
    writer.number(texts.count)
    for id in texts { writer.blob(unsafe rows.facts.texts.withBytes(of: id) { unsafe Array($0) }) }
    writer.number(facts.count)
    for fact in facts { writer.raw(row(rows, fact)) }
    for id in texts { rows.numbers[Int(id.raw)] = 0 }
    texts.removeAll(keepingCapacity: true)
    return writer.bytes
  }
}
