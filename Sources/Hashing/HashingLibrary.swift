private import CCrypto

/// The library that computes hashes.
package enum HashingLibrary {
  /// Name and version, as the library that is loaded states them: `OpenSSL 3.0.19`.
  package static var nameAndVersion: String {
    unsafe "OpenSSL " + String(cString: OpenSSL_version(OPENSSL_VERSION_STRING))
  }
}
