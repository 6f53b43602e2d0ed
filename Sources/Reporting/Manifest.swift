package import Facts
import Hashing
package import Hunting
package import Knowledge

/// What a run was made of and what it made, so that the run can be repeated and the bytes compared:
/// schema `oddport.manifest/1`.
package struct Manifest: Sendable {
  /// A file by name, never by path, and by the hash of its content.
  package struct File: Equatable, Sendable {
    package var name: String
    /// In lower-case hexadecimal.
    package var sha256: String
    package var bytes: Int

    package init(name: String, sha256: String, bytes: Int) {
      self.name = name
      self.sha256 = sha256
      self.bytes = bytes
    }
  }

  package static let schema = "oddport.manifest/1"

  package var version: String
  /// The subcommand: `hunt`, `sweep`, `reduce`.
  package var command: String
  package var parity: Parity
  /// Everything that an option or a job file could have said, defaults included, so that the run can
  /// be repeated: no path, no number of workers, nothing that the report does not depend on.
  package var settings: [String: JSONOutput]
  package var inputs: [File]
  package var outputs: [File]
  package var intel: [File]
  package var suppressions: [File]
  /// Files that were found but not read, which a ledger does not hold.
  package var unread: [UnreadInput] = []
  /// Whether no archive at all was found where the run was to look.
  package var foundNone = false
  /// What the clock said of the run, where one of the outputs says it: it cannot be found out again.
  package var clockNotes: [ReadingNote] = []

  /// With `--only-new`, what had been reported before.
  package var night: NightBefore?

  package init(
    version: String, command: String, parity: Parity, settings: [String: JSONOutput],
    inputs: [File], outputs: [File], intel: [File] = [], suppressions: [File] = []
  ) {
    self.version = version
    self.command = command
    self.parity = parity
    self.settings = settings
    self.inputs = inputs
    self.outputs = outputs
    self.intel = intel
    self.suppressions = suppressions
  }
}

extension Manifest.File {
  package init(_ archive: ArchiveRecord) {
    self.init(name: archive.name, sha256: archive.sha256, bytes: archive.bytes)
  }

  package init(_ file: OutputFile) {
    self.init(name: file.name, sha256: SHA256.hexadecimal(of: file.bytes), bytes: file.bytes.count)
  }
}

extension Manifest {
  /// The manifest as it is written.
  ///
  /// The settings are hashed in their compact form, keys sorted.
  package func rendered() -> [UInt8] {
    let settings = JSONOutput.object(settings.map { (key: $0.key, value: $0.value) })
    let all: [(key: String, value: JSONOutput?)] = [
      ("schema", .string(Self.schema)), ("version", .string(version)),
      ("command", .string(command)), ("parity", .string(parity.rawValue)),
      ("settings", settings),
      ("settings_sha256", .string(SHA256.hexadecimal(of: settings.compact()))),
      ("inputs", Self.list(inputs)), ("outputs", Self.list(outputs)),
      ("intel", Self.list(intel)), ("suppressions", Self.list(suppressions)),
      ("unread", .array(unread.map(Self.entry))), ("found_none", foundNone ? .bool(true) : nil),
      ("clock", clockNotes.isEmpty ? nil : .array(clockNotes.map(Self.entry))),
      ("night", night.map(Self.entry)),
    ]
    return JSONOutput.compact(all).indented()
  }

  private static func entry(_ input: UnreadInput) -> JSONOutput {
    [
      "name": .string(input.name), "kind": .string(input.kind.rawValue),
      "reason": .string(input.reason),
    ]
  }

  private static func entry(_ note: ReadingNote) -> JSONOutput {
    [
      "reason": .string(note.reason.rawValue), "names": .strings(note.names),
      "details": .strings(note.details), "accepted": .bool(note.isAccepted),
    ]
  }

  private static func entry(_ night: NightBefore) -> JSONOutput {
    [
      "number": .int(night.number), "new_archives": .strings(night.newArchives),
      "told": .object(night.reported.map { (key: $0.key, value: .string($0.value)) }),
    ]
  }

  private static func list(_ files: [File]) -> JSONOutput {
    let sorted = files.sorted { a, b in
      a.name == b.name ? isBefore(a.sha256, b.sha256) : isBefore(a.name, b.name)
    }
    return .array(
      sorted.map {
        ["name": .string($0.name), "sha256": .string($0.sha256), "bytes": .int($0.bytes)]
      })
  }
}
