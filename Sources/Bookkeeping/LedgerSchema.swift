import GRDB

/// The tables of a ledger; `docs/ledger.md` describes them for people who ask with sqlite3.
///
/// A migration is never changed once it was released: what comes later is another one.
enum LedgerSchema {
  /// `oddp`, in SQLite's header: what tells a ledger from any other database.
  static let applicationID = 0x6F64_6470

  /// The version from which on each page has a checksum (``LedgerPages``).
  static let checksums = "5"

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { db in
      try db.execute(sql: first)
    }
    migrator.registerMigration("2") { db in
      try db.execute(sql: notUnderstood)
    }
    migrator.registerMigration("3") { db in
      try db.execute(sql: processDetails)
    }
    migrator.registerMigration("4") { db in
      try db.execute(sql: content)
    }
    migrator.registerMigration("nights") { db in
      try db.execute(sql: nights)
    }
    // Its tables are those of the version before; that one would write pages without checksums.
    migrator.registerMigration(checksums) { _ in }
    migrator.registerMigration("index") { db in
      try db.execute(sql: index)
      try StoredHosts.moveAll(db)
    }
    migrator.registerMigration("bundles") { db in
      try db.execute(sql: bundles)
    }
    migrator.registerMigration("facts apart") { db in
      try db.execute(sql: factsApart)
      try HostIndex.writeAll(db)
    }
    return migrator
  }

  /// Coverage tells lines that were not understood from others, and rows that are counted apart.
  private static let notUnderstood = """
    UPDATE archive SET coverage = json_remove(
      json_set(coverage, '$.observations', json_extract(coverage, '$.used'), '$.not_understood', 0,
        '$.not_understood_examples', json('[]'), '$.set_aside', json('{}')),
      '$.used');
    """

  /// What ``Bundling`` makes, and what ``Ledger/judgedNight()`` says. Tables with a number of their own, because in one without SQLite compares whole rows to
  /// find one.
  private static let bundles = """
    CREATE TABLE bundle (
      archive INTEGER PRIMARY KEY REFERENCES archive, bundle INTEGER NOT NULL, place INTEGER NOT NULL
    );
    CREATE INDEX bundle_by_number ON bundle (bundle, place);
    CREATE TABLE bundle_index (
      id INTEGER PRIMARY KEY, bundle INTEGER NOT NULL, host INTEGER NOT NULL, rows INTEGER NOT NULL,
      entries BLOB NOT NULL
    );
    CREATE UNIQUE INDEX bundle_index_by_host ON bundle_index (bundle, host, rows);
    CREATE TABLE bundle_heard (bundle INTEGER PRIMARY KEY, hosts BLOB NOT NULL);
    CREATE TABLE judgement (
      rules TEXT NOT NULL, archives TEXT NOT NULL, suppressed INTEGER NOT NULL
    );

    ALTER TABLE connection_index RENAME TO connection_index_by_key;
    CREATE TABLE connection_index (
      id INTEGER PRIMARY KEY, host INTEGER NOT NULL, archive INTEGER NOT NULL REFERENCES archive,
      number INTEGER NOT NULL, entries BLOB NOT NULL
    );
    INSERT INTO connection_index (host, archive, number, entries)
      SELECT host, archive, number, entries FROM connection_index_by_key ORDER BY archive, host;
    DROP TABLE connection_index_by_key;
    CREATE UNIQUE INDEX connection_index_by_host ON connection_index (host, archive);
    CREATE INDEX connection_index_by_archive ON connection_index (archive, host);
    """

  /// What is seen of all connections is apart from what is needed of those that matter: the first columns of a row are
  /// read without the later ones. Bundles are made again by the next run that adds.
  private static let factsApart = """
    DELETE FROM bundle;
    DELETE FROM bundle_heard;
    DROP TABLE bundle_index;
    DROP TABLE connection_index;
    CREATE TABLE bundle_index (
      id INTEGER PRIMARY KEY, bundle INTEGER NOT NULL, host INTEGER NOT NULL, rows INTEGER NOT NULL,
      entries BLOB NOT NULL, facts BLOB NOT NULL, origins BLOB NOT NULL
    );
    CREATE UNIQUE INDEX bundle_index_by_host ON bundle_index (bundle, host, rows);
    CREATE TABLE connection_index (
      id INTEGER PRIMARY KEY, host INTEGER NOT NULL, archive INTEGER NOT NULL REFERENCES archive,
      number INTEGER NOT NULL, entries BLOB NOT NULL, facts BLOB NOT NULL
    );
    CREATE UNIQUE INDEX connection_index_by_host ON connection_index (host, archive);
    CREATE INDEX connection_index_by_archive ON connection_index (archive, host);
    """

  /// What ``HostIndex`` and ``StoredHosts`` say. Hosts were part of the coverage before.
  private static let index = """
    CREATE TABLE connection_index (
      host INTEGER NOT NULL, archive INTEGER NOT NULL REFERENCES archive, number INTEGER NOT NULL,
      entries BLOB NOT NULL,
      PRIMARY KEY (host, archive)
    ) WITHOUT ROWID;
    CREATE INDEX connection_index_by_archive ON connection_index (archive);
    ALTER TABLE archive ADD COLUMN hosts BLOB NOT NULL DEFAULT x'';

    DROP INDEX connection_by_port;
    DROP INDEX connection_by_address;
    CREATE TEMP TABLE by_host AS SELECT *, row_number() OVER (
        PARTITION BY archive ORDER BY host, image, address, port) - 1 AS place
      FROM connection;
    DELETE FROM connection;
    INSERT INTO connection SELECT archive, place, host, image, user, parent, process, address, port,
        transport, original_file_name, day, direction, source, count, first_ms, last_ms, seconds, line,
        offset, destination_name, action, address_type
      FROM by_host ORDER BY archive, place;
    DROP TABLE by_host;
    CREATE INDEX connection_by_port ON connection (port);
    CREATE INDEX connection_by_address ON connection (address);
    """

  /// A row for each night that was told.
  private static let nights = """
    CREATE TABLE night (
      number INTEGER PRIMARY KEY, told_s INTEGER NOT NULL, archives_until INTEGER NOT NULL
    );
    """

  private static let processDetails = """
    ALTER TABLE process ADD COLUMN hashes INTEGER;
    ALTER TABLE process ADD COLUMN integrity_level INTEGER;
    ALTER TABLE process ADD COLUMN logon_id INTEGER;
    ALTER TABLE process ADD COLUMN process_id INTEGER;
    ALTER TABLE process ADD COLUMN parent_command_line INTEGER;
    ALTER TABLE process ADD COLUMN parent_process BLOB;
    ALTER TABLE connection ADD COLUMN action INTEGER;
    ALTER TABLE connection ADD COLUMN address_type INTEGER;
    """

  /// Archives are known by what they unpack to. `reader`: the version of the reader that read it; before
  /// this version it was not kept, and lines that were not understood were not counted.
  private static let content = """
    ALTER TABLE archive ADD COLUMN content TEXT;
    ALTER TABLE archive ADD COLUMN heads TEXT NOT NULL DEFAULT '';
    ALTER TABLE archive ADD COLUMN reader INTEGER NOT NULL DEFAULT 1;
    CREATE UNIQUE INDEX archive_by_content ON archive (content);

    CREATE TABLE packing (
      sha256 TEXT PRIMARY KEY, archive INTEGER NOT NULL REFERENCES archive, path TEXT NOT NULL,
      bytes INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX packing_by_archive ON packing (archive);
    """

  private static let first = """
    CREATE TABLE reading (
      setting TEXT PRIMARY KEY, value TEXT NOT NULL
    ) WITHOUT ROWID;

    CREATE TABLE archive (
      id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, name TEXT NOT NULL, path TEXT NOT NULL,
      bytes INTEGER NOT NULL, unpacked_bytes INTEGER NOT NULL, container TEXT NOT NULL,
      frames INTEGER NOT NULL, damage_offset INTEGER, damage_reason TEXT, damage_hint TEXT,
      grown_into TEXT, is_pruned INTEGER NOT NULL DEFAULT 0, coverage TEXT NOT NULL
    );

    CREATE TABLE text (id INTEGER PRIMARY KEY, value TEXT NOT NULL UNIQUE);

    CREATE TABLE port (text INTEGER PRIMARY KEY REFERENCES text, number REAL NOT NULL);
    CREATE INDEX port_by_number ON port (number);

    CREATE TABLE address (text INTEGER PRIMARY KEY REFERENCES text, bytes BLOB NOT NULL);
    CREATE INDEX address_by_bytes ON address (bytes);

    CREATE TABLE connection (
      archive INTEGER NOT NULL REFERENCES archive, number INTEGER NOT NULL,
      host INTEGER, image INTEGER, user INTEGER, parent INTEGER, process BLOB, address INTEGER,
      port INTEGER, transport INTEGER, original_file_name INTEGER, day INTEGER,
      direction INTEGER NOT NULL, source INTEGER NOT NULL, count INTEGER NOT NULL,
      first_ms INTEGER, last_ms INTEGER, seconds BLOB NOT NULL, line INTEGER NOT NULL,
      offset INTEGER NOT NULL, destination_name INTEGER,
      PRIMARY KEY (archive, number)
    ) WITHOUT ROWID;
    CREATE INDEX connection_by_port ON connection (port);
    CREATE INDEX connection_by_address ON connection (address);

    CREATE TABLE connection_total (
      archive INTEGER NOT NULL REFERENCES archive, day INTEGER, source INTEGER NOT NULL,
      direction INTEGER NOT NULL, count INTEGER NOT NULL
    );
    CREATE INDEX connection_total_by_archive ON connection_total (archive);

    CREATE TABLE process (
      archive INTEGER NOT NULL REFERENCES archive, number INTEGER NOT NULL, host INTEGER,
      process BLOB NOT NULL, time_ms INTEGER, image INTEGER, parent INTEGER, user INTEGER,
      original_file_name INTEGER, command_line INTEGER,
      PRIMARY KEY (archive, number)
    ) WITHOUT ROWID;
    CREATE INDEX process_by_name ON process (process, host);

    CREATE TABLE registry_change (
      archive INTEGER NOT NULL REFERENCES archive, number INTEGER NOT NULL, host INTEGER,
      image INTEGER, user INTEGER, process BLOB, target INTEGER, details INTEGER,
      previous INTEGER, time_ms INTEGER, line INTEGER NOT NULL, offset INTEGER NOT NULL,
      PRIMARY KEY (archive, number)
    ) WITHOUT ROWID;

    CREATE TABLE reported (
      finding TEXT PRIMARY KEY, state TEXT NOT NULL
    ) WITHOUT ROWID;
    """
}
