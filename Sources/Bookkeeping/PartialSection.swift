import Archives
import Facts
import Hashing
import Scanning

/// One span as it is in a partial: bytes that are copied as they are, unless it joins a neighbour.
struct PartialSection: Sendable {
  enum Content: Sendable {
    /// Without the plan's digest at its beginning, which may be known only after all archives were read.
    case memory([UInt8])
    case file(PartialInput, offset: Int, count: Int)
  }

  let name: SectionName
  let content: Content

  /// - Throws: `PartialError`, `ArchiveError`.
  func bytes() throws -> [UInt8] {
    switch content {
    case .memory(let bytes): Self.beginning(name.plan) + bytes
    case .file(let file, let offset, let count): try file.bytes(at: offset, count: count)
    }
  }

  private static func beginning(_ plan: String) -> [UInt8] {
    var writer = PartialWriter()
    writer.text(plan)
    return writer.bytes
  }

  /// - Throws: `PartialError`, `ArchiveError`.
  func span() throws -> ArchiveSpan {
    let file: String = if case .file(let file, _, _) = content { file.path } else { "" }
    do {
      var reader = PartialReader(try bytes()[...])
      let span = try ArchiveSpan(&reader)
      guard reader.isAtEnd else { throw reader.malformed() }
      return span
    } catch let error as PartialReader.Malformed {
      throw PartialError(
        file, "cannot be read: byte \(error.offset) of what it holds of \(name.archive.unit)",
        hint: PartialError.again)
    } catch let error as StoredDamage {
      throw PartialError(
        file, "cannot be read: \(error) in what it holds of \(name.archive.unit)",
        hint: PartialError.again)
    }
  }
}

/// What a section begins with: of which plan, archive and range it is.
struct SectionName: Sendable {
  /// The digest of the plan.
  var plan: String
  var archive: PlannedArchive
  var range: Range<Int>

  /// No name is longer.
  static let maxBytes = 64 << 10

  static func isOrdered(_ a: Self, before b: Self) -> Bool {
    if a.archive != b.archive { return PlannedArchive.isOrdered(a.archive, before: b.archive) }
    return a.plan == b.plan ? a.range.lowerBound < b.range.lowerBound : a.plan < b.plan
  }

  func isFollowed(by next: Self) -> Bool {
    plan == next.plan && archive == next.archive && range.upperBound == next.range.lowerBound
      && !next.range.isEmpty
  }

  /// All but the plan.
  func write(to writer: inout PartialWriter) {
    for text in [archive.name, archive.unit, archive.sha256, archive.container.rawValue] {
      writer.text(text)
    }
    for number in [archive.bytes, range.lowerBound, range.upperBound] { writer.number(number) }
  }

  init(plan: String, _ archive: PlannedArchive, _ range: Range<Int>) {
    self.plan = plan
    self.archive = archive
    self.range = range
  }

  init(_ reader: inout PartialReader) throws {
    plan = try reader.text()
    let (name, unit, sha256) = (try reader.text(), try reader.text(), try reader.text())
    guard let container = Container(rawValue: try reader.text()) else {
      throw reader.malformed()
    }
    archive = PlannedArchive(
      name: name, unit: unit, bytes: try reader.integer(), sha256: sha256, container: container)
    let (start, end) = (try reader.integer(), try reader.integer())
    guard start <= end, end <= archive.bytes else { throw reader.malformed() }
    range = start..<end
  }
}

// MARK: - Spans as bytes

extension ArchiveSpan {
  /// The same span gives the same bytes, however it came about. `docs/partials.md` describes them.
  func encoded() throws -> [UInt8] {
    guard let end = part.end else { preconditionFailure("a span without an end") }
    var writer = PartialWriter()
    SectionName(plan: "", archive, range).write(to: &writer)
    writer.text(heads)
    writer.number(isUnreadable ? 1 : 0)
    writer.number(end.unpackedBytes)
    writer.number(end.frames)
    writer.optional(end.damage.map { Int64($0.offset) })
    if let damage = end.damage {
      writer.text(damage.reason)
      writer.text(damage.hint ?? "")
    }
    writer.text(end.content?.text ?? "")
    if !isWhole { writeEnds(to: &writer) }
    let (sorted, numbers) = PartialRows.texts(of: facts)
    writer.number(sorted.count)
    for id in sorted { writer.blob(Array(facts.texts[id].utf8)) }
    try writer.coverage(facts.coverage, facts.texts)
    PartialRows(facts: facts, numbers: numbers).write(to: &writer)
    return writer.bytes
  }

  private func writeEnds(to writer: inout PartialWriter) {
    guard let end = part.end else { return }
    writer.number(part.slices.first?.lines ?? 0)
    writer.number(part.slices.first?.offset ?? 0)
    writer.number(end.hasLineFeed ? 1 : 0)
    writer.number(end.head == nil ? 0 : 1)
    for fragment in [end.head, end.tail].compactMap(\.self) {
      writer.number(fragment.byteCount)
      writer.blob(fragment.bytes)
    }
  }

  init(_ reader: inout PartialReader) throws {
    let name = try SectionName(&reader)
    let heads = try reader.text()
    let isUnreadable = try reader.number() == 1
    var end = ChunkEnd(
      chunk: 0, head: nil, tail: LineFragment(), hasLineFeed: false,
      unpackedBytes: try reader.integer(), frames: try reader.integer(), overlongLines: [])
    if let offset = try reader.optional() {
      let (reason, hint) = (try reader.text(), try reader.text())
      end.damage = ArchiveDamage(
        offset: Int(offset), reason: reason, hint: hint.isEmpty ? nil : hint)
    }
    let content = try reader.text()
    end.content = ContentHash(content)
    guard content.isEmpty || end.content != nil else { throw reader.malformed() }
    var slices: [ChunkPart.Slice] = []
    if name.range != 0..<name.archive.bytes {
      let (lines, offset) = (try reader.integer(), try reader.integer())
      if lines > 0 { slices.append(.init(offset: offset, lines: lines)) }
      end.hasLineFeed = try reader.number() == 1
      if try reader.number() == 1 { end.head = try LineFragment(&reader) }
      end.tail = try LineFragment(&reader)
    }
    var facts = FactTable()
    var ids: [TextID] = [.none]
    for _ in 0..<(try reader.count()) { ids.append(facts.texts.intern(try reader.blob())) }
    facts.coverage = try reader.coverage(of: 0, &facts.texts)
    try PartialRows.read(&reader, ids, into: &facts)
    let places =
      facts.facts.map(\.place) + facts.registryChanges.map(\.place)
      + facts.coverage.examples.map(\.place) + facts.coverage.notUnderstood.map(\.place)
    guard places.allSatisfy({ (0..<max(1, end.unpackedBytes)).contains($0.offset) }) else {
      throw reader.malformed()
    }
    self.init(
      of: name.archive, range: name.range, part: ChunkPart(slices: slices, end: end), facts: facts)
    self.heads = heads
    self.isUnreadable = isUnreadable
  }
}

extension LineFragment {
  fileprivate init(_ reader: inout PartialReader) throws {
    let count = try reader.integer()
    self.init(bytes: try reader.blob(), byteCount: count)
  }
}
