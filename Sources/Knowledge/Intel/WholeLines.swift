extension [UInt8] {
  /// Calls `body` with the range of each line that is whole, without its line feed.
  ///
  /// - Parameter isLast: Whether nothing follows these bytes, so that the last line needs no line feed.
  /// - Returns: Where the first line begins that is not whole; the end where all are.
  /// - Complexity: O(*n*) in the bytes.
  @inline(__always)
  func eachWholeLine(from start: Int, isLast: Bool, _ body: (Range<Int>) -> Void) -> Int {
    var at = start
    while at < count {
      var end = at
      while end < count, self[end] != 10 { end += 1 }
      guard end < count || isLast else { break }
      body(at..<end)
      at = end + 1
    }
    return Swift.min(at, count)
  }
}
