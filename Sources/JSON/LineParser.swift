private import CSimdjson

/// What stands at a path of a line.
package enum ValueKind: UInt8, Sendable {
  case absent, null, string, number, `true`, `false`, object, array

  package var isScalar: Bool {
    switch self {
    case .string, .number, .true, .false: true
    case .absent, .null, .object, .array: false
    }
  }
}

/// The paths of which a ``LineParser`` reads the values; slot *i* is that of the *i*-th path.
package struct PathTable: Sendable {
  package let paths: [[String]]

  package init(paths: [[String]]) { self.paths = paths }
}

/// Reads one line of JSON after the other: simdjson validates the whole line, then one walk collects
/// the values at the known paths.
///
/// Byte order marks in front are skipped; a byte sequence that is no UTF-8 and a lone surrogate read
/// as U+FFFD; of equal keys the last wins. Everything else follows RFC 8259, to a depth of 1,024.
@safe package final class LineParser {
  package enum Outcome: Equatable, Sendable {
    case object
    /// The line is not one JSON object.
    case notObject(message: String)
  }

  /// How lines are compared with what was learned of earlier ones; all give the same answers.
  package enum Learning: UInt32, CaseIterable, Comparable, Sendable {
    /// Not at all: every line is parsed.
    case none
    case portable, sse2, avx2, avx512

    /// The fastest that this processor can run.
    package static var best: Learning { Learning(rawValue: od_best_match()) ?? .portable }

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  }

  private let parser: OpaquePointer
  private let view: UnsafePointer<od_view>

  package init(_ paths: PathTable, learning: Learning = .best) {
    guard let parser = unsafe od_parser_new(learning.rawValue) else { fatalError("out of memory") }
    unsafe self.parser = parser
    unsafe view = od_parser_view(parser)
    for path in paths.paths {
      let keys = path.flatMap { Array($0.utf8) }
      unsafe od_parser_add_path(parser, keys, path.map(\.utf8.count), path.count)
    }
  }

  deinit { unsafe od_parser_free(parser) }

  /// Parses a line, behind which 64 bytes can be read, and forgets the one before.
  ///
  /// What ``bytes(_:)`` gives may lie in the line itself: both are valid until the next line is parsed,
  /// and as long as nobody touches this one.
  ///
  /// - Complexity: O(*n*) in the bytes of the line.
  package func parse(_ line: UnsafeRawBufferPointer) -> Outcome {
    if line.count > 0, unsafe match(line) == line.count {
      take()
      return .object
    }
    return unsafe parseAnew(line)
  }

  /// As ``parse(_:)``, of a line that ``match(_:)`` does not know.
  package func parseAnew(_ line: UnsafeRawBufferPointer) -> Outcome {
    let error = unsafe od_parser_parse(
      parser, line.baseAddress?.assumingMemoryBound(to: UInt8.self), line.count)
    if let error = unsafe error { return .notObject(message: unsafe String(cString: error)) }
    return .object
  }

  package var hadInvalidUTF8: Bool { unsafe od_parser_had_invalid_utf8(parser) }

  /// Whether the line at the start of `text`, behind which 64 bytes can be read, is written like earlier
  /// ones. Forgets the one before.
  ///
  /// Only the slots that ``setRow(_:reading:)`` named can be asked for until ``take()``.
  ///
  /// - Returns: The line's length without its line feed; 0 where it is not known.
  package func match(_ text: UnsafeRawBufferPointer) -> Int {
    unsafe od_parser_match(
      parser, text.baseAddress?.assumingMemoryBound(to: UInt8.self), text.count)
  }

  /// Reads the line that ``match(_:)`` has found as ``parse(_:)`` would.
  package func take() { unsafe od_parser_take(parser) }

  /// What stands for the slots of the matched line's row: where two are the same, so are the values, as
  /// they are written, but for a probability of 2⁻⁶⁴. Zeroes where it has no row.
  package var row: (high: UInt64, low: UInt64) {
    let row = unsafe view.pointee.row
    return (row.high, row.low)
  }

  /// Whether ``setRow(_:reading:)`` was called for lines written like the matched one.
  package var isRowDecided: Bool { unsafe view.pointee.is_row_decided }

  /// Decides which slots make the row of all lines that are written like the matched one, and which
  /// are read with it. Without slots there is no row.
  package func setRow(_ slots: [Int], reading others: [Int]) {
    let slots = slots.map(Int32.init)
    let others = others.map(Int32.init)
    unsafe od_parser_set_row(parser, slots, slots.count, others, others.count)
  }

  /// The same for all lines that have the same paths, in any order, with values of like kinds.
  package var fingerprint: UInt64 { unsafe view.pointee.fingerprint }

  package func kind(_ slot: Int) -> ValueKind {
    let value = unsafe view.pointee.values[slot]
    guard unsafe value.line == view.pointee.line else { return .absent }
    return unsafe ValueKind(rawValue: value.kind) ?? .absent
  }

  /// Whether an object stands there, even one that reads as a scalar.
  package func isObject(_ slot: Int) -> Bool {
    let value = unsafe view.pointee.values[slot]
    return unsafe value.line == view.pointee.line && value.is_object
  }

  /// The decoded bytes of the scalar at `slot`, there until the next line is parsed or the memory
  /// of this one is used again; of anything
  /// else, none.
  package func bytes(_ slot: Int) -> UnsafeRawBufferPointer {
    let value = unsafe view.pointee.values[slot]
    guard unsafe value.line == view.pointee.line else {
      return unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    }
    return unsafe UnsafeRawBufferPointer(start: value.bytes, count: value.count)
  }

  package func text(_ slot: Int) -> [UInt8] { unsafe Array(bytes(slot)) }

  /// What stands at `slot`, with all that is in it.
  package func value(of slot: Int) -> JSONValue? {
    var count = 0
    let tokens = unsafe UnsafeBufferPointer(
      start: od_parser_tokens(parser, slot, &count), count: count)
    var at = 0
    return unsafe tokens.isEmpty ? nil : Self.value(tokens, &at)
  }

  private static func value(_ tokens: UnsafeBufferPointer<od_token>, _ at: inout Int) -> JSONValue {
    let token = unsafe tokens[at]
    let count = unsafe token.count
    at += 1
    func text() -> String {
      unsafe String(
        decoding: UnsafeBufferPointer(start: token.bytes, count: token.count), as: UTF8.self)
    }
    switch unsafe ValueKind(rawValue: token.kind) ?? .absent {
    case .absent, .null: return .null
    case .string: return .string(text())
    case .number: return .number(text())
    case .true: return .bool(true)
    case .false: return .bool(false)
    case .array:
      return .array((0..<count).map { _ in unsafe value(tokens, &at) })
    case .object:
      var members: [(key: String, value: JSONValue)] = []
      for _ in 0..<count {
        guard case .string(let key) = unsafe value(tokens, &at) else { continue }
        members.append((key, unsafe value(tokens, &at)))
      }
      return .object(members)
    }
  }

  /// The JSON texts of the elements of the array at `slot`.
  package func serialised(elementsOf slot: Int) -> [[UInt8]] {
    let elements = unsafe od_parser_elements(parser, slot)
    return (0..<elements).map { index in
      var count = 0
      let bytes = unsafe od_parser_element(parser, index, &count)
      return unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
    }
  }
}
