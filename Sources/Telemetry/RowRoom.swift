/// Memory for rows, that stays where it is.
@safe final class RowRoom {
  /// A row that would be longer is of no use.
  static let longest = 4 << 10

  private let memory: UnsafeMutableRawBufferPointer

  init(capacity: Int) { unsafe memory = .allocate(byteCount: capacity, alignment: 64) }

  deinit { unsafe memory.deallocate() }

  var count: Int { unsafe memory.count }

  func room(from start: Int) -> UnsafeMutableRawBufferPointer {
    unsafe UnsafeMutableRawBufferPointer(rebasing: memory[start...])
  }
}
