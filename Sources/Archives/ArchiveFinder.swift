import Glibc

/// Turns the paths of a command line into the archives to be read.
package struct ArchiveFinder {
  /// What is below a folder and is not read.
  package struct Skipped: Equatable, Sendable {
    package enum Reason: String, Sendable {
      case hidden = "hidden"
      case appleDouble = "AppleDouble (._)"
      case companion = "checksum, signature or file of the system"
      case document = "document, program or configuration"
      case inTransfer = "name of a file that is still being written"
      case otherPacking = "packing that is not read"
      case otherContent = "neither JSON nor a packing of it"
      case empty = "empty"
      case folderLink = "link to a folder"
      case notAFile = "neither file nor folder"
      case unreadable = "cannot be opened"
      case unreadableFolder = "folder cannot be listed"

      /// Whether nobody would expect events in it.
      package var isHarmless: Bool {
        switch self {
        case .appleDouble, .companion, .document, .empty, .hidden: true
        case .inTransfer, .otherPacking, .otherContent, .folderLink, .notAFile,
          .unreadable, .unreadableFolder:
          false
        }
      }

      /// Whether the system refused it.
      package var isUnreadable: Bool { self == .unreadable || self == .unreadableFolder }
    }

    /// Below the folder that was given; that folder's or file's own name where it is itself meant.
    package let name: String
    package let reason: Reason
  }

  package struct Found: Equatable, Sendable {
    /// By name, bytewise; each file once.
    package var archives: [InputFile] = []
    /// By name, bytewise.
    package var skipped: [Skipped] = []
    /// Folders that were given and hold no archive, by their own names, bytewise.
    package var emptyFolders: [String] = []
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
  private var emptyFolders: [String] = []

  private init() {}

  /// Finds what to read.
  ///
  /// A file is taken whatever its name. In a folder, names only exclude: what has `jsonl`, `ndjson`,
  /// `json` or `log` in its name, rotated or not, is taken; of other files the first bytes decide. A
  /// file in a folder that cannot be opened is found nevertheless: opening it will report that.
  ///
  /// - Parameter paths: Files, folders, pipes, or `-` for standard input.
  /// - Throws: Where one of `paths` itself does not exist or is of another kind.
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
      let known = candidates.count
      if !search(Array(path.utf8), below: "") {
        skip(Self.ownName(of: path), .unreadableFolder)
      } else if candidates.count == known {
        emptyFolders.append(Self.ownName(of: path))
      }
    case S_IFREG, S_IFIFO, S_IFCHR:
      let name = Self.ownName(of: path)
      let isFile = status.st_mode & S_IFMT == S_IFREG
      candidates.append(
        Candidate(
          input: InputFile(name: name, path: path, kind: isFile ? .file : .stream),
          identity: Identity(status)))
    default:
      throw .notReadableKind(path: path)
    }
  }

  private static func ownName(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// - Parameter prefix: What the names below this folder start with.
  /// - Returns: Whether the folder could be listed.
  private mutating func search(_ folder: [UInt8], below prefix: String) -> Bool {
    guard let listing = unsafe opendir(folder.map { CChar(bitPattern: $0) } + [0]) else {
      return false
    }
    defer { unsafe closedir(listing) }
    while let entry = unsafe readdir(listing) {
      let bytes = unsafe withUnsafeBytes(of: &entry.pointee.d_name) {
        unsafe Array($0.prefix { $0 != 0 })
      }
      if bytes == Array(".".utf8) || bytes == Array("..".utf8) { continue }
      look(at: bytes, in: folder, below: prefix)
    }
    return true
  }

  private mutating func look(at bytes: [UInt8], in folder: [UInt8], below prefix: String) {
    let own = Self.shown(bytes)
    let name = prefix + own
    if own.hasPrefix("._") { return skip(name, .appleDouble) }
    if ArchiveName.isOfTheSystem(own) { return skip(name, .companion) }
    if own.hasPrefix(".") {
      return skip(name, ArchiveName.isOfRsync(own) ? .inTransfer : .hidden)
    }
    let path = folder.last == UInt8(ascii: "/") ? folder + bytes : folder + [0x2F] + bytes
    let terminated = path.map { CChar(bitPattern: $0) } + [0]
    var status = stat()
    var target = stat()
    guard unsafe lstat(terminated, &status) == 0 else { return skip(name, .notAFile) }
    let isLink = status.st_mode & S_IFMT == S_IFLNK
    target = status
    if isLink, unsafe stat(terminated, &target) != 0 { return skip(name, .notAFile) }
    switch target.st_mode & S_IFMT {
    case S_IFDIR where isLink:
      skip(name, .folderLink)
    case S_IFDIR:
      if !search(path, below: name + "/") { skip(name, .unreadableFolder) }
    case S_IFREG:
      let isText = String(validating: path, as: UTF8.self) != nil
      let input = InputFile(
        name: name, path: Self.shown(path), rawPath: isText ? nil : path)
      look(at: input, own, Identity(target))
    default:
      skip(name, .notAFile)
    }
  }

  /// A file: its name may exclude it, else its first bytes decide where the name does not.
  private mutating func look(at input: InputFile, _ own: String, _ identity: Identity) {
    switch ArchiveName.kind(own) {
    case .archive: break
    case .companion: return skip(input.name, .companion)
    case .inTransfer: return skip(input.name, .inTransfer)
    case .otherPacking: return skip(input.name, .otherPacking)
    case .open, .document:
      guard let first = FirstBytes.of(input) else { return skip(input.name, .unreadable) }
      let isDocument = ArchiveName.kind(own) == .document
      switch FirstBytes.kind(first) {
      case .archive: break
      case .otherPacking: return skip(input.name, isDocument ? .document : .otherPacking)
      case .empty: return skip(input.name, .empty)
      case .other: return skip(input.name, isDocument ? .document : .otherContent)
      }
    }
    candidates.append(Candidate(input: input, identity: identity))
  }

  /// Bytes as text; those that are not UTF-8 read `\xE9`.
  private static func shown(_ bytes: [UInt8]) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    var text = ""
    var at = 0
    while at < bytes.count {
      let lengths = [1, 2, 3, 4].filter { at + $0 <= bytes.count }
      if let length = lengths.first(where: {
        String(validating: bytes[at..<at + $0], as: UTF8.self) != nil
      }) {
        text += String(decoding: bytes[at..<at + length], as: UTF8.self)
        at += length
      } else {
        let hex = String(bytes[at], radix: 16, uppercase: true)
        text += "\\x" + (hex.utf8.count < 2 ? "0" : "") + hex
        at += 1
      }
    }
    return text
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
    Self.distinguish(&found.archives)
    found.skipped = skipped.sorted { precedes($0.name, $1.name) }
    found.emptyFolders = Set(emptyFolders).sorted(by: precedes)
    return found
  }

  /// Gives inputs of one name units that distinguish them, and sorts those of one name by these.
  private static func distinguish(_ inputs: inout [InputFile]) {
    var groups = Dictionary(grouping: inputs.indices) { inputs[$0].unit }
      .values.filter { $0.count > 1 }
    while !groups.isEmpty {
      var isSettled = true
      for index in groups.joined() {
        let folders = inputs[index].path.split(separator: "/")
        let known = inputs[index].unit.split(separator: "/").count
        guard folders.count > known else { continue }
        inputs[index].unit = "\(folders[folders.count - known - 1])/\(inputs[index].unit)"
        isSettled = false
      }
      guard !isSettled else { break }
      groups = groups.flatMap { group in
        Dictionary(grouping: group) { inputs[$0].unit }.values.filter { $0.count > 1 }
      }
    }
    inputs.sort { left, right in
      left.name.utf8.elementsEqual(right.name.utf8)
        ? precedes(left.unit, right.unit) : precedes(left.name, right.name)
    }
  }
}

private func precedes(_ left: String, _ right: String) -> Bool {
  left.utf8.lexicographicallyPrecedes(right.utf8)
}
