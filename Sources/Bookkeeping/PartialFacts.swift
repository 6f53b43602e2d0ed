import Archives
package import Diagnostics
package import Facts
import Hashing
package import Scanning

/// What one part of a distributed run has read: facts, archives and how they were read, as one file.
///
/// The same facts give the same bytes. `docs/partials.md` describes them.
package struct PartialFacts: Sendable {
  /// The first line of the file. The number is the format's.
  static let magic = "oddport partial facts 7\n"
  private static let anyMagic = "oddport partial facts "
  private static let hashBytes = 32

  package var scan: ScanResult
  /// Pieces of archives of which other parts have the rest.
  package var pieces: [ScannedPiece]
  /// What was found and not read.
  package var unread: [UnreadInput] = []
  /// The settings that decide what facts are read, by name.
  package var reading: [String: String]
  /// Which part of how many, from 1.
  package var shard: Int
  package var shards: Int
  /// What the parts were dealt from.
  package var list: ArchiveList

  package init(
    scan: ScanResult, pieces: [ScannedPiece] = [], reading: [String: String], shard: Int,
    shards: Int, of list: ArchiveList
  ) {
    self.list = list
    self.scan = scan
    self.pieces = pieces
    self.reading = reading
    self.shard = shard
    self.shards = shards
  }
}

/// A file that holds no partial facts, or not the whole of them; or partials that do not fit together.
package struct PartialError: Explainable {
  package var diagnostic: Diagnostic
  /// Whether all is well with the parts that are there, and others are missing.
  package var isIncomplete = false

  init(_ file: String, _ message: String, hint: String) {
    diagnostic = Diagnostic(at: .init(file: file), message, hint: hint)
  }
}

// MARK: - Encoding

extension PartialFacts {
  package func encoded() throws -> [UInt8] {
    var writer = PartialWriter()
    writer.raw(Array(Self.magic.utf8))
    writer.number(shard)
    writer.number(shards)
    writer.text(list.sha256)
    writer.number(list.archives)
    writer.number(list.bytes)
    writer.number(reading.count)
    for (name, value) in reading.sorted(by: { $0.key < $1.key }) {
      writer.text(name)
      writer.text(value)
    }
    writer.number(scan.unreadable.count)
    for diagnostic in scan.unreadable {
      writer.text(diagnostic.location?.file ?? "")
      writer.text(diagnostic.message)
      writer.text(diagnostic.hint ?? "")
    }
    writer.number(unread.count)
    for input in unread {
      writer.text(input.name)
      writer.text(input.kind.rawValue)
      writer.text(input.reason)
    }
    let numbers = Self.write(scan.facts.texts, to: &writer)
    try writeArchives(to: &writer)
    try writer.coverage(scan.facts.coverage, scan.facts.texts)
    PartialRows(facts: scan.facts, numbers: numbers).write(to: &writer)
    writer.number(pieces.count)
    for piece in pieces { try piece.write(to: &writer) }
    return writer.bytes + SHA256.digest(of: writer.bytes)
  }

  /// All texts in byte order; gives the number that each now has, from 1.
  static func write(_ texts: TextTable, to writer: inout PartialWriter) -> [UInt64] {
    let sorted = (0..<texts.count).map { TextID(raw: UInt32($0 + 1)) }
      .sorted { texts.isOrdered($0, before: $1) }
    var numbers = [UInt64](repeating: 0, count: texts.count + 1)
    writer.number(sorted.count)
    for (index, id) in sorted.enumerated() {
      writer.blob(Array(texts[id].utf8))
      numbers[Int(id.raw)] = UInt64(index + 1)
    }
    return numbers
  }

  private func writeArchives(to writer: inout PartialWriter) throws {
    writer.number(scan.archives.count)
    for record in scan.archives {
      writer.text(record.name)
      writer.text(record.sha256)
      writer.number(record.bytes)
      writer.number(record.unpackedBytes)
      writer.text(record.container.rawValue)
      writer.number(record.frames)
      writer.optional(record.damage.map { Int64($0.offset) })
      if let damage = record.damage {
        writer.text(damage.reason)
        writer.text(damage.hint ?? "")
      }
      try writer.coverage(record.coverage, scan.facts.texts)
    }
  }
}

// MARK: - Decoding

extension PartialFacts {
  /// - Throws: ``PartialError``.
  package init(_ bytes: [UInt8], file: String) throws(PartialError) {
    let magic = Array(Self.magic.utf8)
    guard bytes.starts(with: magic) else {
      let isOther = bytes.starts(with: Array(Self.anyMagic.utf8))
      throw PartialError(
        file,
        isOther ? "partial facts in a form that this oddport does not know" : "no partial facts",
        hint: isOther ? "use the same oddport for map and reduce" : "oddport map writes them")
    }
    let body = bytes.dropLast(Self.hashBytes)
    guard body.count >= magic.count,
      SHA256.digest(of: Array(body)).elementsEqual(bytes.suffix(Self.hashBytes))
    else {
      throw PartialError(
        file, "damaged: the \(bytes.count) bytes do not have the hash that stands at their end",
        hint: "run oddport map again")
    }
    do {
      var reader = PartialReader(body.dropFirst(magic.count))
      try self.init(&reader)
      guard reader.isAtEnd else { throw reader.damage() }
    } catch let error as PartialReader.Damage {
      throw PartialError(
        file, "cannot be read at byte \(error.offset)", hint: "run oddport map again")
    } catch {
      throw PartialError(file, "cannot be read: \(error)", hint: "run oddport map again")
    }
  }

  private init(_ reader: inout PartialReader) throws {
    shard = try reader.integer()
    shards = try reader.integer()
    list = ArchiveList(
      sha256: try reader.text(), archives: try reader.integer(), bytes: try reader.integer())
    reading = [:]
    for _ in 0..<(try reader.count()) {
      let name = try reader.text()
      reading[name] = try reader.text()
    }
    scan = ScanResult()
    for _ in 0..<(try reader.count()) {
      let file = try reader.text()
      let message = try reader.text()
      let hint = try reader.text()
      scan.unreadable.append(
        Diagnostic(
          at: file.isEmpty ? nil : .init(file: file), message, hint: hint.isEmpty ? nil : hint))
    }
    unread = []
    for _ in 0..<(try reader.count()) {
      let name = try reader.text()
      guard let kind = UnreadInput.Kind(rawValue: try reader.text()) else { throw reader.damage() }
      unread.append(UnreadInput(name: name, kind: kind, reason: try reader.text()))
    }
    pieces = []
    let ids = try Self.texts(&reader, into: &scan.facts)
    for ordinal in 0..<(try reader.count()) {
      scan.append(try Self.archive(&reader, Int32(ordinal), &scan.facts.texts))
    }
    scan.facts.coverage = try reader.coverage(of: 0, &scan.facts.texts)
    scan.facts.coverage.removeExamples()
    try PartialRows.read(&reader, ids, archives: scan.archives.count, into: &scan.facts)
    for _ in 0..<(try reader.count()) { pieces.append(try ScannedPiece(&reader)) }
  }

  /// - Returns: What the numbers of texts stand for.
  static func texts(_ reader: inout PartialReader, into facts: inout FactTable) throws -> [TextID] {
    var ids: [TextID] = [.none]
    for _ in 0..<(try reader.count()) { ids.append(facts.texts.intern(try reader.blob())) }
    return ids
  }

  private static func archive(
    _ reader: inout PartialReader, _ ordinal: Int32, _ texts: inout TextTable
  ) throws -> ArchiveRecord {
    let name = try reader.text()
    let sha256 = try reader.text()
    let bytes = try reader.integer()
    let unpacked = try reader.integer()
    guard let container = ArchiveRecord.Container(rawValue: try reader.text()) else {
      throw reader.damage()
    }
    var record = ArchiveRecord(
      name: name, sha256: sha256, bytes: bytes, unpackedBytes: unpacked, container: container,
      frames: try reader.integer())
    if let offset = try reader.optional() {
      let reason = try reader.text()
      let hint = try reader.text()
      record.damage = .init(
        offset: Int(offset), reason: reason, hint: hint.isEmpty ? nil : hint)
    }
    record.coverage = try reader.coverage(of: ordinal, &texts)
    record.coverage.hosts = [:]
    return record
  }
}

// MARK: - Merging

extension PartialFacts {
  /// What one run over everything would have read, whatever the order of the parts.
  ///
  /// - Parameters:
  ///   - parts: With the names of their files.
  ///   - options: How they were read.
  /// - Throws: ``PartialError`` where parts are missing, there twice, or were read otherwise.
  package static func reduce(
    _ parts: [(file: String, facts: PartialFacts)], _ options: ScanOptions
  ) throws(PartialError) -> ScanResult {
    guard let first = parts.first else { return ScanResult() }
    try PartialSet(parts).check()
    let cut = try assembled(parts.flatMap(\.facts.pieces), options, file: first.file)
    return merged(parts.map(\.facts) + [cut])
  }

  /// The archives whose pieces are in several parts.
  private static func assembled(
    _ pieces: [ScannedPiece], _ options: ScanOptions, file: String
  ) throws(PartialError) -> PartialFacts {
    let assembler = ArchiveAssembler(options)
    var whole = ScanResult()
    for (unit, pieces) in Dictionary(grouping: pieces, by: \.unit).sorted(by: {
      $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
    }) {
      let pieces = pieces.sorted { $0.number.number < $1.number.number }
      guard let first = pieces.first,
        pieces.enumerated().allSatisfy({ at, piece in
          piece.number == PieceNumber(number: at + 1, count: pieces.count)
            && piece.record.bytes == first.record.bytes
            && first.hashes.count == pieces.count && piece.hashes.first == first.hashes[at]
        }), areWithoutGap(pieces.flatMap(\.piece.chunks))
      else {
        throw PartialError(
          file, "the parts hold pieces of \(unit) that do not fit together",
          hint:
            "it differs from machine to machine, or changed meanwhile: run oddport map again for all"
            + " parts, over the same archives")
      }
      let archive = assembler.archive(
        first.record, of: pieces.map(\.piece), ordinal: Int32(whole.archives.count))
      whole.append(archive.record)
      whole.facts.merge(archive.facts)
    }
    return PartialFacts(
      scan: whole, reading: [:], shard: 1, shards: 1,
      of: ArchiveList(sha256: "", archives: 0, bytes: 0))
  }

  /// Whether the chunks are all there, up to the first damaged one.
  private static func areWithoutGap(_ chunks: [ChunkPart]) -> Bool {
    for (number, chunk) in chunks.enumerated() {
      guard let end = chunk.end, end.chunk == number else { return false }
      if end.damage != nil { return true }
    }
    return true
  }

  private static func merged(_ parts: [PartialFacts]) -> ScanResult {
    var result = ScanResult()
    let places = parts.indices.flatMap { part in
      parts[part].scan.archives.indices.map { (part: part, ordinal: $0) }
    }.sorted { a, b in
      let (left, right) = (
        parts[a.part].scan.archives[a.ordinal], parts[b.part].scan.archives[b.ordinal]
      )
      return left.name == right.name
        ? left.sha256 < right.sha256
        : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }
    var numbers = parts.map { [Int32](repeating: 0, count: $0.scan.archives.count) }
    for (number, place) in places.enumerated() {
      numbers[place.part][place.ordinal] = Int32(number)
      result.append(parts[place.part].scan.archives[place.ordinal])
    }
    for (index, part) in parts.enumerated() {
      var facts = part.scan.facts
      facts.mapPlaces { place in
        Place(
          archive: numbers[index][Int(place.archive)], line: place.line, offset: place.offset)
      }
      result.facts.merge(facts)
      result.unreadable += part.scan.unreadable
    }
    result.unreadable.sort { $0.description < $1.description }
    return result
  }
}
