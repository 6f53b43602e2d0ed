import Glibc

/// Turns the paths of a command line into the archives to be read.
package struct ArchiveFinder {
  /// What lies below a folder and is not read.
  package struct Skipped: Equatable, Sendable {
    package enum Reason: String, Sendable {
      case hidden = "hidden"
      case appleDouble = "AppleDouble (._)"
      case otherName = "name of another kind"
      case folderLink = "link to a folder"
      case notAFile = "neither file nor folder"
      case notUTF8 = "name is not UTF-8"
      case unreadableFolder = "folder cannot be listed"
    }

    /// Below the folder that was given.
    package let name: String
    package let reason: Reason
  }

  package struct Found: Equatable, Sendable {
    /// By name, bytewise; each file once.
    package var archives: [InputFile] = []
    /// By name, bytewise.
    package var skipped: [Skipped] = []
  }

  /// A file is the same file by whatever path it is reached.
  private struct Identity: Hashable {
    let device: UInt
    let inode: UInt

    init(_ status: stat) {
      device = UInt(status.st_dev)
      inode = UInt(status.st_ino)
    }
  }

  private struct Candidate {
    let input: InputFile
    let identity: Identity?
  }

  private var candidates: [Candidate] = []
  private var skipped: [Skipped] = []

  private init() {}

  /// Finds what is to be read.
  ///
  /// A file is taken whatever its name, a folder is searched for `*.jsonl`, `*.ndjson`, `*.json`
  /// and `*.log`, each also with `.zst` or `.gz`. A file in a folder that cannot be opened is found
  /// all the same: opening it will say so.
  ///
  /// - Parameter paths: Files, folders, pipes, or `-` for standard input.
  /// - Throws: Where one of `paths` itself does not exist or cannot be read.
  package static func find(paths: [String]) throws(ArchiveError) -> Found {
    var finder = ArchiveFinder()
    for path in paths { try finder.take(path) }
    return finder.found()
  }

  private mutating func take(_ path: String) throws(ArchiveError) {
    if path == "-" {
      candidates.append(Candidate(input: .standardInput, identity: nil))
      return
    }
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      throw errno == ENOENT || errno == ENOTDIR
        ? .missing(path: path) : .unreadable(path: path, reason: systemReason())
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR:
      guard search(path, below: "") else {
        throw .unreadable(path: path, reason: systemReason())
      }
    case S_IFREG, S_IFIFO, S_IFCHR:
      guard unsafe access(path, R_OK) == 0 else {
        throw .unreadable(path: path, reason: systemReason())
      }
      let name = path.split(separator: "/").last.map(String.init) ?? path
      let isFile = status.st_mode & S_IFMT == S_IFREG
      candidates.append(
        Candidate(
          input: InputFile(name: name, path: path, kind: isFile ? .file : .stream),
          identity: Identity(status)))
    default:
      throw .notReadableKind(path: path)
    }
  }

  /// - Parameter prefix: What the names below this folder start with.
  /// - Returns: Whether the folder could be listed.
  private mutating func search(_ folder: String, below prefix: String) -> Bool {
    guard let listing = unsafe opendir(folder) else { return false }
    defer { unsafe closedir(listing) }
    while let entry = unsafe readdir(listing) {
      let bytes = unsafe withUnsafeBytes(of: &entry.pointee.d_name) {
        unsafe Array($0.prefix { $0 != 0 })
      }
      if bytes == Array(".".utf8) || bytes == Array("..".utf8) { continue }
      guard let name = String(validating: bytes, as: UTF8.self) else {
        skip(prefix + String(decoding: bytes, as: UTF8.self), .notUTF8)
        continue
      }
      look(at: name, in: folder, below: prefix)
    }
    return true
  }

  private mutating func look(at name: String, in folder: String, below prefix: String) {
    if name.hasPrefix("._") { return skip(prefix + name, .appleDouble) }
    if name.hasPrefix(".") { return skip(prefix + name, .hidden) }
    let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
    var status = stat()
    var target = stat()
    guard unsafe lstat(path, &status) == 0 else { return skip(prefix + name, .notAFile) }
    let isLink = status.st_mode & S_IFMT == S_IFLNK
    target = status
    if isLink, unsafe stat(path, &target) != 0 { return skip(prefix + name, .notAFile) }
    switch target.st_mode & S_IFMT {
    case S_IFDIR where isLink:
      skip(prefix + name, .folderLink)
    case S_IFDIR:
      if !search(path, below: prefix + name + "/") { skip(prefix + name, .unreadableFolder) }
    case S_IFREG where Self.isArchive(name):
      candidates.append(
        Candidate(
          input: InputFile(name: prefix + name, path: path), identity: Identity(target)))
    case S_IFREG:
      skip(prefix + name, .otherName)
    default:
      skip(prefix + name, .notAFile)
    }
  }

  private mutating func skip(_ name: String, _ reason: Skipped.Reason) {
    skipped.append(Skipped(name: name, reason: reason))
  }

  /// Sorted, so that the order of arguments and of folders does not show.
  private consuming func found() -> Found {
    candidates.sort { left, right in
      precedes(left.input.name, right.input.name)
        || left.input.name.utf8.elementsEqual(right.input.name.utf8)
          && precedes(left.input.path, right.input.path)
    }
    var seen: Set<Identity> = []
    var hasStandardInput = false
    var found = Found()
    for candidate in candidates {
      if let identity = candidate.identity {
        guard seen.insert(identity).inserted else { continue }
      } else {
        guard !hasStandardInput else { continue }
        hasStandardInput = true
      }
      found.archives.append(candidate.input)
    }
    found.skipped = skipped.sorted { precedes($0.name, $1.name) }
    return found
  }

  private static func isArchive(_ name: String) -> Bool {
    var stem = name[...]
    for packing in [".zst", ".gz"] where stem.hasSuffix(packing) {
      stem = stem.dropLast(packing.count)
      break
    }
    return [".jsonl", ".ndjson", ".json", ".log"].contains { stem.hasSuffix($0) }
  }
}

private func precedes(_ left: String, _ right: String) -> Bool {
  left.utf8.lexicographicallyPrecedes(right.utf8)
}
