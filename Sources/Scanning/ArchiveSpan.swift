package import Archives
import Diagnostics
package import Facts
package import Hashing

/// What was read of a run of an archive's bytes. Neighbours join into longer ones, in any order and grouping,
/// until the archive is whole.
package struct ArchiveSpan: Sendable {
  package var archive: PlannedArchive
  /// On disk.
  package var range: Range<Int>
  /// Whether nothing of it could be read, not even its first byte; why is its damage.
  package var isUnreadable = false
  /// As ``Archive/contentHeads(limits:)`` gives them; empty where the archive does not begin here.
  package var heads = ""
  /// What is known of its ends, and how many lines it has; with the facts' places as if it were one chunk.
  package var part: ChunkPart
  /// Of a whole archive, places are those in the archive. Otherwise lines count from 0, from the first one that
  /// begins here, and offsets from the first unpacked byte.
  package var facts: FactTable

  package init(
    of archive: PlannedArchive, range: Range<Int>, part: ChunkPart, facts: FactTable
  ) {
    self.archive = archive
    self.range = range
    self.part = part
    self.facts = facts
  }

  package var isWhole: Bool { range == 0..<archive.bytes }

  /// Why reading stopped, if it did. What comes after it in the archive does not count.
  package var damage: ArchiveDamage? { part.end?.damage }

  /// The hash of what it unpacks to, up to the damage.
  package var content: ContentHash? { part.end?.content }

  /// A unit that cannot be read.
  package init(unreadable unit: PlannedUnit, _ error: ArchiveError) {
    let end = ChunkEnd(
      chunk: 0, head: nil, tail: LineFragment(), hasLineFeed: false, unpackedBytes: 0, frames: 0,
      overlongLines: [],
      damage: ArchiveDamage(
        offset: unit.range.lowerBound, reason: error.diagnostic.message,
        hint: error.diagnostic.hint), content: ContentHash())
    self.init(
      of: unit.archive, range: unit.range, part: ChunkPart(end: end), facts: FactTable())
    isUnreadable = true
  }

  /// As a report has it; nil for an archive that could not be read at all.
  package var record: ArchiveRecord? {
    guard !isUnreadable, let end = part.end else { return nil }
    var record = ArchiveRecord(
      name: archive.name, sha256: archive.sha256, bytes: archive.bytes,
      unpackedBytes: end.unpackedBytes, container: archive.container, frames: end.frames)
    record.damage = end.damage
    record.coverage = facts.coverage
    record.coverage.hosts = [:]
    return record
  }
}

extension ArchiveAssembler {
  /// - Parameter piece: All that was read of the range.
  func span(of archive: PlannedArchive, _ range: Range<Int>, _ piece: ArchivePiece) -> ArchiveSpan {
    var pieces = [piece][...]
    let joined = span(
      isStart: range.lowerBound == 0, isEnd: range.upperBound == archive.bytes
    ) { pieces.popFirst() }
    return ArchiveSpan(of: archive, range: range, part: joined.part, facts: joined.facts)
  }

  /// Neighbours as one: the lines over the borders between them are read now.
  ///
  /// - Parameters:
  ///   - range: Of all of them together.
  ///   - first: The first of them.
  ///   - next: Gives the others, in order and without a gap, then nil; none is asked for before the one
  ///     before it has been dealt with.
  /// - Throws: What `next` throws.
  package func joined(
    _ first: ArchiveSpan, over range: Range<Int>, _ next: () throws -> ArchiveSpan?
  ) rethrows -> ArchiveSpan {
    var end = first.range.lowerBound
    var waiting: ArchiveSpan? = first
    let joined = try span(
      isStart: range.lowerBound == 0, isEnd: range.upperBound == first.archive.bytes
    ) {
      guard let span = try waiting.take() ?? next() else { return nil }
      precondition(
        span.archive == first.archive && span.range.lowerBound == end, "these are not neighbours")
      end = span.range.upperBound
      return ArchivePiece(chunks: [span.part], facts: span.facts)
    }
    precondition(end == range.upperBound, "the neighbours do not reach to the end")
    var whole = ArchiveSpan(of: first.archive, range: range, part: joined.part, facts: joined.facts)
    whole.isUnreadable = first.isUnreadable
    whole.heads = first.heads
    return whole
  }
}
