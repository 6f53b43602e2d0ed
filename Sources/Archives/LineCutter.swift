import Glibc

/// Cuts the unpacked bytes of one chunk into slices of whole lines.
///
/// What belongs to lines that reach over the chunk's ends is kept apart as ``head`` and ``tail``.
/// A line longer than ``maximumLineBytes`` is in no slice, however the bytes come in.
struct LineCutter {
  let maximumLineBytes: Int
  /// The bytes before the first LF, until that was seen; nil in the first chunk of an archive,
  /// where they are a whole line, and where there is no LF.
  private(set) var head: LineFragment?
  private(set) var tail = LineFragment()
  private(set) var hasLineFeed = false
  /// Where in the chunk overlong lines start that end in it too.
  private(set) var overlongLines: [Int] = []
  /// The place in the chunk of the first byte of the buffer.
  private(set) var base = 0
  /// What followed the slice in the last buffer.
  private var carry: [UInt8] = []
  /// Number of bytes at the start of the buffer that are known to hold no LF.
  private var searched = 0
  private var awaitsHead: Bool
  /// The length so far of an overlong line that is being thrown away.
  private var droppedBytes = 0
  /// Length so far of the line that the chunk continues.
  private let openLineBytes: Int
  /// The longest piece of that line that is taken without knowing how long it is.
  private let patientLineBytes: Int
  /// Whether the chunk has to be read again when that is known; it has given no slice.
  private(set) var isPutOff = false

  /// - Parameter openLineBytes: Length of the line that the chunk continues, as far as it is known.
  init(isFirst: Bool, limits: ReadingLimits, openLineBytes: Int?) {
    maximumLineBytes = limits.maximumLineBytes
    self.openLineBytes = openLineBytes ?? 0
    patientLineBytes = openLineBytes == nil ? limits.patientLineBytes : .max
    awaitsHead = !isFirst
  }

  /// Starts a buffer with what the last one left over.
  func resume(_ buffer: inout SliceBuffer) {
    buffer.empty()
    unsafe carry.withUnsafeBytes { unsafe buffer.append($0) }
  }

  /// Looks for whole lines in `buffer`, and sets its slice to them.
  /// - Returns: The slice's place in the chunk; then continue with ``resume(_:)``. It may be empty,
  ///   where its lines were of no use. Nil where there is no LF; then continue with more bytes.
  mutating func cut(_ buffer: inout SliceBuffer) -> Int? {
    guard let last = unsafe lastLineFeed(buffer.contents, from: searched) else {
      searched = buffer.filled
      let line = searched + droppedBytes
      if awaitsHead, line > patientLineBytes { isPutOff = true }
      if line > maximumLineBytes - (awaitsHead ? min(openLineBytes, maximumLineBytes) : 0) {
        droppedBytes += searched
        base += searched
        searched = 0
        buffer.filled = 0
      }
      return nil
    }
    var start = 0
    if awaitsHead || droppedBytes > 0 {
      start = finishFirstLine(buffer)
    }
    hasLineFeed = true
    let (slice, rest) = wholeLines(buffer, start, last + 1)
    buffer.sliceRange = slice
    searched = rest > last ? buffer.filled - rest : 0
    carry.removeAll(keepingCapacity: carry.count < 1 << 20)
    unsafe carry.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer.contents[rest...]))
    let place = base + slice.lowerBound
    base += rest
    return place
  }

  /// Ends the chunk with what `buffer` still holds: no LF is among it.
  mutating func finish(_ buffer: borrowing SliceBuffer) {
    if droppedBytes > 0 {
      tail = LineFragment(droppedBytes: droppedBytes + buffer.filled)
    } else {
      unsafe tail.append(buffer.contents, maximum: maximumLineBytes)
    }
  }

  /// Takes the line at the start of the buffer away: the head, or the rest of an overlong line.
  /// - Returns: Where the next line starts.
  private mutating func finishFirstLine(_ buffer: borrowing SliceBuffer) -> Int {
    guard let first = unsafe firstLineFeed(buffer.contents, from: searched) else { return 0 }
    if awaitsHead {
      awaitsHead = false
      var fragment = LineFragment(droppedBytes: droppedBytes)
      unsafe fragment.append(
        UnsafeRawBufferPointer(rebasing: buffer.contents[..<first]), maximum: maximumLineBytes)
      head = fragment
    } else {
      overlongLines.append(base - droppedBytes)
    }
    droppedBytes = 0
    return first + 1
  }

  /// The lines from `start` on, up to the first overlong one.
  /// - Returns: The slice, and where to go on: after the slice, or after the overlong line.
  private mutating func wholeLines(_ buffer: borrowing SliceBuffer, _ start: Int, _ end: Int)
    -> (slice: Range<Int>, rest: Int)
  {
    // Not longer than one line may be: so none in it is. This is the case but for tiny maxima.
    if end - start <= maximumLineBytes + 1 { return (start..<end, end) }
    var line = start
    while line < end, let feed = unsafe firstLineFeed(buffer.contents, from: line) {
      if feed - line > maximumLineBytes {
        overlongLines.append(base + line)
        return (start..<line, feed + 1)
      }
      line = feed + 1
    }
    return (start..<end, end)
  }
}

/// The first LF at or after `start`.
private func firstLineFeed(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
  guard start < bytes.count, let base = bytes.baseAddress else { return nil }
  return unsafe memchr(base + start, 10, bytes.count - start).map {
    unsafe UnsafeRawPointer($0) - base
  }
}

/// The last LF at or after `start`. Lines are short: it is looked for from the end, byte by byte.
private func lastLineFeed(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
  var index = bytes.count
  while index > start {
    index -= 1
    if unsafe bytes[index] == 10 { return index }
  }
  return nil
}
