import Facts

/// Which line of an archive begins where, as far as it must be known: one entry for each slice and for
/// each line that is in none.
struct LinePlaces {
  private struct Entry {
    /// Unpacked bytes before it.
    var offset: Int
    /// Lines before it.
    var lines: Int
  }

  private var entries: [Entry] = []
  /// All lines so far.
  private(set) var count = 0
  /// Where the first one begins.
  var firstOffset: Int? { entries.first?.offset }

  /// Adds lines that begin after all others.
  mutating func append(_ lines: Int, at offset: Int) {
    entries.append(Entry(offset: offset, lines: count))
    count += lines
  }

  /// The place in the archive of a line that is known by its place in its slice.
  ///
  /// - Parameters:
  ///   - chunkOffset: Unpacked bytes before the chunk.
  ///   - firstLine: The number of the first line.
  /// - Complexity: O(log *n*) in slices.
  func absolute(_ place: Place, chunkOffset: Int, firstLine: Int) -> Place {
    let offset = chunkOffset + place.offset
    var low = 0
    var high = entries.count
    while low + 1 < high {
      let middle = (low + high) / 2
      if entries[middle].offset <= offset { low = middle } else { high = middle }
    }
    return Place(
      archive: place.archive, line: entries[low].lines + place.line + firstLine, offset: offset)
  }
}
