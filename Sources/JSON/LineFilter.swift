private import CKernels
private import Glibc

/// Finds the lines that can matter, by needles in their raw bytes, at memory speed.
///
/// A line is a candidate if it holds a needle or does not begin with `{`: what blank, marked and
/// malformed lines are is not for the filter to say. All others are only counted.
@safe package final class LineFilter {
  /// The forms of the filter; all give the same answers.
  package enum Level: UInt32, CaseIterable, Comparable, Sendable {
    /// The definition, line by line: the others are tested against it.
    case reference
    case portable, ssse3, avx2, avx512

    /// The fastest that this processor can run.
    package static var best: Level {
      Level(rawValue: line_filter_best_level().rawValue) ?? .portable
    }

    package static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
  }

  /// A candidate line, and how many lines were passed over before it.
  package struct Candidate: Equatable {
    package var passed: Int
    /// Without the line feed. Empty, at the end of the data, if there is no further candidate.
    package var line: Range<Int>
    /// Where the line after it starts.
    package var next: Int
  }

  /// Number of bytes after the data that must be readable.
  package static let padding = Int(line_filter_padding)

  private let filter: OpaquePointer

  /// - Parameter needles: ASCII texts of 2 to 64 bytes without line feed, 64 at most.
  package init(needles: [String], level: Level = .best) {
    let bytes = needles.flatMap { Array($0.utf8) }
    let filter = unsafe line_filter_create(
      bytes, needles.map { UInt32($0.utf8.count) }, UInt32(needles.count),
      line_filter_level(level.rawValue))
    guard let filter = unsafe filter else { fatalError("a needle is too short or too long") }
    unsafe self.filter = filter
  }

  deinit { unsafe line_filter_destroy(filter) }

  /// The first candidate from `start`, where a line begins; ``padding`` readable bytes follow the data.
  package func next(in data: UnsafeRawBufferPointer, from start: Int) -> Candidate {
    guard let bytes = unsafe data.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
      return Candidate(passed: 0, line: 0..<0, next: 0)
    }
    let found = unsafe line_filter_next(filter, bytes, data.count, start)
    return Candidate(
      passed: found.lines_passed, line: found.line_start..<found.line_end, next: found.next)
  }

  /// The line at `start`, whatever it holds.
  package func line(in data: UnsafeRawBufferPointer, at start: Int) -> Candidate {
    guard start < data.count, let base = data.baseAddress else {
      return Candidate(passed: 0, line: start..<start, next: start)
    }
    let feed = unsafe memchr(base + start, 0x0A, data.count - start)
    let end = unsafe feed.map { unsafe UnsafeRawPointer($0) - base } ?? data.count
    return Candidate(passed: 0, line: start..<end, next: min(end + 1, data.count))
  }

  /// Whole lines in which no event can begin.
  package struct Run: Equatable {
    package var lines: Int
    /// How many of them are white space alone.
    package var blank: Int
    /// Where the line after them starts.
    package var next: Int

    package init(lines: Int, blank: Int, next: Int) {
      self.lines = lines
      self.blank = blank
      self.next = next
    }
  }

  /// Passes over lines from `start` on, where one begins, in which no event can begin, at memory speed.
  ///
  /// - Parameter onlyBlank: Only over lines of white space alone.
  package static func plainLines(
    in data: UnsafeRawBufferPointer, from start: Int, onlyBlank: Bool
  ) -> Run {
    guard let bytes = unsafe data.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
      return Run(lines: 0, blank: 0, next: start)
    }
    let run = unsafe plain_lines(bytes, data.count, start, onlyBlank)
    return Run(lines: run.lines, blank: run.blank, next: run.next)
  }

  /// Whether a line is one of those that ``plainLines(in:from:onlyBlank:)`` passes over: no event can begin in it.
  package static func isPlain(_ line: UnsafeRawBufferPointer) -> Bool {
    unsafe line.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "<"), 0, 0xEF, 0xFE, 0xFF: false
      default: true
      }
    }
  }
}
