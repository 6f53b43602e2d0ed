import CCrypto
import Glibc

/// How the bytes of an archive are packed, told by its first bytes.
package enum Container: String, Sendable {
  case zstd, gzip, plain
}

/// One file, mapped into memory for reading; or standard input, which can be read once.
@safe package final class Archive: @unchecked Sendable {
  package let file: InputFile
  /// The mapped bytes; none for standard input and for an empty file.
  let mapped: UnsafeRawBufferPointer
  package let isStandardInput: Bool
  package let container: Container
  /// The name promises zstd, and the bytes are something else.
  package let breaksItsName: Bool
  /// zstd frames with data, once the archive was cut into chunks.
  package internal(set) var frameCount = 0

  package init(_ file: InputFile) throws(ArchiveError) {
    self.file = file
    if file.path == "-" {
      isStandardInput = true
      unsafe mapped = UnsafeRawBufferPointer(start: nil, count: 0)
      container = .plain
      breaksItsName = false
      return
    }
    isStandardInput = false
    func failure() -> ArchiveError {
      .unreadable(path: file.path, reason: unsafe String(cString: strerror(errno)))
    }
    let descriptor = unsafe open(file.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure() }
    defer { _ = close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw failure() }
    let size = Int(status.st_size)
    if size == 0 {
      unsafe mapped = UnsafeRawBufferPointer(start: nil, count: 0)
    } else {
      let start = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
      guard let start = unsafe start, unsafe start != MAP_FAILED else { throw failure() }
      unsafe _ = madvise(start, size, MADV_SEQUENTIAL)
      unsafe mapped = UnsafeRawBufferPointer(start: start, count: size)
    }
    let sniffed = unsafe Self.container(of: mapped)
    let promisesZstd = file.name.lowercased().hasSuffix(".zst")
    container = promisesZstd ? .zstd : sniffed
    breaksItsName = promisesZstd && sniffed != .zstd
  }

  deinit {
    guard let start = unsafe mapped.baseAddress else { return }
    unsafe _ = munmap(UnsafeMutableRawPointer(mutating: start), mapped.count)
  }

  /// Bytes on disk; 0 for standard input.
  package var byteCount: Int { unsafe mapped.count }

  static func container(of bytes: UnsafeRawBufferPointer) -> Container {
    if bytes.count >= 4, unsafe FrameWalk.isMagic(bytes.loadUnaligned(as: UInt32.self)) {
      return .zstd
    }
    if bytes.count >= 2, unsafe bytes[0] == 0x1F, unsafe bytes[1] == 0x8B { return .gzip }
    return .plain
  }

  /// SHA-256 of the bytes on disk, as `sha256sum` prints it.
  package func sha256() -> String {
    let hash = SHA256Hash()
    unsafe hash.update(mapped)
    return hash.hexadecimal()
  }
}

/// SHA-256 over parts, by the system's libcrypto.
@safe package final class SHA256Hash {
  private let context: OpaquePointer

  package init() {
    guard let context = unsafe EVP_MD_CTX_new(),
      unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
    else { fatalError("libcrypto knows no SHA-256") }
    unsafe self.context = context
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  package func update(_ bytes: UnsafeRawBufferPointer) {
    unsafe _ = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
  }

  package func update(_ bytes: [UInt8]) { unsafe bytes.withUnsafeBytes { unsafe update($0) } }

  /// The digest in lower-case hexadecimal; nothing can be added after it.
  package func hexadecimal() -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    unsafe _ = EVP_DigestFinal_ex(context, &digest, nil)
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
