/// Tells text that was written as UTF-16 (PowerShell's `>` does), which no JSON reader takes.
package enum UTF16Mark {
  /// - Parameter bytes: The first bytes of the unpacked archive.
  /// - Returns: Whether they are a UTF-16 byte order mark, or two ASCII letters with NULs between.
  package static func isAtStart(of bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= 2 else { return false }
    let (first, second) = unsafe (bytes[0], bytes[1])
    if (first, second) == (0xFF, 0xFE) || (first, second) == (0xFE, 0xFF) { return true }
    guard bytes.count >= 4 else { return false }
    let (third, fourth) = unsafe (bytes[2], bytes[3])
    func isText(_ byte: UInt8) -> Bool { (1..<128).contains(byte) }
    return isText(first) && second == 0 && isText(third) && fourth == 0
      || first == 0 && isText(second) && third == 0 && isText(fourth)
  }
}
