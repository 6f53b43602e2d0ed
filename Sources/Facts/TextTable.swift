import Glibc

/// The number of a text in one ``TextTable``; `none` stands for a field that was not there.
///
/// An absent field and an empty text are different things: SPL drops a row for the one and keeps it
/// for the other.
package struct TextID: Hashable, Sendable {
  package let raw: UInt32

  package init(raw: UInt32) { self.raw = raw }

  package static let none = TextID(raw: 0)
}

/// Every distinct text once, by number: facts are keyed by numbers, so that adding one allocates
/// nothing and compares four bytes per field.
///
/// - Complexity: `intern` is O(*n*) in the bytes of the text, amortized.
@safe package struct TextTable: Sendable {
  /// All texts, one behind the other.
  private var bytes: [UInt8] = []
  /// Where the text of a number ends; that of `none` is empty and ends at 0.
  private var ends: [Int] = [0]
  /// Half of the hash of each text, so that growing need not hash again.
  private var hashes: [UInt32] = [0]
  /// Open addressing with linear probing: 0 is free, everything else a number.
  private var slots: [UInt32] = Array(repeating: 0, count: 64)

  package init() {}

  /// How many distinct texts there are, `none` not counted.
  package var count: Int { ends.count - 1 }

  /// How many bytes the texts take by themselves.
  package var byteCount: Int { bytes.count }

  /// The number of `text`, given out now if it is new.
  @inline(__always)
  package mutating func intern(_ text: Span<UInt8>) -> TextID {
    let hash = unsafe text.withUnsafeBytes { unsafe Self.hash($0) }
    let mask = slots.count - 1
    var slot = Int(hash) & mask
    while true {
      let candidate = slots[slot]
      if candidate == 0 { return insert(text, hash: hash, slot: slot) }
      if hashes[Int(candidate)] == hash, matches(candidate, text) { return TextID(raw: candidate) }
      slot = (slot + 1) & mask
    }
  }

  /// As ``intern(_:)-(Span<UInt8>)``, of bytes that somebody else owns.
  @inline(__always)
  package mutating func intern(_ text: UnsafeRawBufferPointer) -> TextID {
    unsafe intern(Span(_unsafeElements: text.assumingMemoryBound(to: UInt8.self)))
  }

  package mutating func intern(_ text: [UInt8]) -> TextID { intern(text.span) }

  package mutating func intern(_ text: String) -> TextID {
    var text = text
    return text.withUTF8 { unsafe intern(Span(_unsafeElements: $0)) }
  }

  /// The text of a number; `none` reads as "".
  package subscript(id: TextID) -> String {
    unsafe withBytes(of: id) { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// The text of a number, or nil for `none`.
  package func text(_ id: TextID) -> String? { id == .none ? nil : self[id] }

  /// Whether the text of a number is empty; that of `none` is.
  package func isEmpty(_ id: TextID) -> Bool {
    id == .none || ends[Int(id.raw)] == ends[Int(id.raw) - 1]
  }

  package func withBytes<R>(of id: TextID, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows
    -> R
  {
    let index = Int(id.raw)
    let start = index == 0 ? 0 : ends[index - 1]
    let end = ends[index]
    return try unsafe bytes.withUnsafeBytes { try unsafe body(.init(rebasing: $0[start..<end])) }
  }

  /// Whether the text of `a` sorts before that of `b`, byte by byte.
  package func isOrdered(_ a: TextID, before b: TextID) -> Bool {
    if a == b { return false }
    return unsafe withBytes(of: a) { left in
      unsafe withBytes(of: b) { right in unsafe left.lexicographicallyPrecedes(right) }
    }
  }

  private func matches(_ candidate: UInt32, _ text: Span<UInt8>) -> Bool {
    let index = Int(candidate)
    let start = ends[index - 1]
    guard ends[index] - start == text.count else { return false }
    return unsafe bytes.withUnsafeBytes { all in
      unsafe text.withUnsafeBytes { given in
        unsafe given.isEmpty
          || memcmp(
            all.baseAddress.unsafelyUnwrapped + start, given.baseAddress.unsafelyUnwrapped,
            given.count) == 0
      }
    }
  }

  @inline(never)
  private mutating func insert(_ text: Span<UInt8>, hash: UInt32, slot: Int) -> TextID {
    let id = UInt32(ends.count)
    unsafe text.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    ends.append(bytes.count)
    hashes.append(hash)
    slots[slot] = id
    if ends.count * 2 > slots.count { grow() }
    return TextID(raw: id)
  }

  private mutating func grow() {
    var larger = [UInt32](repeating: 0, count: slots.count * 4)
    let mask = larger.count - 1
    for id in 1..<ends.count {
      var slot = Int(hashes[id]) & mask
      while larger[slot] != 0 { slot = (slot + 1) & mask }
      larger[slot] = UInt32(id)
    }
    slots = larger
  }

  /// A multiply-and-fold hash over sixteen bytes at a time, unkeyed: its order never shows, and the
  /// worst an attacker can do with chosen collisions is to slow one night down.
  @inline(__always)
  package static func hash(_ text: UnsafeRawBufferPointer) -> UInt32 {
    let count = text.count
    func word(_ at: Int) -> UInt64 {
      unsafe text.loadUnaligned(fromByteOffset: at, as: UInt64.self)
    }
    var state = 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: count)
    if count >= 16 {
      var at = 0
      while at + 16 < count {
        state = fold(word(at) ^ 0xE703_7ED1_A0B4_28DB, word(at + 8) ^ state)
        at += 16
      }
      state = fold(word(count - 16) ^ 0xE703_7ED1_A0B4_28DB, word(count - 8) ^ state)
    } else if count >= 8 {
      state = fold(word(0) ^ 0xE703_7ED1_A0B4_28DB, word(count - 8) ^ state)
    } else {
      var rest: UInt64 = 0
      for at in 0..<count { rest = rest << 8 | UInt64(unsafe text[at]) }
      state ^= rest
    }
    return UInt32(truncatingIfNeeded: fold(state, 0xA076_1D64_78BD_642F) >> 16)
  }

  @inline(__always)
  private static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (high, low) = a.multipliedFullWidth(by: b)
    return high ^ low
  }
}
