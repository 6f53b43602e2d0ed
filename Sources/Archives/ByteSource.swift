import Facts
import Glibc
import Hashing

/// The packed bytes of an archive, in order, through a window.
///
/// Files are read with `pread`, not mapped: equally fast, small in memory, and a file that shrinks
/// meanwhile is an early end, not a crash.
@safe struct ByteSource: ~Copyable {
  static let readBytes = 256 << 10

  /// The window is no larger than asked for, and than what there is to read.
  private let readBytes: Int
  private var descriptor: Int32 = -1
  private var isFile = false
  /// What is to be subtracted of a place in the archive for the one in the file.
  private var base = 0
  /// Where in the file this source ends.
  private var limit = 0
  private var storage = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)
  private var begin = 0
  private var end = 0
  private var isExhausted = true
  private var hash: SHA256?
  /// The place in the archive of the first byte of the window.
  private(set) var offset = 0
  /// Why the system refused to read on.
  private(set) var failure: String?

  /// - Parameter readBytes: Number of bytes to read at a time, unless more are asked for.
  init(readBytes: Int = ByteSource.readBytes) { self.readBytes = readBytes }

  deinit { unsafe storage.deallocate() }

  /// Reads `range` of a file from now on.
  mutating func open(_ archive: Archive, _ range: Range<Int>) {
    (descriptor, isFile, limit) = (archive.descriptor, true, range.upperBound)
    base = archive.base
    restart(at: range.lowerBound, readBytes: min(readBytes, range.count))
  }

  /// Reads what comes out of `descriptor`, once, and hashes it.
  mutating func open(stream descriptor: Int32) {
    (self.descriptor, isFile, limit) = (descriptor, false, .max)
    restart(at: 0, readBytes: readBytes)
    hash = SHA256()
  }

  private mutating func restart(at offset: Int, readBytes: Int) {
    (begin, end, self.offset) = (0, 0, offset)
    if unsafe storage.count < readBytes { widen(to: readBytes) }
    isExhausted = false
    failure = nil
    hash = nil
  }

  /// The window: at least as many bytes as ``available(_:)`` last said.
  @unsafe var window: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(rebasing: storage[begin..<end])
  }

  /// The damage of a source that ended before its time, if it did.
  var damage: ArchiveDamage? {
    if let failure {
      return ArchiveDamage(offset: position, reason: "cannot be read: " + failure)
    }
    if isFile, isExhausted, position < limit {
      return ArchiveDamage(
        offset: position, reason: "ends before its size",
        hint: "it shrank while it was read: run again when its writer has finished")
    }
    return nil
  }

  private var position: Int { offset + end - begin }

  /// Widens the window to `count` bytes, as far as there are any.
  /// - Returns: The size of the window; less than `count` only where the source ends.
  mutating func available(_ count: Int) -> Int {
    if end - begin >= count { return end - begin }
    if begin > 0 {
      let left = end - begin
      if left > 0 {
        unsafe storage.baseAddress.unsafelyUnwrapped.copyMemory(
          from: storage.baseAddress.unsafelyUnwrapped + begin, byteCount: left)
      }
      (begin, end) = (0, left)
    }
    if unsafe count > storage.count { widen(to: count * 5 / 4) }
    while end < count {
      let got = unsafe readMore(UnsafeMutableRawBufferPointer(rebasing: storage[end...]))
      if got == 0 { break }
      end += got
    }
    return end - begin
  }

  private mutating func widen(to count: Int) {
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: (count + 1023) & ~1023, alignment: 64)
    if begin < end { unsafe larger.copyMemory(from: window) }
    unsafe storage.deallocate()
    unsafe storage = larger
  }

  /// Goes on by `count` bytes, which are not looked at.
  /// - Returns: Whether that many were available.
  mutating func skip(_ count: Int) -> Bool {
    var left = count
    while left > 0 {
      if begin == end {
        if isFile {
          guard left <= limit - offset else { return false }
          offset += left
          return true
        }
        if available(1) == 0 { return false }
      }
      let step = min(left, end - begin)
      begin += step
      offset += step
      left -= step
    }
    return true
  }

  /// Moves bytes to `target`, past the window where that is empty.
  /// - Returns: How many; 0 at the end of the source.
  mutating func read(into target: UnsafeMutableRawBufferPointer) -> Int {
    if begin < end {
      let count = min(target.count, end - begin)
      unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: window[..<count]))
      begin += count
      offset += count
      return count
    }
    let got = unsafe readMore(target)
    offset += got
    return got
  }

  /// Reads a stream to its end.
  /// - Returns: The SHA-256 and the number of all its bytes.
  mutating func drain() throws(CancellationError) -> (sha256: String, bytes: Int) {
    repeat {
      offset += end - begin
      (begin, end) = (0, 0)
      if Task.isCancelled { throw CancellationError() }
    } while available(1) > 0
    guard let hash = hash.take() else { preconditionFailure("only a stream is hashed as it goes") }
    return (hash.finish(), offset)
  }

  private mutating func readMore(_ target: UnsafeMutableRawBufferPointer) -> Int {
    let wanted = min(target.count, limit - position)
    guard !isExhausted, wanted > 0 else { return 0 }
    while true {
      if !isFile, !waitForInput() { break }
      let got =
        isFile
        ? unsafe pread(descriptor, target.baseAddress, wanted, position - base)
        : unsafe Glibc.read(descriptor, target.baseAddress, wanted)
      if got > 0 {
        if hash != nil {
          unsafe hash?.update(UnsafeRawBufferPointer(rebasing: target[..<got]))
        }
        return got
      }
      if got < 0 {
        if errno == EINTR || errno == EAGAIN { continue }
        failure = systemReason()
      }
      break
    }
    isExhausted = true
    return 0
  }

  /// - Returns: Whether there is something to read; not where the task was cancelled first.
  private func waitForInput() -> Bool {
    var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while true {
      let ready = unsafe poll(&poller, 1, 200)
      if ready > 0 || (ready < 0 && errno != EINTR) { return true }
      if Task.isCancelled { return false }
    }
  }
}

/// What the system says about the last call that failed.
func systemReason() -> String {
  unsafe String(cString: strerror(errno))
}
