import Archives
import Facts

/// A file that is going to be read.
struct ScanInput: Sendable {
  let file: InputFile
  /// On disk; 0 for a stream.
  let bytes: Int
  /// Where it had to be known before reading.
  var sha256: String?
  /// What it was when it was hashed.
  var hashed: IdentifiedFile?
  /// The name of an input with the same bytes that is read instead.
  var readAs: String?
  /// What is read of it, and what it has to be; nil: all, whatever it is.
  var unit: PlannedUnit?

  /// What is known of its bytes, unless there are more of them by now.
  func sha256(of archive: Archive) -> String? {
    hashed.map { $0.bytes == archive.bytes } ?? true ? sha256 : nil
  }

  /// The inputs by name, then by hash, whatever the order and the folders of `files`.
  ///
  /// Only the hash tells files of one name apart, or files of the same bytes: it is then taken now,
  /// and otherwise when a file is opened.
  ///
  /// - Throws: `CancellationError`.
  static func ordered(_ files: [InputFile], _ options: ScanOptions) async throws -> [Self] {
    var inputs = files.map { ScanInput(file: $0, bytes: $0.bytesOnDisk) }
    let perName = Dictionary(inputs.map { ($0.file.name, 1) }, uniquingKeysWith: +)
    let unclear = inputs.indices.filter { index in
      let file = inputs[index].file
      return file.kind == .file && (options.dedupe || perName[file.name] != 1)
    }
    try await mapReduce(
      unclear.map { (index: $0, file: inputs[$0].file) }, atMost: options.workers,
      map: { job -> Hashed in
        do {
          return Hashed(index: job.index, hash: try Archive(job.file).sha256())
        } catch is ArchiveError {
          // Opening it again will say so.
          return Hashed(index: job.index)
        }
      },
      reduce: { (outcome: Hashed) in
        inputs[outcome.index].sha256 = outcome.hash
        return FollowUp()
      })
    inputs.sort { a, b in
      a.file.name == b.file.name
        ? (a.sha256 ?? "") < (b.sha256 ?? "")
        : a.file.name.utf8.lexicographicallyPrecedes(b.file.name.utf8)
    }
    if options.dedupe { inputs.markRepeated() }
    return inputs
  }
}

private struct Hashed: Sendable {
  var index: Int
  var hash: String?
}

extension [ScanInput] {
  fileprivate mutating func markRepeated() {
    var names: [String: String] = [:]
    for index in indices {
      guard let hash = self[index].sha256 else { continue }
      if let name = names[hash] {
        self[index].readAs = name
      } else {
        names[hash] = self[index].file.name
      }
    }
  }
}
