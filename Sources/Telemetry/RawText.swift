import CKernels
import Glibc

extension UnsafeRawBufferPointer {
  /// - Complexity: O(*n*), at memory speed.
  func firstIndex(of byte: UInt8, from start: Int) -> Int? {
    guard start < count, let base = baseAddress else { return nil }
    let found = unsafe memchr(base + start, Int32(byte), count - start)
    return unsafe found.map { unsafe UnsafeRawPointer($0) - base }
  }

  /// Where `word` begins, from `start` on.
  ///
  /// - Complexity: O(*n*), at memory speed.
  func firstIndex(of word: StaticString, from start: Int) -> Int? {
    guard start < count, let base = baseAddress else { return nil }
    let found = unsafe text_find(
      base + start, count - start, word.utf8Start, word.utf8CodeUnitCount)
    return unsafe found.map { unsafe UnsafeRawPointer($0) - base }
  }

  func starts(with word: StaticString) -> Bool {
    guard count >= word.utf8CodeUnitCount, let base = baseAddress else { return false }
    return unsafe memcmp(base, word.utf8Start, word.utf8CodeUnitCount) == 0
  }

  func ends(with word: StaticString) -> Bool {
    guard count >= word.utf8CodeUnitCount else { return false }
    return unsafe UnsafeRawBufferPointer(rebasing: suffix(word.utf8CodeUnitCount)).equals(word)
  }

  func equals(_ word: StaticString) -> Bool {
    guard count == word.utf8CodeUnitCount, let base = baseAddress else { return false }
    return unsafe memcmp(base, word.utf8Start, count) == 0
  }

  func contains(_ word: StaticString) -> Bool {
    guard let base = baseAddress else { return false }
    return unsafe text_contains(base, count, word.utf8Start, word.utf8CodeUnitCount)
  }

  /// Whether this text in lower case contains `word`, which is in lower case.
  func containsIgnoringCase(_ word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard count >= length else { return false }
    return (0...count - length).contains { start in
      (0..<length).allSatisfy { unsafe self[start + $0].lowercased == word.utf8Start[$0] }
    }
  }
}

extension UInt8 {
  var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }

  var isDigit: Bool { (0x30...0x39).contains(self) }

  /// A blank, a tab, or the end of a line.
  var isBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
