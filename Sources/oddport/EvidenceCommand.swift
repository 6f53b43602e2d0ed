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
      Prints the first line of each fact: of each process, address, port and day. A fact knows how many \
      lines it was made of, but not where the others are. Only the parts of an archive that hold them are \
      unpacked. Lines go to standard output as they are, or with what would harm a terminal made visible; \
      the archive and number of each go to standard error.

      A ledger knows where its archives were; archives that are named as well are searched for \
      those that have moved since. An archive that is no longer the one that was read is refused.

        oddport evidence n6cg2zch5cwfu --ledger nights.ledger | jq .
        oddport evidence n6cg archives/
      """)

  @Argument(help: "The id of a finding, a beacon or an RDP port change.")
  var id: String

  @Option(help: "Maximum number of lines to print.")
  var limit = 20

  @Flag(help: "Print one line for every fact of the finding.")
  var all = false

  @OptionGroup var options: SettingOptions<EvidenceUse>

  func run() async throws {
    guard limit > 0 else { throw ValidationError("--limit: has to be at least 1") }
    let settings = try options.settingsWithInput()
    let subject = try await Subject.find(id, settings)
    if settings.ledger != nil { try options.refuseReading() }
    let places = all ? subject.trail.places[...] : subject.trail.places.prefix(limit)
    let archives = subject.reading.scan.archives
    var isWhole = true
    var files: ArchiveLookup?
    for (ordinal, group) in Dictionary(grouping: places, by: \.archive).sorted(by: {
      $0.key < $1.key
    }) {
      let record = archives[Int(ordinal)]
      if files == nil { files = try ArchiveLookup(settings.archives) }
      let origins = subject.reading.origins
      let origin = origins.isEmpty ? ArchiveOrigin(record) : origins[Int(ordinal)]
      guard let archive = try files?.archive(record.name, origin) else {
        printError(
          "\(Escaping.terminal(record.name)): is not where it was, or not the same any more;"
            + " name the folder it is in now")
        isWhole = false
        continue
      }
      try printLines(group, of: archive, record)
    }
    let rest = subject.trail.places.count - places.count
    if !settings.isQuiet {
      printError(
        "\(places.count) of \(subject.trail.connections) connections: the first of each process,"
          + " address, port and day"
          + (rest > 0 ? "; \(rest) more with --all or a higher --limit" : ""))
    }
    if !isWhole { throw ExitStatus.partial.code }
  }

  private func printLines(_ places: [Place], of archive: Archive, _ record: ArchiveRecord) throws {
    var picker = LinePicker(archive)
    let lines = try picker.lines(at: places.map(\.offset))
    for place in places.sorted() {
      printError("\(Escaping.terminal(record.name)):\(place.line)")
      guard let line = lines[place.offset] else { continue }
      let isShown = isatty(STDOUT_FILENO) == 1
      let text =
        isShown ? Array(Escaping.terminal(String(decoding: line, as: UTF8.self)).utf8) : line
      try writeOutput(text + [UInt8(ascii: "\n")])
    }
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
