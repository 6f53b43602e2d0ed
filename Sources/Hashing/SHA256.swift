private import CCrypto

/// A running SHA-256 (libcrypto's, which uses the processor's instructions for it).
@safe package struct SHA256: ~Copyable {
  private let context: OpaquePointer

  package init() {
    guard let context = unsafe EVP_MD_CTX_new() else { fatalError("out of memory") }
    guard unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      fatalError("libcrypto offers no SHA-256")
    }
    unsafe self.context = context
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else {
      fatalError("libcrypto failed to hash")
    }
  }

  /// The hash of what has come so far; more may follow.
  package func digestSoFar() -> String {
    let copy = SHA256()
    guard unsafe EVP_MD_CTX_copy_ex(copy.context, context) == 1 else {
      fatalError("libcrypto failed to copy a hash")
    }
    return copy.finish()
  }

  /// The 32 bytes of the digest.
  package consuming func digest() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    let done = unsafe digest.withUnsafeMutableBufferPointer {
      unsafe EVP_DigestFinal_ex(context, $0.baseAddress, nil)
    }
    guard done == 1 else { fatalError("libcrypto failed to hash") }
    return digest
  }

  /// The digest in lower-case hexadecimal, as `sha256sum` prints it.
  package consuming func finish() -> String { Self.hexadecimal(digest()) }

  package static func digest(of bytes: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    unsafe bytes.withUnsafeBytes { unsafe hash.update($0) }
    return hash.digest()
  }

  /// As `sha256sum` prints it.
  package static func hexadecimal(of bytes: [UInt8]) -> String { hexadecimal(digest(of: bytes)) }

  private static func hexadecimal(_ digest: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
