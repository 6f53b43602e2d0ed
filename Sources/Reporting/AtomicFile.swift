/// A file name and its contents, to be written.
package struct OutputFile: Equatable, Sendable {
  /// Our own words, never a field value.
  package var name: String
  package var bytes: [UInt8]

  package init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }
}

/// Writes a file under a temporary name and renames it into place.
package enum AtomicFile {
  /// Replaces the file at `path`: a reader sees the former one or the whole new one, and a run
  /// that is killed leaves the former. A device or a pipe is written to as it is.
  ///
  /// - Parameter isForAll: Whether every user may read it, whatever the mask of the process: a collector runs as
  ///   another user than the hunt.
  /// - Throws: ``OutputError``; the former file is untouched then.
  package static func write(
    _ bytes: [UInt8], to path: String, isForAll: Bool = false
  ) throws(OutputError) {
    do {
      try write(to: path, isForAll: isForAll) { append in try append(bytes) }
    } catch let error as OutputError {
      throw error
    } catch {
      preconditionFailure("nothing else is thrown: \(error)")
    }
  }

  /// The same for bytes that arrive in pieces.
  ///
  /// - Parameter body: Calls `append` with the bytes, in order.
  /// - Throws: What `body` throws, or ``OutputError``.
  package static func write(
    to path: String, isForAll: Bool = false,
    _ body: (_ append: ([UInt8]) throws(OutputError) -> Void) throws -> Void
  ) throws {
    switch try Disk.kind(of: path) {
    case .directory:
      throw OutputError.failed(path: path, step: "write to it", reason: "it is a directory")
    case .other: return try Disk.append(to: path, body)
    case .file, nil: break
    }
    let target = Disk.resolved(path) ?? path
    let leftovers = Leftovers(of: target)
    leftovers.remove { Disk.removeFile($0) }
    let partial = leftovers.name(.partial)
    do {
      try Disk.create(partial, body)
      let former = Disk.permissions(of: target)
      if isForAll {
        try Disk.setPermissions((former ?? 0o644) | 0o444, of: partial)
      } else if let former {
        try Disk.setPermissions(former, of: partial)
      }
      try Disk.move(partial, to: target)
    } catch {
      Disk.removeFile(partial)
      throw error
    }
    Disk.settle(leftovers.parent)
  }
}
