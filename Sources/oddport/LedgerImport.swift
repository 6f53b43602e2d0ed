import Archives
import ArgumentParser
import Bookkeeping
import Diagnostics
import Facts
import Hashing
import Knowledge
import Reporting
import Scanning

extension LedgerCommand {
  /// `oddport ledger import`: adds partial facts to a ledger.
  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add the archives of partials, as if they had been read here.",
      discussion: """
        For nights that oddport map has read on other machines: the ledger then answers as if it had \
        read the archives itself. All units of their plans have to be there. Archives that it knows are passed over.

        An archive that may have grown out of a known one, or a known one out of it, is named and not \
        imported, and the status is 2: only their bytes can tell. oddport ledger add reads them.
        """)

    @Argument(help: "The ledger, which is made where there is none.", completion: .file())
    var ledger: String

    @Argument(
      help: "The partials that oddport map or reduce --partial has written.", completion: .file())
    var partials: [String]

    func run() throws {
      let parts = try partials.map { try PartialFile($0) }
      let header = parts[0].header
      var settings = HuntSettings()
      try settings.adopt(header.reading)
      guard settings.from == nil, settings.to == nil else {
        throw UsageError(
          diagnostic: Diagnostic(
            at: .init(file: partials[0]),
            "was read with --from or --to, and a ledger keeps everything",
            hint: "make the plan without them, and say them to oddport hunt --ledger FILE"))
      }
      let merge = try PartialMerge(parts, ScanOptions(settings))
      try merge.requireWhole([], file: partials[0])
      let ledger = try Ledger(ledger, for: .adding(settings.reading([.facts])))
      var archives = try ArchiveImport(ledger)
      let outcome = try archives.take(merge)
      if outcome.imported > 0 { try ledger.bundle() }
      try writeOutput(
        Array(
          ("imported \(outcome.imported), known \(outcome.known), refused \(outcome.refused)\n")
            .utf8
        ))
      if outcome.isPartial { throw ExitStatus.partial.code }
    }
  }
}

/// Adds archives to a ledger that were read on another machine.
private struct ArchiveImport {
  struct Outcome {
    var imported = 0
    var known = 0
    var refused = 0
    /// Whether something was not imported, or was not read to its end.
    var isPartial = false
  }

  private let ledger: Ledger
  private let packings: Set<String>
  /// The contents of archives.
  private var known: Set<String>
  /// Contents, by the hashes of all their first bytes, and of each beginning of these.
  private var contents: [String: Set<String>] = [:]
  private var contentsByBeginning: [String: Set<String>] = [:]

  init(_ ledger: Ledger) throws {
    self.ledger = ledger
    let known = try ledger.knownArchives()
    packings = Set(known.packings.keys)
    self.known = Set(known.packings.values.compactMap(\.content))
    for entry in known.packings.values {
      if let content = entry.content { note(content, entry.heads) }
    }
  }

  private mutating func note(_ content: String, _ heads: String) {
    guard !heads.isEmpty else { return }
    contents[heads, default: []].insert(content)
    for beginning in Archive.beginnings(ofHeads: heads) {
      contentsByBeginning[beginning, default: []].insert(content)
    }
  }

  mutating func take(_ merge: PartialMerge) throws -> Outcome {
    var outcome = Outcome()
    try merge.each { span in
      guard let record = span.record else {
        refuse(span, span.damage?.reason ?? "was not read", &outcome)
        return
      }
      if record.damage != nil { outcome.isPartial = true }
      guard !packings.contains(record.sha256) else {
        outcome.known += 1
        return
      }
      var file = IdentifiedFile(
        file: InputFile(name: record.name, path: span.archive.unit, kind: .stream))
      file.sha256 = record.sha256
      file.bytes = record.bytes
      file.heads = span.heads
      file.content = span.content?.text
      file.contentBytes = record.unpackedBytes
      if mayBeRelated(span) {
        refuse(
          span, "begins as another archive does, of which it may be a part or the whole", &outcome)
        return
      }
      try ledger.add(
        ScannedArchive(record: record, facts: span.facts, content: span.content), of: file)
      if let content = file.content {
        note(content, span.heads)
        // The same in another packing, which the ledger keeps as that.
        guard known.insert(content).inserted else {
          outcome.known += 1
          return
        }
      }
      outcome.imported += 1
    }
    return outcome
  }

  /// Whether the archive may begin with another one, or another one with it. The same content is no concern: the
  /// ledger tells it.
  private func mayBeRelated(_ span: ArchiveSpan) -> Bool {
    guard let content = span.content?.text, !span.heads.isEmpty else { return false }
    let beginnings = Archive.beginnings(ofHeads: span.heads).compactMap { contents[$0] }
    let related = beginnings + [contentsByBeginning[span.heads] ?? []]
    return related.contains { !$0.isSubset(of: [content]) }
  }

  private func refuse(_ span: ArchiveSpan, _ reason: String, _ outcome: inout Outcome) {
    printError(
      "\(Escaping.terminal(span.archive.unit)): is not imported: \(Escaping.terminal(reason))")
    outcome.refused += 1
    outcome.isPartial = true
  }
}
