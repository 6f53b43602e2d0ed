import Archives
import ArgumentParser
import Bookkeeping
import Diagnostics
import Facts
import Foundation
import Hashing
import Hunting
import Knowledge
import Reporting
import Scanning

/// `oddport evidence`: the raw lines of a finding.
struct EvidenceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evidence", abstract: "Print the raw lines of a finding, read from the archives.",
    discussion: """
      Prints the first line of each fact: of each process, address, port and day, and unpacks only the \
      parts of an archive that hold them. A fact knows how many lines it was made of, but not where the \
      others are: with --all every archive is read again, and every line of the finding's events is \
      printed, with the starts (Event ID 1) of its processes and of those they descend from.

      Lines go to standard output as they are, or with what would harm a terminal made visible; the \
      archive and number of each go to standard error, and so does what is known of the process.

      A ledger knows where its archives were; archives that are named as well are searched for \
      those that have moved since. An archive that is no longer the one that was read is refused. What \
      is only in archives that are gone cannot be shown: it is said how many connections were.

        oddport evidence n6cg2zch5cwfu --ledger nights.ledger | jq .
        oddport evidence n6cg archives/ --all
      """)

  @Argument(help: "The id of a finding, a beacon or an RDP port change.")
  var id: String

  @Option(help: "Maximum number of first lines to print.")
  var limit = 20

  @Flag(help: "Print every line of the finding's events: all archives are read again.")
  var all = false

  @OptionGroup var options: SettingOptions<EvidenceUse>

  func run() async throws {
    guard limit > 0 else { throw ValidationError("--limit: has to be at least 1") }
    let settings = try options.settingsWithInput()
    let subject = try await Subject.find(id, settings)
    if settings.ledger != nil { try options.refuseReading() }
    var files = ArchiveSource(subject.reading, settings)
    let isWhole =
      try all ? printAll(subject, settings, &files) : printFirst(subject, settings, &files)
    if !settings.isQuiet, let story = subject.trail.process {
      printError(String(decoding: Explanation.text(story, width: Terminal.width), as: UTF8.self))
    }
    if !isWhole { throw ExitStatus.partial.code }
  }

  /// - Returns: Whether all archives were there.
  private func printFirst(
    _ subject: Subject, _ settings: HuntSettings, _ files: inout ArchiveSource
  ) throws -> Bool {
    let trail = subject.trail
    let places = trail.places.prefix(limit)
    var isWhole = true
    for (ordinal, group) in Dictionary(grouping: places, by: \.archive).sorted(by: {
      $0.key < $1.key
    }) {
      guard let archive = try files.archive(Int(ordinal)) else {
        isWhole = false
        continue
      }
      var picker = LinePicker(archive)
      let lines = try picker.lines(at: group.map(\.offset))
      for place in group.sorted() {
        guard let line = lines[place.offset] else { continue }
        try write(line, from: files.name(Int(ordinal)), place.line)
      }
    }
    let rest = trail.places.count - places.count
    if !settings.isQuiet {
      printError(
        "\(Figures.count(places.count, "line")): the first of each process, address, port and day"
          + (rest > 0 ? "; \(Figures.grouped(rest)) more with a higher --limit" : "")
          + "; of \(Figures.count(trail.connections, "connection")), each with --all")
    }
    return isWhole
  }

  /// - Returns: Whether all connections of the finding were shown.
  private func printAll(
    _ subject: Subject, _ settings: HuntSettings, _ files: inout ArchiveSource
  ) throws -> Bool {
    let trail = subject.trail
    let search = LineSearch(
      trail.facts(of: subject.reading.scan.facts), ScanOptions(settings))
    let places = Dictionary(grouping: trail.places, by: \.archive)
    var found = LineSearch.Found()
    var gone = 0
    for (ordinal, record) in subject.reading.scan.archives.enumerated() {
      // What has the same bytes was read once.
      if settings.dedupe, record.sameBytesAs != nil { continue }
      let known = Set((places[Int32(ordinal)] ?? []).map(\.offset))
      guard let archive = try files.archive(ordinal, complains: !known.isEmpty) else {
        gone += 1
        continue
      }
      let here = try unsafe search.read(archive, alsoAt: known) { number, line in
        try unsafe write(Array(line), from: record.name, number)
      }
      found.connections += here.connections
      found.processStarts += here.processStarts
    }
    let isWhole = found.connections >= trail.connections && places.keys.allSatisfy(files.has)
    if !settings.isQuiet {
      let shown =
        isWhole
        ? Figures.count(found.connections, "connection")
        : "\(Figures.grouped(found.connections)) of"
          + " \(Figures.count(trail.connections, "connection"))"
      printError(
        "\(shown) and \(Figures.count(found.processStarts, "process start"))"
          + (isWhole || gone == 0
            ? "" : "; \(Figures.count(gone, "archive")) may hold the others and cannot be read"))
    }
    return isWhole
  }

  private func write(_ line: [UInt8], from archive: String, _ number: Int) throws {
    printError("\(Escaping.terminal(archive)):\(number)")
    let isShown = isatty(STDOUT_FILENO) == 1
    let text =
      isShown ? Array(Escaping.terminal(String(decoding: line, as: UTF8.self)).utf8) : line
    try writeOutput(text + [UInt8(ascii: "\n")])
  }
}

/// Opens the archives of a reading, wherever they are now.
private struct ArchiveSource {
  private let reading: Reading
  private let paths: [String]
  private var files: ArchiveLookup?
  private var gone: Set<Int32> = []

  init(_ reading: Reading, _ settings: HuntSettings) {
    self.reading = reading
    paths = settings.archives
  }

  func name(_ ordinal: Int) -> String { reading.scan.archives[ordinal].name }

  /// Whether it was there when it was asked for.
  func has(_ ordinal: Int32) -> Bool { !gone.contains(ordinal) }

  /// - Parameters:
  ///   - ordinal: Its number in the reading.
  ///   - complains: Whether it is told where it is not there.
  mutating func archive(_ ordinal: Int, complains: Bool = true) throws -> Archive? {
    let record = reading.scan.archives[ordinal]
    let origin =
      reading.origins.isEmpty ? ArchiveOrigin(record) : reading.origins[ordinal]
    if files == nil { files = try ArchiveLookup(paths) }
    if let archive = try files?.archive(record.name, origin) { return archive }
    gone.insert(Int32(ordinal))
    if complains {
      printError(
        "\(Escaping.terminal(record.name)): is not where it was, or not the same any more;"
          + " name the folder it is in now")
    }
    return nil
  }
}

extension ArchiveOrigin {
  /// The origin of an archive that this run has read.
  fileprivate init(_ record: ArchiveRecord) {
    self.init(
      forms: [Form(path: "", sha256: record.sha256, bytes: record.bytes)], content: nil, heads: "")
  }
}

/// Finds archives by their content.
private struct ArchiveLookup {
  private let files: [InputFile]

  init(_ paths: [String]) throws {
    files = try ArchiveFinder.find(paths: paths).archives.filter { $0.kind == .file }
  }

  func archive(_ name: String, _ origin: ArchiveOrigin) throws -> Archive? {
    let known = origin.forms.filter { !$0.path.isEmpty }.map {
      InputFile(name: name, path: $0.path)
    }
    let named = files.filter { $0.name == name } + files.filter { $0.name != name }
    for file in known + named {
      let bytes = file.bytesOnDisk
      for form in origin.forms where form.bytes == bytes {
        guard let archive = try? Archive(file) else { continue }
        if try archive.sha256() == form.sha256 { return archive }
      }
    }
    guard let content = origin.content else { return nil }
    // Packed in a way that was not seen before.
    for file in named {
      guard let archive = try? Archive(file), archive.contentHeads() == origin.heads else {
        continue
      }
      if try archive.content(beginnings: []).whole.text == content { return archive }
    }
    return nil
  }
}
