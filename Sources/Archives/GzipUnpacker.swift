import CZlib
import Facts

/// One worker's gzip context (RFC 1952): any number of members, one after the other.
@safe struct GzipUnpacker: ~Copyable {
  static let magic: [UInt8] = [0x1F, 0x8B]
  private static let roomBytes = 128 << 10

  /// zlib keeps its address, so it must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var isInsideMember = false

  init() {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // 15: the largest window there is; 16: gzip, with header and checksum.
    guard
      unsafe inflateInit2_(
        stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { fatalError("out of memory") }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  mutating func begin() {
    unsafe inflateReset(stream)
    isInsideMember = false
  }

  /// Unpacks until `buffer` holds `target` bytes or there are no more.
  mutating func unpack(
    from source: inout ByteSource, into buffer: inout SliceBuffer, until target: Int
  ) -> UnpackProgress {
    while buffer.filled < target {
      if !isInsideMember {
        let magicBytes = source.available(Self.magic.count)
        if magicBytes == 0 { return source.damage.map { .damaged($0) } ?? .ended }
        guard unsafe source.window.starts(with: Self.magic) else {
          let isCut = unsafe magicBytes == 1 && source.window[0] == Self.magic[0]
          return .damaged(
            ArchiveDamage(
              offset: source.offset,
              reason: isCut
                ? "truncated in gzip header" : "bytes after the last member are not gzip"))
        }
        unsafe inflateReset(stream)
        isInsideMember = true
      }
      if let damage = inflateSome(from: &source, into: &buffer) { return .damaged(damage) }
    }
    return .more
  }

  private mutating func inflateSome(
    from source: inout ByteSource, into buffer: inout SliceBuffer
  ) -> ArchiveDamage? {
    let count = min(source.available(1), Int(UInt32.max))
    guard count > 0 else {
      return source.damage
        ?? ArchiveDamage(offset: source.offset, reason: "truncated in gzip member")
    }
    buffer.reserve(Self.roomBytes)
    let room = min(unsafe buffer.room.count, Int(UInt32.max))
    // zlib does not write to its input; its type merely predates const.
    unsafe stream.pointee.next_in = UnsafeMutablePointer(
      mutating: source.window.baseAddress?.assumingMemoryBound(to: UInt8.self))
    unsafe stream.pointee.avail_in = UInt32(count)
    unsafe stream.pointee.next_out = buffer.room.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe stream.pointee.avail_out = UInt32(room)
    let status = unsafe inflate(stream, Z_NO_FLUSH)
    buffer.filled += room - Int(unsafe stream.pointee.avail_out)
    _ = source.skip(count - Int(unsafe stream.pointee.avail_in))
    switch status {
    case Z_OK, Z_BUF_ERROR:
      return nil
    case Z_STREAM_END:
      isInsideMember = false
      return nil
    default:
      let message = unsafe stream.pointee.msg.map { unsafe String(cString: $0) }
      return ArchiveDamage(
        offset: source.offset, reason: "corrupt gzip: " + (message ?? "error \(status)"))
    }
  }
}
