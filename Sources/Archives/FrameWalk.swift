import CZstd

/// Walks the frames of a zstd archive by their headers (RFC 8878, 3.1); inflates nothing.
struct FrameWalk {
  struct Frame {
    var start: Int
    var end: Int
    /// Unpacked bytes: as the header states them, else a guess from the packed ones.
    var unpacked: Int
  }

  /// Logs pack to a tenth or less; where no size is stated this is taken.
  private static let guessedRatio = 12

  private let archive: Archive
  private var at = 0
  /// Frames with data so far.
  private(set) var frames = 0

  init(archive: Archive) { self.archive = archive }

  static func isMagic(_ value: UInt32) -> Bool {
    value == ZSTD_MAGICNUMBER.littleEndian || isSkippable(value)
  }

  static func isSkippable(_ value: UInt32) -> Bool { value & 0xFFFF_FFF0 == 0x184D_2A50 }

  /// The next whole frame; nil at the end, and where the bytes are no whole frame any more.
  mutating func next() -> Frame? {
    let left = unsafe UnsafeRawBufferPointer(rebasing: archive.mapped[at...])
    guard left.count >= 8 else { return nil }
    let size = unsafe ZSTD_findFrameCompressedSize(left.baseAddress, left.count)
    guard ZSTD_isError(size) == 0 else { return nil }
    let start = at
    at += size
    if unsafe Self.isSkippable(left.loadUnaligned(as: UInt32.self)) {
      return Frame(start: start, end: at, unpacked: 0)
    }
    frames += 1
    let stated = unsafe ZSTD_getFrameContentSize(left.baseAddress, left.count)
    let isStated = stated < UInt64(Int32.max) << 16
    return Frame(
      start: start, end: at, unpacked: isStated ? Int(stated) : size * Self.guessedRatio)
  }
}
