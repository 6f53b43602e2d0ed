import JSON

/// A text followed by ``LineFilter/padding`` readable bytes, in memory that stays where it is until the next text.
@safe final class PaddedText {
  private static let padding = LineFilter.padding

  private var memory = UnsafeMutableRawBufferPointer.allocate(
    byteCount: 4 << 10, alignment: 16)

  deinit { unsafe memory.deallocate() }

  /// A copy of `text`, valid until the next call.
  ///
  /// - Parameter isEscaped: Whether it is written with JSON's escapes, which the copy is not.
  func hold(_ text: UnsafeRawBufferPointer, isEscaped: Bool = false) -> UnsafeRawBufferPointer {
    if unsafe text.count + Self.padding > memory.count {
      unsafe memory.deallocate()
      unsafe memory = .allocate(byteCount: (text.count + Self.padding) * 3 / 2, alignment: 16)
    }
    var count = text.count
    if isEscaped {
      unsafe count = JSONReader.decode(text, into: memory)
    } else {
      unsafe memory.copyMemory(from: text)
    }
    unsafe UnsafeMutableRawBufferPointer(rebasing: memory[count..<count + Self.padding])
      .initializeMemory(as: UInt8.self, repeating: 0)
    return unsafe UnsafeRawBufferPointer(rebasing: memory[..<count])
  }

  func hold(_ text: [UInt8]) -> UnsafeRawBufferPointer {
    unsafe text.withUnsafeBytes { unsafe hold($0) }
  }
}
