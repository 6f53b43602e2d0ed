import Diagnostics
import Facts
import Foundation

/// A file of intelligence: CSV, a plain list, JSON records, a STIX 2.1 bundle, a MISP export or Sigma
/// rules, recognised by its content. Every entry is taken as a whole, or refused with a reason.
package struct IntelFeed: Sendable {
  package enum Format: String, Sendable {
    case csv = "CSV"
    case list = "plain list"
    case records = "JSON records"
    case stix = "STIX 2.1"
    case misp = "MISP"
    case sigma = "Sigma"
  }

  /// What is read at once: a document, or the beginning of a list that is read piece by piece.
  static let maximumBytes = 256 << 20
  /// Lists are read piece by piece from this size on.
  private static let headBytes = 16 << 20
  private static let pieceBytes = 4 << 20

  /// The file's own name, without its folder.
  package let name: String
  package let byteCount: Int
  package let format: Format
  /// In the order of the feed, each once.
  package let indicators: [Indicator]
  /// All of them are taken or refused.
  package let entryCount: Int
  package let takenCount: Int
  /// How many entries were refused, by the reason.
  package let refusedCounts: [String: Int]
  /// The first of them.
  package let refused: [RefusedIntel]
  /// What was taken and yet looks wrong, with the number of entries.
  package let remarks: [String: Int]
  /// Columns that nothing was made of.
  package let unusedColumns: [String]

  package var refusedCount: Int { entryCount - takenCount }

  /// - Throws: ``JobFileError``, also for what is not a feed and for a feed without an entry.
  package init(reading path: String) throws(JobFileError) {
    try self.init(try FeedFile(path))
  }

  /// - Throws: ``JobFileError``, also for what is not a feed and for a feed without an entry.
  /// - Complexity: O(*n*) in time; of a large list no more than its entries is held.
  package init(_ file: FeedFile) throws(JobFileError) {
    try self.init(file, headBytes: Self.headBytes, pieceBytes: Self.pieceBytes)
  }

  /// - Parameters:
  ///   - headBytes: From what size on a list is read piece by piece.
  ///   - pieceBytes: How much at a time.
  package init(_ file: FeedFile, headBytes: Int, pieceBytes: Int) throws(JobFileError) {
    var bytes: [UInt8] = []
    try file.read(headBytes, onto: &bytes)
    if !file.isAtEnd, var list = try FeedList(head: bytes, name: file.name, file: file.path) {
      var entries = IntelEntries()
      try list.read(file, head: bytes, pieceBytes: pieceBytes, into: &entries)
      try self.init(entries, of: list, file)
      return
    }
    var rest = file
    if !file.isAtEnd, file.size != nil, LargeDocument.mayBe(bytes) {
      if let document = try LargeDocument(file, head: bytes, pieceBytes: pieceBytes) {
        var entries = IntelEntries()
        try document.read(pieceBytes: pieceBytes, into: &entries)
        try self.init(
          entries, document.format, [], file.byteCount, name: file.name, file: file.path)
        return
      }
      rest = try FeedFile(file.path)
      bytes = []
    }
    try rest.read(Self.maximumBytes + 1 - bytes.count, onto: &bytes)
    guard bytes.count <= Self.maximumBytes else {
      throw JobFileError(
        file.path, nil, "is a document of more than \(Self.maximumBytes >> 20) MiB",
        hint: "is it a feed? Lists may be larger")
    }
    try self.init(bytes, name: file.name, file: file.path)
  }

  private init(
    _ entries: IntelEntries, of list: FeedList, _ file: FeedFile
  ) throws(JobFileError) {
    try self.init(
      entries, list.format, list.unusedColumns, file.byteCount, name: file.name, file: file.path)
  }

  /// - Throws: ``JobFileError``.
  package init(_ given: [UInt8], name: String, file: String) throws(JobFileError) {
    let bytes = FeedCheck.utf8(given)
    var entries = IntelEntries()
    let start = FeedCheck.start(bytes)
    try FeedCheck.refuseOthers(bytes, from: start, file)
    guard unsafe bytes.withUnsafeBytes({ unsafe FeedCheck.isUTF8($0, 0..<bytes.count) }) else {
      throw JobFileError(file, nil, "is not UTF-8", hint: "save it as UTF-8")
    }
    var columns: [String] = []
    let format: Format
    if let text = try Self.rules(bytes, from: start, file) {
      format = .sigma
      try SigmaReader(file: file).read(text, into: &entries)
    } else if FeedCheck.beginsAsJSON(bytes, from: start) {
      if let lines = RecordLines(bytes, from: start, source: name) {
        var list = FeedList(lines)
        _ = list.read(bytes, from: start, isLast: true, into: &entries)
        format = .records
      } else {
        format = try FeedJSON(bytes, from: start, file).read(into: &entries)
      }
    } else {
      var list = try FeedList(text: bytes, from: start, name: name, file: file)
      _ = list.read(bytes, from: start, isLast: true, into: &entries)
      (format, columns) = (list.format, list.unusedColumns)
    }
    try self.init(entries, format, columns, given.count, name: name, file: file)
  }

  private init(
    _ entries: IntelEntries, _ format: Format, _ columns: [String], _ byteCount: Int, name: String,
    file: String
  ) throws(JobFileError) {
    guard entries.count > 0 else {
      throw JobFileError(
        file, nil, "holds no entry",
        hint: "was it fetched in full? 'oddport intel --help' says what a feed looks like")
    }
    self.name = name
    self.byteCount = byteCount
    self.format = format
    indicators = entries.indicators
    entryCount = entries.count
    takenCount = entries.takenCount
    refusedCounts = entries.refusedCounts
    refused = entries.refused
    remarks = entries.remarks
    unusedColumns = columns
  }

  /// The text, where it is one of Sigma rules.
  private static func rules(
    _ bytes: [UInt8], from start: Int, _ file: String
  ) throws(JobFileError) -> String? {
    if FeedCheck.beginsAsJSON(bytes, from: start) { return nil }
    let isSmall = bytes.count <= headBytes
    let text = String(
      decoding: isSmall ? bytes[start...] : bytes[start...].prefix(64 << 10), as: UTF8.self)
    guard SigmaReader.looksLike(text) else { return nil }
    guard isSmall else { throw .tooLarge(file) }
    return text
  }
}

/// What is often saved in the place of a feed.
enum FeedCheck {
  /// UTF-16 with a byte order mark as UTF-8; everything else, and what is not valid, as it is.
  static func utf8(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= 2, bytes.count.isMultiple(of: 2) else { return bytes }
    let isLittle = bytes[0] == 0xFF && bytes[1] == 0xFE
    guard isLittle || (bytes[0] == 0xFE && bytes[1] == 0xFF) else { return bytes }
    let high = isLittle ? 1 : 0
    let units = stride(from: 2, to: bytes.count, by: 2).map { at -> UInt16 in
      UInt16(bytes[at + high]) << 8 | UInt16(bytes[at + 1 - high])
    }
    return String(validating: units, as: UTF16.self).map { Array($0.utf8) } ?? bytes
  }

  static func refuseOthers(_ bytes: [UInt8], from start: Int, _ file: String) throws(JobFileError) {
    let head = bytes[start...].drop { $0 <= 0x20 }.prefix(64)
    guard !head.isEmpty else {
      throw JobFileError(
        file, nil, "the file is empty", hint: "fetch it again; a feed without entries is an error")
    }
    let word = String(decoding: head, as: UTF8.self).lowercased()
    if isAnswer(bytes[start...]) {
      throw JobFileError(
        file, nil,
        "is an error of a web server, not a feed: \(quoted(String(word.prefix(64)).trimmed))",
        hint: "fetch it again")
    }
    if word.hasPrefix("<"), isHTML(bytes[start...]) {
      throw JobFileError(
        file, nil, "is an HTML page, not a feed",
        hint: "it may be a page of login or of an error: look at it, then fetch the feed again")
    }
    if word.hasPrefix("<") {
      throw JobFileError(
        file, nil, "is XML, which is not read",
        hint: "STIX 1 and OpenIOC can be exported as STIX 2.1, which is JSON")
    }
    if let packing = Packing.all.first(where: { bytes.starts(with: $0.begin) }) {
      throw JobFileError(
        file, nil, "is compressed (\(packing.name)), and feeds are read as text",
        hint: "unpack it first: \(packing.command)")
    }
    if bytes[start...].prefix(4_096).contains(0) {
      throw JobFileError(
        file, nil, "holds zero bytes: UTF-16 without its mark, or no text at all",
        hint: "save it as UTF-8")
    }
    if !beginsAsJSON(bytes, from: start), !bytes[start...].contains(10),
      bytes[start...].contains(where: { $0 == 13 })
    {
      throw JobFileError(
        file, nil, "has lines that end with carriage returns alone",
        hint: "make line feeds of them: tr '\\r' '\\n'")
    }
    if isYARA(bytes[start...]) {
      throw JobFileError(
        file, nil, "holds YARA rules, which look into files",
        hint: "a feed names ports, addresses or hosts")
    }
  }

  /// How a compressed file begins, and with what it is unpacked.
  private struct Packing {
    var begin: [UInt8]
    var name: String
    var command: String

    static let all = [
      Packing(begin: [0x1F, 0x8B], name: "gzip", command: "gzip -d"),
      Packing(begin: [0x28, 0xB5, 0x2F, 0xFD], name: "zstd", command: "zstd -d"),
      Packing(begin: Array("BZh".utf8), name: "bzip2", command: "bzip2 -d"),
      Packing(begin: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], name: "xz", command: "xz -d"),
      Packing(begin: [0x04, 0x22, 0x4D, 0x18], name: "lz4", command: "lz4 -d"),
      Packing(begin: Array("PK\u{3}\u{4}".utf8), name: "zip", command: "unzip"),
      Packing(begin: [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], name: "7z", command: "7z x"),
    ]
  }

  /// Those of HTTP that say that nothing came (RFC 9110), and of those that content networks add. 443 is none.
  private static let statuses: Set = [
    "400", "401", "402", "403", "404", "405", "406", "408", "409", "410", "412", "421", "425",
    "426", "428", "429", "451", "500", "501", "502", "503", "504", "505", "511", "520", "521",
    "522", "523", "524", "525", "526", "530",
  ]

  /// `404 page not found`, `503: Service Unavailable`: the number is not a port.
  private static func isAnswer(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard bytes.count <= 1_024 else { return false }
    let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
      .map { String($0).trimmed }.filter { !$0.isEmpty }
    guard let first = lines.first, lines.count <= 2 else { return false }
    var words = first.split(whereSeparator: { $0 == " " || $0 == ":" })
    if let word = words.first, word.hasPrefix("HTTP/") { words.removeFirst() }
    guard words.count >= 2, statuses.contains(String(words[0])) else { return false }
    let known = [
      "not found", "internal server", "too many requests", "service unavailable", "forbidden",
      "unauthorized", "bad request", "bad gateway", "gateway time", "moved", "gone", "timeout",
      "rate limit", "error", "denied", "payment required", "method not allowed", "unavailable",
    ]
    let rest = words.dropFirst().joined(separator: " ").lowercased()
    return known.contains { rest.contains($0) }
  }

  private static func isHTML(_ bytes: ArraySlice<UInt8>) -> Bool {
    let text = String(decoding: bytes.prefix(4_096), as: UTF8.self).lowercased()
    return ["<!doctype html", "<html", "<head", "<body"].contains { text.contains($0) }
  }

  /// Whether rules of YARA are in it, which look into files.
  private static func isYARA(_ bytes: ArraySlice<UInt8>) -> Bool {
    let text = String(decoding: bytes.prefix(65_536), as: UTF8.self)
    let lines = text.split(whereSeparator: \.isNewline).map { String($0).trimmed }
    return lines.contains { $0.hasPrefix("rule ") || $0.hasPrefix("private rule ") }
      && lines.contains { $0.hasPrefix("condition:") } && lines.contains { $0.hasSuffix("{") }
  }

  /// Where a text begins, after the mark of its encoding.
  static func start(_ bytes: [UInt8]) -> Int { bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0 }

  static func beginsAsJSON(_ bytes: [UInt8], from start: Int) -> Bool {
    let first = bytes[start...].first { $0 > 0x20 }
    return (first == UInt8(ascii: "{") || first == UInt8(ascii: "["))
      && !IntelList.beginsWithPair(bytes, from: start) && !beginsWithWord(bytes, from: start)
  }

  /// `[Adblock Plus 2.0]`, `[c2]`: a section of a text, and no array.
  private static func beginsWithWord(_ bytes: [UInt8], from start: Int) -> Bool {
    let text = bytes[start...].drop { $0 <= 0x20 }
    guard text.first == UInt8(ascii: "["), let second = text.dropFirst().first else { return false }
    return (0x61...0x7A).contains(second | 0x20)
  }

  static func isUTF8(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
    // Most feeds are ASCII: eight bytes at a time.
    var at = range.lowerBound
    while at + 8 <= range.upperBound {
      guard
        unsafe bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self) & 0x8080_8080_8080_8080
          == 0
      else { break }
      at += 8
    }
    let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[at..<range.upperBound])
    return unsafe rest.isEmpty || String(validating: rest, as: UTF8.self) != nil
  }
}
