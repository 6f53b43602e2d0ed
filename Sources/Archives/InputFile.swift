import Glibc

/// Something to be read: what the report calls it, and where it lies.
package struct InputFile: Equatable, Sendable {
  /// What lies there.
  package enum Kind: Sendable {
    /// Can be read anywhere, by several workers.
    case file
    /// Standard input or a pipe: can be read once, from the start to the end.
    case stream
  }

  /// Below the folder that was given, with `/`; the file's own name where a file was given; `-` for
  /// standard input. Never says where on the machine it lies.
  package let name: String
  package let path: String
  package let kind: Kind

  package init(name: String, path: String, kind: Kind = .file) {
    self.name = name
    self.path = path
    self.kind = kind
  }

  /// What it takes on disk now; 0 for a stream, and for what is not there.
  package var bytesOnDisk: Int {
    var status = stat()
    return unsafe kind == .file && stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  package static let standardInput = InputFile(name: "-", path: "-", kind: .stream)
}
