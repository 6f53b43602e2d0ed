private import CZlib
private import CZstd

/// The libraries that decompress archives.
package enum CompressionLibraries {
  /// Names and versions, as the libraries that are loaded state them: `zstd 1.5.4`, `zlib 1.2.13`.
  package static var namesAndVersions: [String] {
    unsafe [
      "zstd " + String(cString: ZSTD_versionString()), "zlib " + String(cString: zlibVersion()),
    ]
  }
}
