/// What a file's name says: names only exclude, the content decides.
enum ArchiveName {
  enum Kind {
    /// Looks like an archive, also after rotation: `x.jsonl.1`, `x.log-20240501.zst`, `X.JSONL.ZST`.
    case archive
    /// A checksum, a signature or a file of the system, which never holds events.
    case companion
    /// Still being written under a name for the meantime.
    case inTransfer
    /// A packing that oddport does not read.
    case otherPacking
    /// Something that people and programs put beside archives. The content has the last word.
    case document
    /// The content has to say.
    case open
  }

  private static let logs: Set<Substring> = ["jsonl", "ndjson", "json", "log"]
  private static let companions: Set<Substring> = [
    "sha256", "sha512", "sha1", "md5", "sha256sum", "sha512sum", "sha1sum", "md5sum", "sig", "asc",
    "minisig", "crc", "crc32", "sfv", "b2", "b3", "par2",
  ]
  private static let documents: Set<Substring> = [
    "md", "rst", "adoc", "pdf", "html", "htm", "doc", "docx", "xlsx", "pptx", "odt", "png", "jpg",
    "jpeg", "svg", "sh", "bash", "py", "pl", "ps1", "bat", "cmd", "exe", "yaml", "yml", "toml",
    "ini",
    "conf", "cfg", "service", "timer", "pid", "ledger", "ledger-wal", "ledger-shm",
  ]
  /// What such files are called before their first dot.
  private static let documentNames: Set<Substring> = [
    "readme", "license", "licence", "copying", "notice", "authors", "contributing", "changelog",
    "changes", "news", "todo", "makefile", "dockerfile", "manifest", "index", "checksums",
    "sha256sums", "sha512sums", "sha1sums", "md5sums",
  ]
  private static let inTransfer: Set<Substring> = [
    "tmp", "temp", "part", "partial", "filepart", "crdownload", "swp", "lock",
  ]
  private static let otherPackings: Set<Substring> = [
    "bz2", "xz", "lzma", "zip", "7z", "rar", "lz4", "tar", "tgz", "evtx",
  ]
  /// Names of file systems and desktops.
  private static let systemNames: Set<String> = [
    ".ds_store", "thumbs.db", "desktop.ini", "lost+found", ".git", ".gitignore", ".gitkeep",
    ".gitattributes", ".keep", ".trash", ".trashes", ".spotlight-v100", ".fseventsd",
    ".snapshot", ".zfs", ".stfolder",
  ]

  static func kind(_ name: String) -> Kind {
    let name = name.lowercased()
    if isOfTheSystem(name) { return .companion }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false).dropFirst()
    if let last = parts.last {
      if companions.contains(last) { return .companion }
      if inTransfer.contains(last) { return .inTransfer }
      if otherPackings.contains(last) { return .otherPacking }
    }
    // `log-20240501` is a `log` that was rotated.
    if parts.contains(where: { logs.contains($0.prefix { $0 != "-" && $0 != "_" }) }) {
      return .archive
    }
    let isDocument =
      parts.last.map(documents.contains) ?? false
      || documentNames.contains(name.prefix { $0 != "." })
    return isDocument ? .document : .open
  }

  /// Whether rsync is receiving an archive under this name: `.x.jsonl.zst.a1B2c3`.
  static func isOfRsync(_ name: String) -> Bool {
    let parts = name.lowercased().split(separator: ".")
    guard name.hasPrefix("."), parts.count > 2, let last = parts.last, last.utf8.count == 6 else {
      return false
    }
    return ["zst", "gz"].contains(parts[parts.count - 2])
      || kind(parts.dropLast().joined(separator: ".")) == .archive
  }

  static func isOfTheSystem(_ name: String) -> Bool {
    let name = name.lowercased()
    return systemNames.contains(name) || name.hasPrefix(".nfs") || name.hasPrefix(".trash-")
  }
}
