private import CKernels
private import Glibc

/// One worker's memory for unpacked bytes, used again from slice to slice.
///
/// Behind the filled part at least ``padding`` bytes may be read, so vector code needs no tail.
/// It has one owner, who may hand it to another task: that makes it sendable.
@safe package struct SliceBuffer: ~Copyable, @unchecked Sendable {
  package static let padding = Int(line_filter_padding)
  /// A buffer starts with so much address space, of which only what is written to becomes memory; what a
  /// very long line has blown up beyond it is given back.
  private static let keptBytes = 16 << 20

  private var storage = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)
  /// How many bytes from the start hold data.
  var filled = 0
  /// What ``slice`` shows.
  var sliceRange = 0..<0

  package init() {}

  deinit { unsafe free(storage.baseAddress) }

  /// The whole lines of the last read: it ends after an LF. Valid until the next read.
  @unsafe package var slice: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(rebasing: storage[sliceRange])
  }

  /// Everything that is filled.
  @unsafe var contents: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(rebasing: storage[..<filled])
  }

  @unsafe var mutableContents: UnsafeMutableRawBufferPointer {
    unsafe UnsafeMutableRawBufferPointer(rebasing: storage[..<filled])
  }

  /// The room after the filled part, without the padding.
  @unsafe var room: UnsafeMutableRawBufferPointer {
    unsafe UnsafeMutableRawBufferPointer(rebasing: storage[filled..<storage.count - Self.padding])
  }

  /// Forgets the contents, and gives memory back that one very long line needed.
  mutating func empty() {
    filled = 0
    sliceRange = 0..<0
    if unsafe storage.count > Self.keptBytes {
      unsafe free(storage.baseAddress)
      unsafe storage = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }
  }

  /// Makes ``room`` at least `count` bytes large; keeps the contents.
  mutating func reserve(_ count: Int) {
    let needed = filled + count + Self.padding
    guard unsafe needed > storage.count else { return }
    let capacity = unsafe max(needed, storage.count + storage.count / 2, Self.keptBytes)
    let bytes = (capacity + 4095) & ~4095
    // Where it is large the system moves pages, and no two copies take memory.
    guard let larger = unsafe realloc(storage.baseAddress, bytes) else {
      fatalError("out of memory")
    }
    unsafe storage = UnsafeMutableRawBufferPointer(start: larger, count: bytes)
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    reserve(bytes.count)
    if unsafe !bytes.isEmpty { unsafe room.copyMemory(from: bytes) }
    filled += bytes.count
  }
}
