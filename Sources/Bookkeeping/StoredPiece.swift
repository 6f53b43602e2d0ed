import Archives
import Facts
import Scanning

/// A piece of an archive as a partial holds it. `docs/partials.md` describes it.
extension ScannedPiece {
  func write(to writer: inout PartialWriter) throws {
    writer.text(record.name)
    writer.text(unit)
    writer.text(record.sha256)
    writer.number(record.bytes)
    writer.text(record.container.rawValue)
    writer.number(number.number)
    writer.number(number.count)
    writer.number(hashes.count)
    for hash in hashes { writer.text(hash) }
    writer.number(piece.chunks.count)
    for chunk in piece.chunks { chunk.write(to: &writer) }
    var facts = piece.facts
    facts.mapPlaces { Place(archive: $0.chunk, line: $0.line, offset: $0.offset) }
    let numbers = PartialFacts.write(facts.texts, to: &writer)
    try writer.coverage(facts.coverage, facts.texts)
    writer.number(facts.coverage.examples.count)
    for example in facts.coverage.examples {
      writer.number(Int(example.place.archive))
      writer.number(example.place.line)
      writer.number(example.place.offset)
      writer.text(example.reason.rawValue)
      writer.text(example.message)
    }
    writer.number(facts.coverage.notUnderstood.count)
    for example in facts.coverage.notUnderstood {
      writer.number(Int(example.place.archive))
      writer.number(example.place.line)
      writer.number(example.place.offset)
      writer.text(example.nearestShape ?? "")
      writer.text(example.reason)
    }
    PartialRows(facts: facts, numbers: numbers).write(to: &writer)
  }

  init(_ reader: inout PartialReader) throws {
    let name = try reader.text()
    let unit = try reader.text()
    let sha256 = try reader.text()
    let bytes = try reader.integer()
    guard let container = ArchiveRecord.Container(rawValue: try reader.text()) else {
      throw reader.damage()
    }
    let number = PieceNumber(number: try reader.integer(), count: try reader.integer())
    var hashes: [String] = []
    for _ in 0..<(try reader.count()) { hashes.append(try reader.text()) }
    var chunks: [ChunkPart] = []
    for _ in 0..<(try reader.count()) { chunks.append(try ChunkPart(&reader)) }
    guard let first = chunks.first?.end?.chunk, let last = chunks.last?.end?.chunk,
      number.number >= 1, number.number <= number.count
    else { throw reader.damage() }
    var facts = FactTable()
    let ids = try PartialFacts.texts(&reader, into: &facts)
    facts.coverage = try reader.coverage(of: 0, &facts.texts)
    facts.coverage.removeExamples()
    for _ in 0..<(try reader.count()) {
      let place = try Self.place(&reader)
      guard let reason = RejectionReason(rawValue: try reader.text()) else { throw reader.damage() }
      facts.coverage.keep([
        RejectedLine(place: place, reason: reason, message: try reader.text())
      ])
    }
    for _ in 0..<(try reader.count()) {
      let place = try Self.place(&reader)
      let shape = try reader.text()
      facts.coverage.keepNotUnderstood([
        NotUnderstoodLine(
          place: place, nearestShape: shape.isEmpty ? nil : shape, reason: try reader.text())
      ])
    }
    try PartialRows.read(&reader, ids, archives: last + 1, into: &facts)
    facts.mapPlaces { Place(archive: 0, chunk: $0.archive, line: $0.line, offset: $0.offset) }
    let places =
      facts.facts.map(\.place) + facts.registryChanges.map(\.place)
      + facts.coverage.examples.map(\.place) + facts.coverage.notUnderstood.map(\.place)
    guard first <= last, places.allSatisfy({ (first...last).contains(Int($0.chunk)) }) else {
      throw reader.damage()
    }
    self.init(
      record: ArchiveRecord(
        name: name, sha256: sha256, bytes: bytes, unpackedBytes: 0, container: container, frames: 0),
      unit: unit, number: number, hashes: hashes, piece: ArchivePiece(chunks: chunks, facts: facts))
  }

  private static func place(_ reader: inout PartialReader) throws -> Place {
    Place(
      archive: Int32(truncatingIfNeeded: try reader.integer()), line: try reader.integer(),
      offset: try reader.integer())
  }
}

extension ChunkPart {
  fileprivate func write(to writer: inout PartialWriter) {
    guard let end else { preconditionFailure("a chunk without an end") }
    writer.number(slices.count)
    for slice in slices.sorted(by: { $0.offset < $1.offset }) {
      writer.number(slice.offset)
      writer.number(slice.lines)
    }
    writer.number(end.chunk)
    writer.number(end.head == nil ? 0 : 1)
    if let head = end.head { head.write(to: &writer) }
    end.tail.write(to: &writer)
    writer.number(end.hasLineFeed ? 1 : 0)
    writer.number(end.unpackedBytes)
    writer.number(end.frames)
    writer.number(end.overlongLines.count)
    for offset in end.overlongLines { writer.number(offset) }
    writer.optional(end.damage.map { Int64($0.offset) })
    if let damage = end.damage {
      writer.text(damage.reason)
      writer.text(damage.hint ?? "")
    }
  }

  fileprivate init(_ reader: inout PartialReader) throws {
    var slices: [Slice] = []
    for _ in 0..<(try reader.count()) {
      slices.append(Slice(offset: try reader.integer(), lines: try reader.integer()))
    }
    let chunk = try reader.integer()
    guard chunk < Int(Int32.max) else { throw reader.damage() }
    let head = try reader.number() == 0 ? nil : LineFragment(&reader)
    let tail = try LineFragment(&reader)
    let hasLineFeed = try reader.number() == 1
    let unpacked = try reader.integer()
    let frames = try reader.integer()
    var overlong: [Int] = []
    for _ in 0..<(try reader.count()) { overlong.append(try reader.integer()) }
    var damage: ArchiveDamage?
    if let offset = try reader.optional() {
      let reason = try reader.text()
      let hint = try reader.text()
      damage = ArchiveDamage(
        offset: Int(offset), reason: reason, hint: hint.isEmpty ? nil : hint)
    }
    self.init(
      slices: slices,
      end: ChunkEnd(
        chunk: chunk, head: head, tail: tail, hasLineFeed: hasLineFeed, unpackedBytes: unpacked,
        frames: frames, overlongLines: overlong, damage: damage))
  }
}

extension LineFragment {
  fileprivate func write(to writer: inout PartialWriter) {
    writer.number(byteCount)
    writer.blob(bytes)
  }

  fileprivate init(_ reader: inout PartialReader) throws {
    let count = try reader.integer()
    self.init(bytes: try reader.blob(), byteCount: count)
  }
}
