package import Foundation

/// A feed's file, which is read once from its beginning to its end.
package final class FeedFile {
  let path: String
  package private(set) var byteCount = 0
  private(set) var isAtEnd = false
  private let handle: FileHandle
  private let observe: (Data) -> Void

  /// So small that its memory is used again.
  private static let pieceBytes = 64 << 10

  /// - Parameter observe: Is given all bytes in their order.
  /// - Throws: ``JobFileError`` where it cannot be opened or read.
  package init(
    _ path: String, observe: @escaping (Data) -> Void = { _ in }
  ) throws(JobFileError) {
    guard let handle = FileHandle(forReadingAtPath: path) else { throw .unreadable(path) }
    self.path = path
    self.handle = handle
    self.observe = observe
  }

  /// Its own name, without its folder.
  package var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  /// How many bytes it has in all; nil for a pipe.
  var size: Int? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    guard attributes?[.type] as? FileAttributeType == .typeRegular else { return nil }
    return attributes?[.size] as? Int
  }

  /// Reads `count` more bytes, or what is left.
  func read(_ count: Int, onto bytes: inout [UInt8]) throws(JobFileError) {
    let end = bytes.count + count
    bytes.reserveCapacity(min(end, bytes.count + (size ?? 0)))
    while bytes.count < end, !isAtEnd {
      let piece: Data?
      do {
        piece = try handle.read(upToCount: min(Self.pieceBytes, end - bytes.count))
      } catch {
        throw .unreadable(path)
      }
      guard let piece, !piece.isEmpty else {
        isAtEnd = true
        return
      }
      byteCount += piece.count
      observe(piece)
      bytes.append(contentsOf: piece)
    }
  }

  /// Reads what is left for the one who observes.
  package func drain() {
    var bytes: [UInt8] = []
    while !isAtEnd {
      bytes.removeAll(keepingCapacity: true)
      do {
        try read(Self.pieceBytes, onto: &bytes)
      } catch {
        return
      }
    }
  }
}

extension [UInt8] {
  /// Lets go what was read, the first `count` bytes. Their memory is used again, but for that of a large head.
  mutating func letGo(_ count: Int, pieceBytes: Int) {
    if capacity > 3 * pieceBytes {
      self = Array(self[count...])
    } else {
      removeFirst(count)
    }
  }
}
