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
    /// The content has to say.
    case open
  }

  private static let logs: Set<Substring> = ["jsonl", "ndjson", "json", "log"]
  private static let companions: Set<Substring> = [
    "sha256", "sha512", "sha1", "md5", "sha256sum", "md5sum", "sig", "asc", "minisig",
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
    return parts.contains { logs.contains($0.prefix { $0 != "-" && $0 != "_" }) } ? .archive : .open
  }

  static func isOfTheSystem(_ name: String) -> Bool {
    let name = name.lowercased()
    return systemNames.contains(name) || name.hasPrefix(".nfs") || name.hasPrefix(".trash-")
  }
}
