import Archives

extension [ChunkPart] {
  /// Keeps no more of a line over many chunks than a line may be long, in whatever order they are read.
  ///
  /// Where the pieces of a line that have been read are too long together, only their lengths are kept.
  ///
  /// - Parameter index: The chunk that was read last.
  mutating func forgetOverlongLines(around index: Int, maximumLineBytes: Int) {
    guard let end = self[index].end else { return }
    if end.hasLineFeed {
      forget(left(of: index) + [.head(index)], maximumLineBytes)
      forget([.tail(index)] + right(of: index), maximumLineBytes)
    } else {
      forget(left(of: index) + [.tail(index)] + right(of: index), maximumLineBytes)
    }
  }

  /// How long the line is, at least, that chunk `index` continues; nil where that is not known yet.
  ///
  /// Once it is too long, by how much does not matter.
  func openLineBytes(before index: Int, maximumLineBytes: Int) -> Int? {
    var length = 0
    for index in stride(from: index - 1, through: 0, by: -1) {
      guard let end = self[index].end else { return nil }
      length += end.tail.byteCount
      if end.hasLineFeed || length > maximumLineBytes { break }
    }
    return length
  }

  private enum Fragment {
    case head(Int), tail(Int)
  }

  private subscript(fragment: Fragment) -> LineFragment? {
    switch fragment {
    case .head(let index): self[index].end?.head
    case .tail(let index): self[index].end?.tail
    }
  }

  /// The pieces before chunk `index` of the line that reaches into it, up to one that was forgotten.
  private func left(of index: Int) -> [Fragment] {
    var found: [Fragment] = []
    for index in stride(from: index - 1, through: 0, by: -1) {
      guard let end = self[index].end else { break }
      found.append(.tail(index))
      if end.hasLineFeed || end.tail.isForgotten { break }
    }
    return found
  }

  private func right(of index: Int) -> [Fragment] {
    var found: [Fragment] = []
    for index in self[(index + 1)...].indices {
      guard let end = self[index].end else { break }
      found.append(end.hasLineFeed ? .head(index) : .tail(index))
      if end.hasLineFeed || end.tail.isForgotten { break }
    }
    return found
  }

  private mutating func forget(_ line: [Fragment], _ maximumLineBytes: Int) {
    let pieces = line.compactMap { self[$0] }
    let isOverlong =
      pieces.contains(where: \.isForgotten)
      || pieces.reduce(0) { $0 + $1.byteCount } > maximumLineBytes
    guard isOverlong else { return }
    for fragment in line {
      switch fragment {
      case .head(let index): self[index].end?.head?.forget()
      case .tail(let index): self[index].end?.tail.forget()
      }
    }
  }
}
