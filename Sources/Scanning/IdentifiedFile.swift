package import Archives
package import Diagnostics
import Hashing

/// A file whose content is known before it is read, as far as it has to be.
package struct IdentifiedFile: Sendable {
  package let file: InputFile
  /// Of the bytes on disk; nil for a stream, whose content is not known before.
  package var sha256: String?
  /// On disk, when it was hashed.
  package var bytes = 0
  package var inode: UInt = 0
  package var heads = ""
  /// The hash of what it unpacks to, as text; nil where nothing known could be the same.
  package var content: String?
  /// Unpacked; 0 where `content` is nil.
  package var contentBytes = 0
  /// Contents that this one begins with.
  package var beginnings: Set<String> = []
  /// SHA-256 of beginnings of its bytes on disk, as long as archives whose content is unknown.
  package var packedBeginnings: Set<String> = []
  /// Nil where it was never seen in this form.
  package var known: KnownArchives.Entry?

  package init(file: InputFile) { self.file = file }
}

/// Tells which files are known, whatever they are packed with, and which are known ones that have grown.
///
/// Nothing but the first 64 KiB of unknown files is unpacked, unless these are those of another archive.
///
/// - Returns: The files by name, then by hash; and those that could not be read.
/// - Throws: `CancellationError`.
/// - Complexity: O(*n*) in the bytes on disk.
package func identify(
  _ files: [InputFile], besides known: KnownArchives, _ options: ScanOptions
) async throws -> (files: [IdentifiedFile], unreadable: [Diagnostic]) {
  var identification = Identification(known, options)
  try await identification.hashPackings(of: files)
  try await identification.hashContents(identification.sizesOfPossibleBeginnings())
  // Of those that the ledger does not hold, the sizes are only known now.
  try await identification.hashContents(identification.sizesOfOtherFiles())
  return identification.result()
}

private struct Identification {
  private let known: KnownArchives
  private let options: ScanOptions
  private var files: [IdentifiedFile] = []
  private var unreadable: [Diagnostic] = []

  init(_ known: KnownArchives, _ options: ScanOptions) {
    self.known = known
    self.options = options
  }

  mutating func hashPackings(of inputs: [InputFile]) async throws {
    let (known, limits) = (known, options.limits)
    let sizes = known.unhashedSizes.sorted()
    var files: [IdentifiedFile] = []
    var unreadable: [Diagnostic] = []
    try await mapReduce(
      inputs, atMost: options.workers,
      map: { input -> Result<IdentifiedFile, ArchiveError> in
        var file = IdentifiedFile(file: input)
        guard input.kind == .file else { return .success(file) }
        do {
          let archive = try Archive(input)
          let hashes = try archive.sha256(prefixes: sizes)
          file.sha256 = hashes.whole
          file.bytes = archive.bytes
          file.inode = archive.inode
          file.packedBeginnings = Set(hashes.prefixes)
          file.known = known.packings[hashes.whole]
          file.heads =
            if let entry = file.known, entry.content != nil {
              entry.heads
            } else {
              archive.contentHeads(limits: limits)
            }
          return .success(file)
        } catch let error as ArchiveError {
          return .failure(error)
        }
      },
      reduce: { (outcome: Result<IdentifiedFile, ArchiveError>) in
        switch outcome {
        case .success(let file): files.append(file)
        case .failure(let error): unreadable.append(error.diagnostic)
        }
        return FollowUp()
      })
    files.sort { a, b in
      a.file.name == b.file.name
        ? (a.sha256 ?? "") < (b.sha256 ?? "")
        : a.file.name.utf8.lexicographicallyPrecedes(b.file.name.utf8)
    }
    self.files = files
    self.unreadable = unreadable
  }

  /// For each file that has to be unpacked, by its index: how long the archives are that it may begin
  /// with.
  func sizesOfPossibleBeginnings() -> [Int: Set<Int>] {
    let unknown = files.indices.filter { files[$0].isUnhashed }
    guard !unknown.isEmpty else { return [:] }
    var sizes: [String: Set<Int>] = [:]
    for entry in known.packings.values where entry.content != nil {
      sizes[entry.heads, default: []].insert(entry.bytes)
    }
    let others = othersByHeads()
    var result: [Int: Set<Int>] = [:]
    for index in files.indices where !files[index].heads.isEmpty {
      for heads in Archive.beginnings(ofHeads: files[index].heads) {
        if files[index].isUnhashed, let sizes = sizes[heads] {
          result[index, default: []].formUnion(sizes)
        }
        for other in others[heads] ?? [] where other != index && files[other].isUnhashed {
          result[other, default: []].formUnion([])
          if files[index].isUnhashed { result[index, default: []].formUnion([]) }
        }
      }
    }
    // One that was read by a version that took no hash gets it now.
    for index in unknown where files[index].known != nil {
      result[index, default: []].formUnion([])
    }
    return result
  }

  /// The same, for the contents of other files of this run.
  func sizesOfOtherFiles() -> [Int: Set<Int>] {
    let others = othersByHeads()
    var result: [Int: Set<Int>] = [:]
    for (index, file) in files.enumerated() where !file.heads.isEmpty {
      for other in Archive.beginnings(ofHeads: file.heads).flatMap({ others[$0] ?? [] })
      where other != index {
        let content = files[other].content ?? files[other].known?.content
        let size =
          files[other].content == nil ? files[other].known?.bytes : files[other].contentBytes
        let own = file.content == nil ? file.known?.bytes : file.contentBytes
        guard let content, let size, let own, size < own, !file.beginnings.contains(content),
          file.known?.content == nil || files[other].known?.content == nil
        else { continue }
        result[index, default: []].insert(size)
      }
    }
    return result
  }

  private func othersByHeads() -> [String: [Int]] {
    Dictionary(grouping: files.indices.filter { !files[$0].heads.isEmpty }) { files[$0].heads }
  }

  /// - Parameter sizes: Of beginnings, for each file that is to be unpacked, by its index.
  mutating func hashContents(_ sizes: [Int: Set<Int>]) async throws {
    let limits = options.limits
    var files = files
    try await mapReduce(
      sizes.sorted { $0.key < $1.key }.map {
        (index: $0.key, file: files[$0.key].file, sizes: $0.value)
      },
      atMost: options.workers,
      map: { job -> HashedContent? in
        // One that can no longer be opened is not read either, and then named.
        guard let archive = try? Archive(job.file) else { return nil }
        let hashes = try archive.content(beginnings: job.sizes, limits: limits)
        return HashedContent(
          index: job.index, content: hashes.whole.text, bytes: hashes.whole.byteCount,
          beginnings: hashes.beginnings.filter { $0.byteCount < hashes.whole.byteCount }.map(\.text)
        )
      },
      reduce: { (hashed: HashedContent?) in
        if let hashed {
          files[hashed.index].content = hashed.content
          files[hashed.index].contentBytes = hashed.bytes
          files[hashed.index].beginnings.formUnion(hashed.beginnings)
        }
        return FollowUp()
      })
    self.files = files
  }

  func result() -> (files: [IdentifiedFile], unreadable: [Diagnostic]) {
    (files, unreadable.sorted { $0.description < $1.description })
  }
}

extension IdentifiedFile {
  fileprivate var isUnhashed: Bool { sha256 != nil && known?.content == nil }
}

private struct HashedContent: Sendable {
  var index: Int
  var content: String
  var bytes: Int
  var beginnings: [String]
}
