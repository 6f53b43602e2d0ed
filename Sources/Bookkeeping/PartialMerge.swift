import Archives
import Diagnostics
package import Facts
package import Scanning

/// Partials that are to be merged, in whatever order and grouping: the result is the same.
package struct PartialMerge: Sendable {
  package private(set) var header: PartialHeader
  /// Sections of one archive that join, in the order of archives.
  private let groups: [[PartialSection]]
  private let options: ScanOptions

  /// - Parameter options: How they were read.
  /// - Throws: ``PartialError`` where one is there twice, or they were read otherwise.
  package init(_ parts: [PartialFile], _ options: ScanOptions = ScanOptions()) throws(PartialError)
  {
    header = try Self.header(parts)
    self.options = options
    var sections = parts.flatMap(\.sections)
    sections.sort { SectionName.isOrdered($0.name, before: $1.name) }
    try Self.checkArchives(sections, parts)
    groups = Self.groups(sections)
  }

  /// What this process has read itself.
  ///
  /// - Parameters:
  ///   - share: Which units of which plan they are.
  ///   - spans: In any order.
  package init(
    _ spans: [EncodedSpan], of share: PlanShare, reading: [String: String], _ options: ScanOptions
  ) {
    header = PartialHeader(reading: reading, shares: [share])
    self.options = options
    groups = Self.groups(
      spans.map { $0.section(of: share.plan) }
        .sorted { SectionName.isOrdered($0.name, before: $1.name) })
  }

  private static func groups(_ sections: [PartialSection]) -> [[PartialSection]] {
    var groups: [[PartialSection]] = []
    for section in sections {
      if let last = groups.last?.last, last.name.isFollowed(by: section.name) {
        groups[groups.count - 1].append(section)
      } else {
        groups.append([section])
      }
    }
    return groups
  }

  // MARK: - What comes of it

  /// Writes one partial of them all: sections are copied, and only those that join are read. Of one archive at a
  /// time the facts are in memory.
  ///
  /// - Throws: What `append` throws, or ``PartialError``.
  package func write(_ append: ([UInt8]) throws -> Void) throws {
    let assembler = ArchiveAssembler(options)
    var waiting = groups[...]
    try PartialFile.write(
      header,
      {
        guard let group = waiting.popFirst() else { return nil }
        if group.count == 1 { return group[0] }
        return try EncodedSpan(Self.joined(group, assembler)).section(of: group[0].name.plan)
      }, append)
  }

  /// Shows each archive, by name, then by hash.
  ///
  /// - Throws: What `body` throws, or ``PartialError``.
  package func each(_ body: (ArchiveSpan) throws -> Void) throws {
    let assembler = ArchiveAssembler(options)
    for group in groups { try body(Self.joined(group, assembler)) }
  }

  private static func joined(
    _ group: [PartialSection], _ assembler: ArchiveAssembler
  ) throws -> ArchiveSpan {
    let first = try group[0].span()
    guard group.count > 1 else { return first }
    var rest = group.dropFirst()
    let end = group[group.count - 1].name.range.upperBound
    return try assembler.joined(first, over: group[0].name.range.lowerBound..<end) {
      try rest.popFirst()?.span()
    }
  }

  /// Gives the facts of each archive into somebody's hands, as if one run had read them.
  ///
  /// - Returns: What came of it, without facts.
  /// - Throws: What `body` throws, or ``PartialError``.
  package func collect(
    _ body: (FactTable) throws -> Void
  ) throws -> (scan: ScanResult, unread: [UnreadInput]) {
    var result = ScanResult()
    var unread = Set(header.shares.flatMap(\.unread))
    try each { span in
      guard let record = span.record else {
        let reason = span.damage?.reason ?? ""
        unread.insert(UnreadInput(name: span.archive.name, kind: .unreadable, reason: reason))
        result.unreadable.append(
          Diagnostic(at: .init(file: span.archive.name), reason, hint: span.damage?.hint))
        return
      }
      let ordinal = Int32(result.archives.count)
      var facts = span.facts
      facts.mapPlaces { Place(archive: ordinal, line: $0.line, offset: $0.offset) }
      result.append(record)
      try body(facts)
    }
    for input in header.shares.flatMap(\.unread) where input.kind == .unreadable {
      result.unreadable.append(Diagnostic(at: .init(file: input.name), input.reason))
    }
    result.unreadable.sort { $0.description < $1.description }
    return (result, unread.sorted { ($0.name, $0.reason) < ($1.name, $1.reason) })
  }

  /// How many archives the plans found.
  package var foundArchives: Int { header.shares.reduce(0) { $0 + $1.foundArchives } }
}

/// A span in as few bytes as it takes.
package struct EncodedSpan: Sendable {
  private let archive: PlannedArchive
  private let range: Range<Int>
  private let bytes: [UInt8]

  package init(_ span: ArchiveSpan) throws {
    archive = span.archive
    range = span.range
    bytes = try span.encoded()
  }

  func section(of plan: String) -> PartialSection {
    PartialSection(name: SectionName(plan: plan, archive, range), content: .memory(bytes))
  }
}
