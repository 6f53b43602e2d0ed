import Glibc

/// A file to read, by the name under which the report knows it.
package struct InputFile: Equatable, Sendable {
  /// The path below the folder that was given, the file's own name, or `-`.
  package var name: String
  package var path: String

  package init(name: String, path: String) {
    self.name = name
    self.path = path
  }
}

/// Turns the paths of a command line into the files to read.
package enum ArchiveFinder {
  package struct Found: Equatable, Sendable {
    /// Sorted by name, byte by byte; each file once, however often it was named.
    package var files: [InputFile] = []
    /// Files in folders that were passed over: hidden ones, `._*`, and those of other kinds.
    package var skipped = 0
  }

  private static let endings = [".jsonl", ".ndjson", ".json", ".log"]

  /// A file is taken as it is; of a folder, all archives below it.
  ///
  /// - Throws: ``ArchiveError`` where a path does not exist, or nothing at all is found.
  package static func find(_ paths: [String]) throws(ArchiveError) -> Found {
    var found = Found()
    var seen: Set<FileIdentity> = []
    for path in paths {
      if path == "-" {
        if !found.files.contains(where: { $0.path == "-" }) {
          found.files.append(InputFile(name: "-", path: "-"))
        }
        continue
      }
      guard let status = FileIdentity(path) else { throw .notFound(path: path) }
      if status.isFolder {
        try walk(path, below: "", &found, &seen)
      } else if seen.insert(status).inserted {
        found.files.append(
          InputFile(name: path.split(separator: "/").last.map(String.init) ?? path, path: path))
      }
    }
    guard !found.files.isEmpty else { throw .nothingFound(paths: paths) }
    found.files.sort { a, b in
      a.name == b.name
        ? a.path.utf8.lexicographicallyPrecedes(b.path.utf8)
        : a.name.utf8.lexicographicallyPrecedes(b.name.utf8)
    }
    return found
  }

  private static func walk(
    _ root: String, below folder: String, _ found: inout Found, _ seen: inout Set<FileIdentity>
  ) throws(ArchiveError) {
    let path = folder.isEmpty ? root : root + "/" + folder
    guard let directory = unsafe opendir(path) else {
      throw .unreadable(path: path, reason: unsafe String(cString: strerror(errno)))
    }
    defer { unsafe _ = closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) {
        unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    for name in names.sorted() {
      let below = folder.isEmpty ? name : folder + "/" + name
      guard !name.hasPrefix("."), let status = FileIdentity(root + "/" + below) else {
        found.skipped += 1
        continue
      }
      if status.isFolder {
        guard seen.insert(status).inserted else { continue }
        try walk(root, below: below, &found, &seen)
      } else if isArchive(name), status.isRegular {
        if seen.insert(status).inserted {
          found.files.append(InputFile(name: below, path: root + "/" + below))
        }
      } else {
        found.skipped += 1
      }
    }
  }

  private static func isArchive(_ name: String) -> Bool {
    let name = name.lowercased()
    return endings.contains { ending in
      ["", ".zst", ".gz"].contains { name.hasSuffix(ending + $0) }
    }
  }
}

/// Which file a path leads to, whatever it is called.
private struct FileIdentity: Hashable {
  var device: UInt64
  var inode: UInt64
  var isFolder: Bool
  var isRegular: Bool

  init?(_ path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    isFolder = status.st_mode & S_IFMT == S_IFDIR
    isRegular = status.st_mode & S_IFMT == S_IFREG
  }
}
