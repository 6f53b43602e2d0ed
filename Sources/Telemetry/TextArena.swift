/// Texts that are there until all of them are forgotten at once.
@safe final class TextArena {
  private static let blockBytes = 64 << 10

  private var blocks: [UnsafeMutableRawBufferPointer] = unsafe []
  private var used = 0

  deinit { while let block = unsafe blocks.popLast() { unsafe block.deallocate() } }

  /// A copy of `text`, valid until ``clear()``.
  func keep(_ text: [UInt8]) -> UnsafeRawBufferPointer {
    if unsafe blocks.isEmpty || used + text.count > blocks[blocks.count - 1].count {
      unsafe blocks.append(
        .allocate(byteCount: max(Self.blockBytes, text.count), alignment: 16))
      used = 0
    }
    let place = unsafe UnsafeMutableRawBufferPointer(
      rebasing: blocks[blocks.count - 1][used..<used + text.count])
    unsafe place.copyBytes(from: text)
    used += text.count
    return UnsafeRawBufferPointer(place)
  }

  func clear() {
    while unsafe blocks.count > 1, let block = unsafe blocks.popLast() {
      unsafe block.deallocate()
    }
    used = 0
  }
}
