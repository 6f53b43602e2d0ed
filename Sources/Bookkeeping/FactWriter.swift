import Facts
import GRDB

/// The numbers that texts have in the ledger, as far as this run has met them.
struct TextNumbers {
  private var texts = TextTable()
  /// By the number that a text has in `texts`, less one.
  private var numbers: [Int64] = []

  /// For each text of `table`, by its number there, the one that it has in the ledger.
  mutating func numbers(of table: TextTable, _ db: Database) throws -> [Int64?] {
    let find = try FactStatement(db, "SELECT id FROM text WHERE value = ?")
    let insert = try FactStatement(db, "INSERT INTO text (value) VALUES (?)")
    var result: [Int64?] = [nil]
    result.reserveCapacity(table.count + 1)
    for raw in 0..<table.count {
      let id = TextID(raw: UInt32(raw + 1))
      let own = unsafe table.withBytes(of: id) { unsafe texts.intern($0) }
      if Int(own.raw) > numbers.count {
        unsafe table.withBytes(of: id) { unsafe find.bind(text: $0, at: 1) }
        if try find.next() {
          numbers.append(find.integer(0))
          _ = try find.next()
        } else {
          unsafe table.withBytes(of: id) { unsafe insert.bind(text: $0, at: 1) }
          try insert.run()
          numbers.append(db.lastInsertedRowID)
        }
      }
      result.append(numbers[Int(own.raw) - 1])
    }
    return result
  }
}

/// Writes the facts of one archive.
struct FactWriter {
  private let archive: Int64
  private let facts: FactTable
  private let db: Database
  private let numbers: [Int64?]

  init(archive: Int64, _ facts: FactTable, _ db: Database, _ known: inout TextNumbers) throws {
    self.archive = archive
    self.facts = facts
    self.db = db
    numbers = try known.numbers(of: facts.texts, db)
  }

  func write() throws {
    try writePorts()
    try writeAddresses()
    try writeConnections()
    try writeTotals()
    try writeProcesses()
    try writeRegistryChanges()
  }

  private func number(_ id: TextID) -> Int64? { numbers[Int(id.raw)] }

  private func writePorts() throws {
    let insert = try FactStatement(db, "INSERT OR IGNORE INTO port (text, number) VALUES (?, ?)")
    for port in Set(facts.keys.map(\.port)) where port != .none {
      guard let value = portNumber(facts.texts[port]) else { continue }
      insert.bind(number(port), at: 1)
      insert.bind(value, at: 2)
      try insert.run()
    }
  }

  private func writeAddresses() throws {
    let insert = try FactStatement(db, "INSERT OR IGNORE INTO address (text, bytes) VALUES (?, ?)")
    for id in Set(facts.keys.map(\.address)) where id != .none {
      guard let address = Address(Array(facts.texts[id].utf8)) else { continue }
      insert.bind(number(id), at: 1)
      insert.bind(StoredAddress.bytes(of: address), at: 2)
      try insert.run()
    }
  }

  private func writeConnections() throws {
    let insert = try FactStatement(
      db,
      """
      INSERT INTO connection (archive, number, host, image, user, parent, process, address, port,
        transport, original_file_name, day, direction, source, count, first_ms, last_ms, seconds,
        line, offset, destination_name, action, address_type)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    let (keys, all) = (facts.keys, facts.facts)
    for (number, at) in ordered().enumerated() {
      let (key, fact) = (keys[at], all[at])
      var column: Int32 = 0
      // There are millions: a list of them would cost as much again.
      func next(_ value: Int64?) {
        column += 1
        insert.bind(value, at: column)
      }
      next(archive)
      next(Int64(number))
      for text in [key.host, key.image, key.user, key.parent] { next(self.number(text)) }
      column += 1
      bind(key.process, to: insert, at: column)
      for text in [key.address, key.port, key.transport, key.originalFileName] {
        next(self.number(text))
      }
      next(key.day == ConnectionKey.noDay ? nil : Int64(key.day))
      next(Int64(key.direction.rawValue))
      next(Int64(key.source.rawValue))
      next(Int64(fact.count))
      next(fact.first?.milliseconds)
      next(fact.last?.milliseconds)
      column += 1
      insert.bind(StoredSeconds.bytes(of: fact.arrivals), at: column)
      next(Int64(fact.place.line))
      next(Int64(fact.place.offset))
      for text in [fact.destinationName, key.action, key.addressType] { next(self.number(text)) }
      try insert.run()
    }
    try HostIndex.write(of: archive, db)
  }

  /// The connections by host, image, address and port, so that those which are read together lie together.
  private func ordered() -> [Int] {
    let keys = facts.keys
    return keys.indices.map { at in
      let key = keys[at]
      func pair(_ a: TextID, _ b: TextID) -> UInt64 {
        UInt64(truncatingIfNeeded: number(a) ?? 0) << 32
          | UInt64(truncatingIfNeeded: number(b) ?? 0)
      }
      return (pair(key.host, key.image), pair(key.address, key.port), at)
    }.sorted { $0 < $1 }.map(\.2)
  }

  private func bind(_ process: ProcessGuid, to statement: FactStatement, at index: Int32) {
    if let text = process.text {
      statement.bind(facts.texts[text], at: index)
    } else if process != .none {
      statement.bind(StoredGuid.bytes(of: process), at: index)
    }
  }

  private func writeTotals() throws {
    struct Kind: Hashable {
      var day: Int32
      var source: Source
      var direction: Direction
    }
    var totals: [Kind: Int] = [:]
    for (key, fact) in zip(facts.keys, facts.facts) {
      totals[
        Kind(day: key.day, source: key.source, direction: key.direction), default: 0] += fact.count
    }
    let insert = try FactStatement(
      db,
      """
      INSERT INTO connection_total (archive, day, source, direction, count) VALUES (?, ?, ?, ?, ?)
      """)
    for (kind, count) in totals {
      insert.bind(archive, at: 1)
      insert.bind(kind.day == ConnectionKey.noDay ? nil : Int64(kind.day), at: 2)
      insert.bind(Int64(kind.source.rawValue), at: 3)
      insert.bind(Int64(kind.direction.rawValue), at: 4)
      insert.bind(Int64(count), at: 5)
      try insert.run()
    }
  }

  private func writeProcesses() throws {
    let insert = try FactStatement(
      db,
      """
      INSERT INTO process (archive, number, host, process, time_ms, image, parent, user,
        original_file_name, command_line, hashes, integrity_level, logon_id, process_id,
        parent_command_line, parent_process)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    for (index, (key, fact)) in facts.processes.enumerated() {
      let columns: [Int64?] =
        [
          archive, Int64(index), number(key.host), nil, fact.time?.milliseconds, number(fact.image),
          number(fact.parent), number(fact.user), number(fact.originalFileName),
          number(fact.commandLine),
        ] + ProcessDetails.texts.map { number(fact.details[keyPath: $0]) } + [nil]
      for (at, value) in columns.enumerated() { insert.bind(value, at: Int32(at + 1)) }
      bind(key.process, to: insert, at: 4)
      bind(fact.details.parentProcess, to: insert, at: 16)
      try insert.run()
    }
  }

  private func writeRegistryChanges() throws {
    let insert = try FactStatement(
      db,
      """
      INSERT INTO registry_change (archive, number, host, image, user, process, target, details,
        previous, time_ms, line, offset)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    for (index, change) in facts.registryChanges.enumerated() {
      let columns: [Int64?] = [
        archive, Int64(index), number(change.host), number(change.image), number(change.user), nil,
        number(change.target), number(change.details), number(change.previous),
        change.time?.milliseconds, Int64(change.place.line), Int64(change.place.offset),
      ]
      for (at, value) in columns.enumerated() { insert.bind(value, at: Int32(at + 1)) }
      bind(change.process, to: insert, at: 6)
      try insert.run()
    }
  }
}
