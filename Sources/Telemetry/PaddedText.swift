/// A text with 64 readable bytes behind it, in memory that stays where it is until the next text.
@safe final class PaddedText {
  private static let padding = 64

  private var memory = UnsafeMutableRawBufferPointer.allocate(
    byteCount: 4 << 10, alignment: 16)

  deinit { unsafe memory.deallocate() }

  /// A copy of `text`, and of `more` behind it, valid until the next call.
  func hold(
    _ text: UnsafeRawBufferPointer,
    _ more: UnsafeRawBufferPointer = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
  ) -> UnsafeRawBufferPointer {
    let count = text.count + more.count
    if unsafe count + Self.padding > memory.count {
      unsafe memory.deallocate()
      unsafe memory = .allocate(byteCount: (count + Self.padding) * 3 / 2, alignment: 16)
    }
    unsafe memory.copyMemory(from: text)
    unsafe UnsafeMutableRawBufferPointer(rebasing: memory[text.count...]).copyMemory(from: more)
    unsafe UnsafeMutableRawBufferPointer(rebasing: memory[count..<count + Self.padding])
      .initializeMemory(as: UInt8.self, repeating: 0)
    return unsafe UnsafeRawBufferPointer(rebasing: memory[..<count])
  }
}
