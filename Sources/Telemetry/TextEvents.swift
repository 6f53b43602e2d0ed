import JSON

/// Where in plain text, without a bracket of any kind, an event may be: CEF, LEEF, or names with values.
///
/// It is asked from the start to the end of some whole lines, and searches none of them twice.
@safe package struct TextEvents {
  private static let marks: [StaticString] = ["Sysmon|", "estinationPort"]

  private let lines: UnsafeRawBufferPointer
  /// By mark: where it is next.
  private var next = [-1, -1]
  /// The end of the plain lines that were searched.
  private var end = 0

  package init(_ lines: UnsafeRawBufferPointer) { unsafe self.lines = lines }

  /// Up to where lines from `start` on, where one begins, may be passed over as plain: where the first that may
  /// hold an event begins, or the end of all.
  package mutating func plainEnd(from start: Int) -> Int {
    if start >= end {
      end = unsafe LineFilter.plainLines(in: lines, from: start, onlyBlank: false).next
    }
    let searched = unsafe UnsafeRawBufferPointer(rebasing: lines[..<max(start, end)])
    for index in next.indices where next[index] < start {
      next[index] = unsafe searched.firstIndex(of: Self.marks[index], from: start) ?? end
    }
    guard let first = next.min(), first < end else { return unsafe lines.count }
    let before = unsafe UnsafeRawBufferPointer(rebasing: lines[start..<first])
    return unsafe before.lastIndex(of: 0x0A).map { start + $0 + 1 } ?? start
  }
}
