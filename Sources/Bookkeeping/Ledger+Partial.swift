import Archives
import Facts
import GRDB
import Hashing
import Scanning

extension Ledger {
  /// Writes everything that archives say as partial facts: what `oddport map` would have written of them.
  ///
  /// Archives that are known without facts are not among them. Of one archive at a time the facts are in memory.
  ///
  /// - Parameters:
  ///   - reading: The settings that decided which facts were read, by name.
  ///   - version: The version that makes the plan which these archives are.
  /// - Throws: ``LedgerError``, or what `append` throws.
  package func writePartial(
    reading: [String: String], version: String, _ append: ([UInt8]) throws -> Void
  ) throws {
    try handOut(to: append) { db, append in
      try Self.writePartial(db, reading: reading, version: version, append)
    }
  }

  private static func writePartial(
    _ db: Database, reading: [String: String], version: String,
    _ append: ([UInt8]) throws -> Void
  ) throws {
    let archives = try plannedArchives(db)
    let plan = WorkPlan(
      reading: reading, foundArchives: archives.count, unread: [],
      units: WorkPlan.units(ofWhole: archives.map(\.archive)))
    let share = PlanShare(
      of: plan, digest: plan.digest(version: version), units: plan.units.map(\.number))
    var waiting = archives[...]
    try PartialFile.write(
      PartialHeader(reading: reading, shares: [share]),
      {
        guard let (id, archive) = waiting.popFirst() else { return nil }
        return try EncodedSpan(FactReader.span(of: archive, id, db)).section(of: share.plan)
      }, append)
  }

  /// The archives that have facts, in the order of a partial.
  private static func plannedArchives(
    _ db: Database
  ) throws -> [(id: Int64, archive: PlannedArchive)] {
    let select = try FactStatement(
      db,
      """
      SELECT id, name, sha256, bytes, container FROM archive
      WHERE grown_into IS NULL AND NOT is_pruned
      """)
    var archives: [(id: Int64, archive: PlannedArchive)] = []
    var counts: [String: Int] = [:]
    while try select.next() {
      let name = try select.text(1, "the name of an archive")
      guard let container = Container(rawValue: select.string(4)) else {
        throw StoredDamage("the container of \(name) does not exist")
      }
      counts[name, default: 0] += 1
      archives.append(
        (
          select.integer(0),
          PlannedArchive(
            name: name, unit: name, bytes: try select.size(3, "bytes"),
            sha256: try select.text(2, "sha256"), container: container)
        ))
    }
    // The folders above them are this machine's: what tells archives of one name apart is their content.
    for at in archives.indices where counts[archives[at].archive.name, default: 0] > 1 {
      archives[at].archive.unit =
        "\(archives[at].archive.sha256.prefix(16))/\(archives[at].archive.name)"
    }
    return archives.sorted { PlannedArchive.isOrdered($0.archive, before: $1.archive) }
  }
}

extension FactReader {
  /// Everything that the ledger keeps of one archive.
  fileprivate static func span(
    of archive: PlannedArchive, _ id: Int64, _ db: Database
  ) throws -> ArchiveSpan {
    let row = try FactStatement(
      db,
      """
      SELECT unpacked_bytes, frames, damage_offset, damage_reason, damage_hint, content, heads, coverage,
        hosts
      FROM archive WHERE id = ?
      """)
    row.bind(id, at: 1)
    guard try row.next() else { throw StoredDamage("archive \(id) is missing") }
    defer { row.restart() }
    var damage: ArchiveDamage?
    if !row.isNull(2) {
      damage = ArchiveDamage(
        offset: try row.size(2, "damage_offset"), reason: try row.text(3, "damage_reason"),
        hint: row.isNull(4) ? nil : try row.text(4, "damage_hint"))
    }
    var reader = try FactReader(db, onlyArchive: id)
    try reader.readAll(of: id)
    var facts = reader.recalled.scan.facts
    facts.coverage = try StoredCoverage(json: row.text(7, "the coverage"), of: archive.name)
      .coverage(of: 0)
    facts.coverage.hosts = try StoredHosts.hosts(row.bytes(8), &facts.texts)
    let end = ChunkEnd(
      chunk: 0, head: nil, tail: LineFragment(), hasLineFeed: false,
      unpackedBytes: try row.size(0, "unpacked_bytes"), frames: try row.size(1, "frames"),
      overlongLines: [], damage: damage,
      content: row.isNull(5) ? nil : ContentHash(try row.text(5, "content")))
    var span = ArchiveSpan(
      of: archive, range: 0..<archive.bytes, part: ChunkPart(end: end), facts: facts)
    span.heads = try row.text(6, "heads")
    return span
  }

  private mutating func readAll(of archive: Int64) throws {
    let connections = try FactStatement(
      db, "SELECT \(Self.connectionColumns) FROM connection WHERE archive = ? ORDER BY number")
    connections.bind(archive, at: 1)
    while try connections.next() {
      if let (key, fact) = try connection(connections) {
        recalled.scan.facts.absorb(fact, of: key)
      }
    }
    let processes = try FactStatement(
      db, "SELECT \(Self.processColumns), host, process FROM process WHERE archive = ?")
    processes.bind(archive, at: 1)
    while try processes.next() {
      let fact = try processFact(processes)
      let key = ProcessKey(
        host: try text(processes, Self.processColumnCount),
        process: try process(processes, Self.processColumnCount + 1))
      recalled.scan.facts.absorb(fact, of: key)
    }
    let changes = try FactStatement(
      db, "SELECT \(Self.registryColumns) FROM registry_change WHERE archive = ? ORDER BY number")
    changes.bind(archive, at: 1)
    while try changes.next() {
      if let change = try registryChange(changes) { recalled.scan.facts.absorb(change) }
    }
  }
}
