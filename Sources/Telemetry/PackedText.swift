import CZlib

/// A text that is packed with gzip (RFC 1952) in base64, as CloudWatch Logs sends its subscribers.
enum PackedText {
  /// Nothing that is logged is packed smaller than this; what is would keep the reader busy for long.
  private static let maxRatio = 40
  private static let minRoom = 64 << 10
  private static let maxRoom = 64 << 20

  /// What was packed; nil where it is damaged, or unpacks to far more than a log does.
  ///
  /// - Complexity: O(*n*) in the packed bytes.
  static func unpack(_ packed: [UInt8]) -> [UInt8]? {
    guard packed.count <= maxRoom / maxRatio else { return nil }
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    defer { unsafe stream.deallocate() }
    // 15: the largest window there is; 16: gzip, with header and checksum.
    guard
      unsafe inflateInit2_(
        stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return nil }
    defer { unsafe inflateEnd(stream) }
    let room = max(minRoom, packed.count * maxRatio)
    var isWhole = false
    let unpacked = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, filled in
      unsafe packed.withUnsafeBufferPointer { packed in
        // zlib does not write to its input; its type merely predates const.
        unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: packed.baseAddress)
        unsafe stream.pointee.avail_in = UInt32(packed.count)
        unsafe stream.pointee.next_out = buffer.baseAddress
        unsafe stream.pointee.avail_out = UInt32(room)
        isWhole = unsafe inflate(stream, Z_FINISH) == Z_STREAM_END
        filled = room - Int(unsafe stream.pointee.avail_out)
      }
    }
    return isWhole ? unpacked : nil
  }
}
