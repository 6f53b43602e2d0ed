/// Plain pictures, from numbers alone.
enum Drawing {
  /// A bar chart as one SVG path; the tallest bar has the full height.
  ///
  /// - Parameter step: How wide a bar is; a gap of a tenth is left where that is more than 1.
  static func bars(_ counts: [Int], height: Int, step: Int = 1) -> String {
    let most = counts.max() ?? 0
    guard most > 0 else { return "" }
    let width = step > 1 ? step - max(1, step / 10) : 1
    var path = ""
    for (index, count) in counts.enumerated() where count > 0 {
      // A single event still has to be seen.
      let bar = max(2, count * height / most)
      path += "M\(index * step) \(height)v-\(bar)h\(width)v\(bar)z"
    }
    return path
  }

  /// One row of cells that share a colour while they are alike.
  ///
  /// - Parameter states: The class of each cell; nil where nothing was heard.
  static func cells(_ states: [String?]) -> String {
    var svg = ""
    var start = 0
    for end in 1...max(1, states.count) where !states.isEmpty {
      if end < states.count, states[end] == states[start] { continue }
      let width = end - start
      if let state = states[start] {
        svg += "<rect class=\"k-\(state)\" x=\"\(start)\" width=\"\(width)\" height=\"12\"/>"
      } else {
        svg += "<path class=\"hatch\" d=\""
        for x in start..<end { svg += "M\(x) 12l1 -12" }
        svg += "\"/>"
      }
      start = end
    }
    return svg
  }
}
