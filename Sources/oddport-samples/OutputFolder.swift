import ArgumentParser
import Glibc

/// Where files are written, with their folders.
struct OutputFolder {
  private let root: String

  init(_ root: String) { self.root = root }

  /// - Throws: `ValidationError` that names the file when it cannot be written.
  func write(_ bytes: [UInt8], to path: String) throws {
    var folder = root
    for part in path.split(separator: "/").dropLast() {
      unsafe mkdir(folder, 0o777)
      folder += "/\(part)"
    }
    unsafe mkdir(folder, 0o777)
    let file = try OutputFile(root + "/" + path)
    try file.append(bytes)
    try file.close()
  }
}

/// A file that is being written.
@safe struct OutputFile: ~Copyable {
  private let path: String
  private let stream: UnsafeMutablePointer<FILE>

  /// - Throws: `ValidationError` that names the file when it cannot be opened.
  init(_ path: String) throws {
    guard let stream = unsafe fopen(path, "wb") else {
      throw ValidationError("\(path): cannot be written; is the folder there and writable?")
    }
    self.path = path
    unsafe self.stream = stream
  }

  func append(_ bytes: [UInt8]) throws {
    let written = unsafe bytes.withUnsafeBytes { bytes in
      unsafe fwrite(bytes.baseAddress, 1, bytes.count, stream)
    }
    if written != bytes.count { throw ValidationError("\(path): the disk is full") }
  }

  consuming func close() throws {
    if unsafe fclose(stream) != 0 { throw ValidationError("\(path): the disk is full") }
  }
}
