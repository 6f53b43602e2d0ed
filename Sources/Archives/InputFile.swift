import Glibc

/// Something to be read: what the report calls it, and where it is.
package struct InputFile: Equatable, Sendable {
  /// What kind of input it is.
  package enum Kind: Sendable {
    /// Can be read anywhere, by several workers.
    case file
    /// Standard input or a pipe: can be read once, from the start to the end.
    case stream
  }

  /// Below the folder that was given, with `/`; the file's own name where a file was given; `-` for
  /// standard input. Never says where on the machine it is. Bytes that are not UTF-8 read `\xE9`.
  package let name: String
  /// The name, preceded by as many of the folders above it as distinguish it from the other inputs of
  /// the run: so it is distinct, and as long as the folders that distinguish inputs are below a mount point,
  /// the same on every machine.
  package internal(set) var unit: String
  /// As messages show it; bytes that are not UTF-8 read as in ``name``.
  package let path: String
  package let kind: Kind
  /// The path that the system knows, where ``path`` cannot hold it.
  private let rawPath: [UInt8]?

  package init(name: String, path: String, kind: Kind = .file, rawPath: [UInt8]? = nil) {
    self.name = name
    unit = name
    self.path = path
    self.kind = kind
    self.rawPath = rawPath
  }

  /// Calls `body` with the path as the system wants it.
  func withSystemPath<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    guard let rawPath else { return unsafe path.withCString { unsafe body($0) } }
    return unsafe (rawPath.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer {
      guard let start = $0.baseAddress else { preconditionFailure("a path without its end") }
      return unsafe body(start)
    }
  }

  /// Its size on disk now; 0 for a stream, and for what is not there.
  package var bytesOnDisk: Int { status.map { Int($0.st_size) } ?? 0 }

  /// When it was last written, in seconds since 1970; nil for a stream, and for what is not there.
  package var modifiedSecond: Int64? { status.map { Int64($0.st_mtim.tv_sec) } }

  private var status: stat? {
    guard kind == .file else { return nil }
    var status = stat()
    return unsafe withSystemPath { unsafe stat($0, &status) } == 0 ? status : nil
  }

  package static let standardInput = InputFile(name: "-", path: "-", kind: .stream)

  /// Standard input under the name that the report gives it.
  package static func standardInput(named name: String) -> InputFile {
    InputFile(name: name, path: "-", kind: .stream)
  }

  /// Where a plan's archive is on this machine: below one of the folders that are given, or one of the files.
  /// Nothing is listed.
  ///
  /// - Parameters:
  ///   - name: As the report names it.
  ///   - unit: As the plan tells it from others: the name, and folders above it where it takes some.
  ///   - paths: Files and folders, as they were given when the plan was made, wherever they are mounted.
  /// - Returns: Where it is, or where it would be; nil where none of `paths` can hold it.
  package static func planned(_ name: String, unit: String, below paths: [String]) -> InputFile? {
    var candidates: [InputFile] = []
    for path in paths {
      let path = path.hasSuffix("/") ? String(path.dropLast()) : path
      for full in [path, path + "/" + name]
      where ("/" + full).utf8.suffix(unit.utf8.count + 1).elementsEqual(("/" + unit).utf8) {
        var file = InputFile(name: name, path: full, rawPath: rawPath(full))
        file.unit = unit
        candidates.append(file)
      }
    }
    return candidates.first { $0.status != nil } ?? candidates.first
  }

  /// The bytes of a path in which `\xE9` is a byte that is not UTF-8; nil where it is as it reads.
  private static func rawPath(_ shown: String) -> [UInt8]? {
    guard shown.utf8.contains(UInt8(ascii: "\\")),
      InputFile(name: "", path: shown).status == nil
    else { return nil }
    let bytes = Array(shown.utf8)
    var raw: [UInt8] = []
    var at = 0
    while at < bytes.count {
      if at + 4 <= bytes.count, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "x"),
        let byte = UInt8(String(decoding: bytes[at + 2..<at + 4], as: UTF8.self), radix: 16)
      {
        raw.append(byte)
        at += 4
      } else {
        raw.append(bytes[at])
        at += 1
      }
    }
    return raw
  }
}
