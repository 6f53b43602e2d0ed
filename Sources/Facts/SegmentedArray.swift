/// An array that grows without moving what it holds: in segments of 1,024 elements.
///
/// Facts come by the hundred thousand and are large. An array that doubles copies each of them about twice, and
/// takes three times the memory while it does so.
///
/// Public, because the compiler specializes nothing of lower access in other modules, which this lives on.
///
/// - Complexity: Appending is O(1), amortized up to the first 1,024 elements; access is O(1), by two look-ups.
public struct SegmentedArray<Element> {
  @usableFromInline var segments: [ContiguousArray<Element>] = []
  @usableFromInline static var shift: Int { 10 }
  @usableFromInline static var mask: Int { 1 << shift - 1 }

  @usableFromInline var end = 0

  /// Without any element.
  @inlinable public init() {}

  /// Adds an element after the last one.
  @inlinable
  public mutating func append(_ element: Element) {
    if end >> Self.shift == segments.count { addSegment() }
    segments[end >> Self.shift].append(element)
    end += 1
  }

  /// Lets go of all elements, and of the memory of all but the first 1,024.
  @inlinable
  public mutating func removeAll() {
    guard !segments.isEmpty else { return }
    segments.removeLast(segments.count - 1)
    segments[0].removeAll(keepingCapacity: true)
    end = 0
  }

  @usableFromInline @inline(never)
  mutating func addSegment() {
    var segment = ContiguousArray<Element>()
    // Small arrays are many: they grow as others do.
    if !segments.isEmpty { segment.reserveCapacity(Self.mask + 1) }
    segments.append(segment)
  }
}

extension SegmentedArray: RandomAccessCollection, MutableCollection {
  /// Always 0.
  @inlinable public var startIndex: Int { 0 }
  /// How many elements there are.
  @inlinable public var endIndex: Int { end }

  /// The element at an index from 0.
  ///
  /// - Complexity: O(1).
  @inlinable
  public subscript(_ index: Int) -> Element {
    @inline(__always) get { segments[index >> Self.shift][index & Self.mask] }
    @inline(__always) _modify { yield &segments[index >> Self.shift][index & Self.mask] }
  }
}

extension SegmentedArray: Sendable where Element: Sendable {}
