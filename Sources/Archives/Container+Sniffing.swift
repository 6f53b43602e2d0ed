import Facts

extension Container {
  /// Maximum number of first bytes that ``init(name:firstBytes:)`` looks at.
  static let sniffedBytes = 4

  /// Tells the container of a file.
  ///
  /// A name that ends in `.zst` is a promise: such a file is read as zstd, and is damaged
  /// where it is not. Every other name is ignored, and the first bytes decide.
  init(name: String, firstBytes: [UInt8]) {
    if name.hasSuffix(".zst") {
      self = .zstd
    } else if firstBytes.count >= 4, ZstdFrame.isMagic(littleEndian(firstBytes)) {
      self = .zstd
    } else if firstBytes.starts(with: GzipUnpacker.magic) {
      self = .gzip
    } else {
      self = .plain
    }
  }
}

/// The first four bytes as a number.
private func littleEndian(_ bytes: [UInt8]) -> UInt32 {
  bytes.prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
}
