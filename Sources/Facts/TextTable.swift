import Glibc

/// The number of a text in one ``TextTable``; `none` means a field that was not there.
///
/// An absent field and an empty text are different things: SPL drops a row for the one and keeps it
/// for the other.
public struct TextID: Hashable, Sendable {
  /// From 1; 0 is ``none``.
  public let raw: UInt32

  /// The number that ``raw`` is.
  @inlinable public init(raw: UInt32) { self.raw = raw }

  /// A field that was not there.
  @inlinable public static var none: TextID { TextID(raw: 0) }
}

/// Every distinct text once, by number: facts are keyed by numbers, so that adding one allocates
/// nothing and compares four bytes per field.
///
/// - Complexity: `intern` is O(*n*) in the bytes of the text, amortized.
@safe package struct TextTable: Sendable {
  /// All texts, one after the other.
  private var bytes: [UInt8] = []
  /// Where the text of a number ends; that of `none` is empty and ends at 0.
  private var ends: [Int] = [0]
  /// The hash of each text, so that merging need not hash again.
  private var hashes: [UInt32] = [0]
  private var numbers = HashedNumbers()
  private let hash = KeyedHash.ofProcess

  package init() {}

  /// How many distinct texts there are, `none` not counted.
  package var count: Int { ends.count - 1 }

  /// How many bytes the texts take by themselves.
  package var byteCount: Int { bytes.count }

  /// The number of `text`, given out now if it is new.
  @inline(__always)
  package mutating func intern(_ text: Span<UInt8>) -> TextID {
    intern(text, hash: unsafe text.withUnsafeBytes { unsafe hash($0) })
  }

  @inline(__always)
  private mutating func intern(_ text: Span<UInt8>, hash: UInt32) -> TextID {
    if let known = numbers.number(hash, where: { matches($0, text) }) {
      return TextID(raw: UInt32(truncatingIfNeeded: known))
    }
    return insert(text, hash: hash)
  }

  /// As ``intern(_:)-(Span<UInt8>)``, of bytes that another object owns.
  @inline(__always)
  package mutating func intern(_ text: UnsafeRawBufferPointer) -> TextID {
    unsafe intern(Span(_unsafeElements: text.assumingMemoryBound(to: UInt8.self)))
  }

  package mutating func intern(_ text: [UInt8]) -> TextID { intern(text.span) }

  package mutating func intern(_ text: String) -> TextID {
    var text = text
    return text.withUTF8 { unsafe intern(Span(_unsafeElements: $0)) }
  }

  /// The numbers here of all texts of `other`, at their numbers there.
  mutating func intern(all other: TextTable) -> [TextID] {
    var numbers: [TextID] = [.none]
    numbers.reserveCapacity(other.ends.count)
    for index in other.ends.indices.dropFirst() {
      numbers.append(
        unsafe other.withBytes(of: TextID(raw: UInt32(truncatingIfNeeded: index))) {
          intern(
            unsafe Span(_unsafeElements: $0.assumingMemoryBound(to: UInt8.self)),
            hash: other.hashes[index])
        })
    }
    return numbers
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

  private func matches(_ index: Int, _ text: Span<UInt8>) -> Bool {
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
  private mutating func insert(_ text: Span<UInt8>, hash: UInt32) -> TextID {
    let id = ends.count
    unsafe text.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    ends.append(bytes.count)
    hashes.append(hash)
    numbers.insert(id, hash)
    return TextID(raw: UInt32(truncatingIfNeeded: id))
  }
}
