import Facts
import Foundation
import GRDB

/// Archives whose connections are bundled, and those that are not.
///
/// What is bundled knows no rule, and can be made again from the connections: it only makes recalling them cheaper.
struct Bundles {
  /// In the order of their bundle.
  private(set) var archives: [Int64: [Int64]] = [:]
  private(set) var loose: [Int64] = []

  init(_ db: Database) throws {
    let select = try FactStatement(
      db,
      """
      SELECT a.id, b.bundle FROM archive a LEFT JOIN bundle b ON b.archive = a.id
      WHERE a.grown_into IS NULL AND NOT a.is_pruned ORDER BY b.bundle, b.place, a.id
      """)
    while try select.next() {
      if let bundle = select.optional(1) {
        archives[bundle, default: []].append(select.integer(0))
      } else {
        loose.append(select.integer(0))
      }
    }
  }
}

extension Ledger {
  /// Number of archives or bundles of like size from which they become one.
  package static let minAlike = 8
  /// Up to this many rows all are of like size.
  private static let smallRows: Int64 = 1 << 14

  /// Bundles what is of like size, so that there are few bundles and each row is bundled a few times at most.
  ///
  /// - Parameter least: How many of like size become one.
  /// - Throws: ``LedgerError``; the ledger is then as it was, or a bundle further.
  package func bundle(atLeast least: Int = minAlike) throws(LedgerError) {
    try attempt {
      while let members = try database.read({ try Self.alike(least, $0) }) {
        try database.write { try Bundling(members, $0).run() }
      }
    }
  }

  /// Those of the smallest size of which there are enough; nil where there are none.
  private static func alike(_ least: Int, _ db: Database) throws -> [Bundling.Member]? {
    let bundles = try Bundles(db)
    let ofBundle = try FactStatement(db, "SELECT total(rows) FROM bundle_index WHERE bundle = ?")
    let ofArchive = try FactStatement(
      db, "SELECT number + 1 FROM connection WHERE archive = ? ORDER BY number DESC LIMIT 1")
    var members: [Int: [Bundling.Member]] = [:]
    func add(_ member: Bundling.Member, _ id: Int64, _ select: FactStatement) throws {
      select.bind(id, at: 1)
      defer { select.restart() }
      let rows = try select.next() ? max(1, select.integer(0)) : 1
      members[sizeClass(rows), default: []].append(member)
    }
    for archive in bundles.loose { try add(.archive(archive), archive, ofArchive) }
    for (id, archives) in bundles.archives { try add(.bundle(id, archives), id, ofBundle) }
    return members.sorted { $0.key < $1.key }.first { $0.value.count >= least }?.value
  }

  /// Those of one class are of like size: one is eight times as large as another at most.
  private static func sizeClass(_ rows: Int64) -> Int {
    var size = 0
    var rest = rows / smallRows
    while rest > 0 {
      size += 1
      rest /= Int64(minAlike)
    }
    return size
  }

  /// Gives up the bundle of an archive whose facts are removed; the others in it are loose again.
  static func unbundle(_ archive: Int64, _ db: Database) throws {
    for table in ["bundle_index", "bundle_heard", "bundle"] {
      try db.execute(
        sql: """
          DELETE FROM \(table) WHERE bundle IN (SELECT bundle FROM bundle WHERE archive = ?)
          """, arguments: [archive])
    }
  }
}

/// Makes one bundle of some archives and bundles.
struct Bundling {
  enum Member {
    case archive(Int64)
    /// With its archives, in its order.
    case bundle(Int64, [Int64])
  }

  private let db: Database
  private let members: [Member]
  /// In the order of the input, which decides which of two lines comes first.
  let archives: [Int64]
  private var places: [Int64: Int64] = [:]

  init(_ members: [Member], _ db: Database) throws {
    self.db = db
    self.members = members
    let wanted = Set(
      members.flatMap { member in
        switch member {
        case .archive(let id): [id]
        case .bundle(_, let ids): ids
        }
      })
    archives = try Int64.fetchAll(
      db, sql: "SELECT id FROM archive ORDER BY CAST(name AS BLOB), sha256"
    ).filter(wanted.contains)
    for (place, archive) in archives.enumerated() { places[archive] = Int64(place) }
  }

  func run() throws {
    let id = try Int64.fetchOne(db, sql: "SELECT coalesce(max(bundle), 0) + 1 FROM bundle") ?? 1
    let insert = try FactStatement(
      db,
      """
      INSERT INTO bundle_index (bundle, host, rows, entries, facts, origins) VALUES (?, ?, ?, ?, ?, ?)
      """)
    try each { host, rows, packed in
      insert.bind(id, at: 1)
      insert.bind(host, at: 2)
      insert.bind(Int64(rows), at: 3)
      insert.bind(packed.entries, at: 4)
      insert.bind(packed.facts, at: 5)
      insert.bind(packed.origins, at: 6)
      try insert.run()
    }
    let heard = try self.heard()
    for case .bundle(let old, _) in members {
      for table in ["bundle_index", "bundle_heard", "bundle"] {
        try db.execute(sql: "DELETE FROM \(table) WHERE bundle = ?", arguments: [old])
      }
    }
    try db.execute(
      sql: "INSERT INTO bundle_heard (bundle, hosts) VALUES (?, ?)",
      arguments: [id, Data(heard)])
    for (place, archive) in archives.enumerated() {
      try db.execute(
        sql: "INSERT INTO bundle (archive, bundle, place) VALUES (?, ?, ?)",
        arguments: [archive, id, place])
    }
  }

  /// Passes the hosts of the bundle.
  ///
  /// - Parameter body: Takes the host's number, or 0, how many rows there are of it, and what is stored.
  func each(_ body: (Int64, Int, HostIndex.Packed) throws -> Void) throws {
    let ofArchive = try FactStatement(
      db, "SELECT number, entries, facts, x'' FROM connection_index WHERE host = ? AND archive = ?")
    let ofBundle = try FactStatement(
      db, "SELECT NULL, entries, facts, origins FROM bundle_index WHERE host = ? AND bundle = ?")
    for host in try hosts().sorted() {
      var bundler = HostBundler()
      for member in members {
        let (select, id, archives) =
          switch member {
          case .archive(let id): (ofArchive, id, [id])
          case .bundle(let id, let archives): (ofBundle, id, archives)
          }
        select.bind(host, at: 1)
        select.bind(id, at: 2)
        while try select.next() {
          try bundler.add(
            HostIndex.Packed(
              entries: select.bytes(1), facts: select.bytes(2), origins: select.bytes(3)),
            first: select.optional(0), archives: archives.compactMap { places[$0] })
        }
      }
      try body(host, bundler.rowCount, bundler.packed())
    }
  }

  /// How much was heard of each host, packed.
  func heard() throws -> [UInt8] {
    var texts = TextTable()
    var heard: [TextID: HostCoverage] = [:]
    try eachRow(
      ofArchives: "SELECT hosts FROM archive WHERE id = ?",
      ofBundles: "SELECT hosts FROM bundle_heard WHERE bundle = ?"
    ) { row in
      for (host, more) in try StoredHosts.hosts(row.bytes(0), &texts) {
        heard[host, default: HostCoverage()].merge(more)
      }
    }
    return StoredHosts.bytes(of: heard, texts)
  }

  private func hosts() throws -> Set<Int64> {
    var hosts: Set<Int64> = []
    try eachRow(
      ofArchives: "SELECT host FROM connection_index WHERE archive = ?",
      ofBundles: "SELECT host FROM bundle_index WHERE bundle = ?"
    ) { hosts.insert($0.integer(0)) }
    return hosts
  }

  /// Passes the rows of all members, each by the statement for its kind.
  private func eachRow(
    ofArchives archives: String, ofBundles bundles: String, _ body: (FactStatement) throws -> Void
  ) throws {
    let ofArchive = try FactStatement(db, archives)
    let ofBundle = try FactStatement(db, bundles)
    for member in members {
      let (select, id) =
        switch member {
        case .archive(let id): (ofArchive, id)
        case .bundle(let id, _): (ofBundle, id)
        }
      select.bind(id, at: 1)
      while try select.next() { try body(select) }
    }
  }
}
