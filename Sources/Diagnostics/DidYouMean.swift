/// The candidate that a mistyped word most likely meant.
///
/// Upper and lower case and `_` for `-` are forgiven. A slip is a letter too many, too few, wrong, or
/// swapped with its neighbour; a word may hold one for every three letters, and at most three.
///
/// - Returns: The closest candidate, the first one where several are equally close; nil where none is
///   close enough.
/// - Complexity: O(*n* · *m*) for each candidate, in the letters of the two words.
package func closest(to word: String, among candidates: some Sequence<String>) -> String? {
  let typed = normalized(word)
  // Nobody mistypes a word of this length; a whole file on one line is not worth comparing.
  guard !typed.isEmpty, typed.count <= 64 else { return nil }
  var best: (word: String, slips: Int)?
  for candidate in candidates {
    let wanted = normalized(candidate)
    let slips = slips(from: typed, to: wanted)
    guard slips <= min(3, max(1, max(typed.count, wanted.count) / 3)) else { continue }
    if best.map({ slips < $0.slips }) ?? true { best = (candidate, slips) }
  }
  return best?.word
}

private func normalized(_ word: String) -> [Character] {
  word.lowercased().map { $0 == "_" ? "-" : $0 }
}

/// The distance of Damerau and Levenshtein, in its form of optimal string alignment.
private func slips(from a: [Character], to b: [Character]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...b.count)
  for i in 0..<a.count {
    var row = [i + 1]
    for j in 0..<b.count {
      var cost = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        cost = min(cost, beforeLast[j - 1] + 1)
      }
      row.append(cost)
    }
    (beforeLast, last) = (last, row)
  }
  return last[b.count]
}
