/// A piece of a line whose other end is in another chunk.
package struct LineFragment: Equatable, Sendable {
  /// Empty where the fragment alone is longer than a line may be.
  package private(set) var bytes: [UInt8] = []
  /// How long it is, whether its bytes were kept or not.
  package private(set) var byteCount = 0

  package init() {}

  package init(bytes: [UInt8], byteCount: Int) {
    self.bytes = bytes
    self.byteCount = byteCount
  }

  init(droppedBytes: Int) { byteCount = droppedBytes }

  /// Whether it is white space alone.
  var isBlank: Bool {
    bytes.count == byteCount
      && bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
  }

  /// Whether its bytes were not kept, because its line is too long.
  package var isForgotten: Bool { bytes.count < byteCount }

  /// Keeps the length alone.
  package mutating func forget() { bytes = [] }

  /// Joins `more` to the end; once longer than `maximum`, only the length is kept.
  mutating func append(_ more: UnsafeRawBufferPointer, maximum: Int) {
    byteCount += more.count
    if byteCount > maximum { bytes = [] } else { unsafe bytes.append(contentsOf: more) }
  }

  package mutating func append(_ more: LineFragment, maximum: Int) {
    byteCount += more.byteCount
    if byteCount > maximum { bytes = [] } else { bytes += more.bytes }
  }
}
