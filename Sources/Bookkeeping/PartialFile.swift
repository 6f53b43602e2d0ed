import Archives
import Diagnostics
import Hashing

/// Partial facts: what some units of a plan say, by archive. `docs/partials.md` describes the file.
///
/// The same facts give the same bytes. Of a file only its header and the names of its sections are in memory.
package struct PartialFile: Sendable {
  /// The first line of the file. The number is the format's.
  static let magic = "oddport partial facts 7\n"
  private static let anyMagic = "oddport partial facts "
  private static let hashBytes = 32

  package let path: String
  package let header: PartialHeader
  let sections: [PartialSection]

  /// Reads a file once, to see that it is whole.
  ///
  /// - Throws: ``PartialError``; `ArchiveError` where it is not there or cannot be read.
  package init(_ path: String) throws {
    self.path = path
    let file = PartialInput(path)
    var scanner = PartialScanner(file)
    let start = try scanner.peek(Self.magic.utf8.count)
    guard start.starts(with: Self.magic.utf8) else {
      let isOther = start.starts(with: Self.anyMagic.utf8)
      throw PartialError(
        path,
        isOther ? "partial facts in a form that this oddport does not know" : "no partial facts",
        hint: isOther
          ? "use the same oddport for map and reduce"
          : "oddport map and oddport ledger export --format partial write them")
    }
    let damaged = PartialError(
      path, "damaged: its bytes do not match the hash at its end",
      hint: PartialError.again)
    do {
      guard try scanner.skip(Self.magic.utf8.count) else { throw damaged }
      let headerBytes = try scanner.length()
      guard let headerBytes, headerBytes <= 1 << 30 else { throw damaged }
      let bytes = try scanner.peek(headerBytes).prefix(headerBytes)
      var headerReader = PartialReader(bytes)
      let header = try PartialHeader(&headerReader)
      guard headerReader.isAtEnd else { throw damaged }
      _ = try scanner.skip(headerBytes)
      var sections: [PartialSection] = []
      while let count = try scanner.length(), count > 0 {
        let offset = scanner.offset
        var reader = PartialReader(
          try scanner.peek(min(count, SectionName.maxBytes)).prefix(SectionName.maxBytes))
        var name = try SectionName(&reader)
        // One text for all sections of a plan.
        guard let share = header.shares.first(where: { $0.plan == name.plan }) else {
          throw damaged
        }
        name.plan = share.plan
        sections.append(
          PartialSection(name: name, content: .file(file, offset: offset, count: count)))
        guard try scanner.skip(count) else { throw damaged }
      }
      let digest = try scanner.peek(Self.hashBytes + 1)
      guard digest.elementsEqual(scanner.digest()) else { throw damaged }
      self.header = header
      self.sections = sections
    } catch is PartialReader.Malformed {
      throw damaged
    }
  }

  /// Writes partial facts into somebody's hands, a section at a time.
  ///
  /// - Parameter sections: In order.
  /// - Throws: What `append` or drawing the sections throws.
  static func write(
    _ header: PartialHeader, _ next: () throws -> PartialSection?,
    _ append: ([UInt8]) throws -> Void
  ) throws {
    var hash = SHA256()
    func put(_ bytes: [UInt8]) throws {
      unsafe bytes.withUnsafeBytes { unsafe hash.update($0) }
      try append(bytes)
    }
    var body = PartialWriter()
    header.write(to: &body)
    var start = PartialWriter()
    start.raw(Array(magic.utf8))
    start.blob(body.bytes)
    try put(start.bytes)
    while let section = try next() {
      let bytes = try section.bytes()
      var length = PartialWriter()
      length.number(bytes.count)
      try put(length.bytes)
      try put(bytes)
    }
    try put([0])
    try append(hash.digest())
  }
}

extension PartialScanner {
  /// The length before a header or a section; nil where the file ends.
  fileprivate mutating func length() throws -> Int? {
    let start = try peek(10).prefix(10)
    guard !start.isEmpty else { return nil }
    var reader = PartialReader(start)
    let length = try reader.integer()
    _ = try skip(reader.offset - start.startIndex)
    return length
  }
}
