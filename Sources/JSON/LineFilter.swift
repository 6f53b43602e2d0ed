private import CKernels

/// Finds the lines that can matter, by needles in their raw bytes, at memory speed.
///
/// A line is a candidate if it holds a needle or does not begin with `{`. All others are only counted.
@safe package final class LineFilter {
  /// A candidate line, and how many lines were passed over before it.
  package struct Candidate: Equatable {
    package var passed: Int
    /// Without the line feed. Empty, at the end of the data, where there is no further candidate.
    package var line: Range<Int>
    /// Where the line after it starts.
    package var next: Int
  }

  private let filter: OpaquePointer

  /// A needle `\u00` stands for any escaped ASCII letter, digit, dot or underscore.
  package init(needles: [String]) {
    let bytes = needles.flatMap { Array($0.utf8) }
    guard let filter = unsafe od_filter_new(bytes, needles.map(\.utf8.count), needles.count) else {
      fatalError("out of memory")
    }
    unsafe self.filter = filter
  }

  deinit { unsafe od_filter_free(filter) }

  /// The first candidate from `start`, where a line begins. 64 bytes behind the data can be read.
  @inline(__always)
  package func next(in data: UnsafeRawBufferPointer, from start: Int) -> Candidate {
    guard let bytes = unsafe data.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
      return Candidate(passed: 0, line: 0..<0, next: 0)
    }
    let found = unsafe od_filter_next(filter, bytes, start, data.count)
    return Candidate(
      passed: found.passed, line: found.start..<found.end, next: found.next)
  }

  /// The line at `start`, whatever it holds.
  package func line(in data: UnsafeRawBufferPointer, at start: Int) -> Candidate {
    let rest = unsafe data[start...]
    let end = unsafe rest.firstIndex(of: UInt8(ascii: "\n")) ?? data.count
    return Candidate(passed: 0, line: start..<end, next: min(end + 1, data.count))
  }

  /// The same by plain code, byte for byte: what ``next(in:from:)`` is tested against.
  package func nextPlainly(in data: UnsafeRawBufferPointer, from start: Int) -> Candidate {
    guard let bytes = unsafe data.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
      return Candidate(passed: 0, line: 0..<0, next: 0)
    }
    let found = unsafe od_filter_next_plain(filter, bytes, start, data.count)
    return Candidate(
      passed: found.passed, line: found.start..<found.end, next: found.next)
  }
}
