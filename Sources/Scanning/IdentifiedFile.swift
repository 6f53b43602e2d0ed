package import Archives
package import Diagnostics

/// A file whose content is known before it is read.
package struct IdentifiedFile: Sendable {
  package let file: InputFile
  /// Nil for a stream, whose content nobody knows before.
  package let sha256: String?
  /// Hashes of its own beginnings, as long as other archives are.
  package let prefixes: Set<String>
}

/// Hashes files to tell which of them are known, and which are known ones that have grown.
///
/// - Parameter sizes: How long the known archives are: each file is hashed up to each of these, and up
///   to the size of each of the other files.
/// - Returns: The files by name, then by hash; and those that could not be read.
/// - Throws: `CancellationError`.
/// - Complexity: O(*n*) in the bytes on disk, and O(*s*) hashes for each file.
package func identify(
  _ files: [InputFile], besides sizes: some Sequence<Int>, atMost workers: Int
) async throws -> (files: [IdentifiedFile], unreadable: [Diagnostic]) {
  let all = Set(sizes).union(files.map(\.bytesOnDisk)).sorted()
  var identified: [IdentifiedFile] = []
  var unreadable: [Diagnostic] = []
  try await mapReduce(
    files, atMost: workers,
    map: { file -> Result<IdentifiedFile, ArchiveError> in
      guard file.kind == .file else {
        return .success(IdentifiedFile(file: file, sha256: nil, prefixes: []))
      }
      do {
        let hashes = try Archive(file).sha256(prefixes: all)
        return .success(
          IdentifiedFile(file: file, sha256: hashes.whole, prefixes: Set(hashes.prefixes)))
      } catch let error as ArchiveError {
        return .failure(error)
      }
    },
    reduce: { (outcome: Result<IdentifiedFile, ArchiveError>) in
      switch outcome {
      case .success(let file): identified.append(file)
      case .failure(let error): unreadable.append(error.diagnostic)
      }
      return FollowUp()
    })
  identified.sort { a, b in
    a.file.name == b.file.name
      ? (a.sha256 ?? "") < (b.sha256 ?? "")
      : a.file.name.utf8.lexicographicallyPrecedes(b.file.name.utf8)
  }
  return (identified, unreadable.sorted { $0.description < $1.description })
}
