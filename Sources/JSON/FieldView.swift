private import CSimdjson

/// What is at a slot.
package enum ValueKind: UInt8, Sendable {
  case absent, null, string, number, `true`, `false`, object, array

  package var isScalar: Bool {
    switch self {
    case .string, .number, .true, .false: true
    case .absent, .null, .object, .array: false
    }
  }
}

/// The fields of one event, by slot, whatever it was written in.
///
/// Values point into the texts that were read, which have to stay as they are until ``begin()``.
@safe package final class FieldView {
  /// A string that may be an event by itself, or an array whose elements may be.
  @safe package struct Text {
    package let bytes: UnsafeRawBufferPointer
    /// Whether it is written with JSON's escapes.
    package let isEscaped: Bool

    package init(bytes: UnsafeRawBufferPointer, isEscaped: Bool) {
      unsafe self.bytes = bytes
      self.isEscaped = isEscaped
    }
  }

  let view: OpaquePointer
  private let values: UnsafePointer<view_value>

  package init(_ names: FieldNames) {
    unsafe view = line_view_create(names.names)
    unsafe values = line_view_values(view)
  }

  deinit { unsafe line_view_destroy(view) }

  /// Forgets all values; the texts that they were copied from may be in use still.
  package func clear() { unsafe line_view_clear(view) }

  /// As ``clear()``, for another line: no text of the one before is in use.
  package func begin() { unsafe line_view_begin(view) }

  /// - Complexity: O(1).
  @inline(__always)
  package func kind(_ slot: Int) -> ValueKind {
    unsafe ValueKind(rawValue: values[slot].kind) ?? .absent
  }

  /// The text of the scalar at `slot`; nil where there is none.
  ///
  /// - Complexity: O(*n*) in the bytes of the text the first time, if it was written with escapes.
  @inline(__always)
  package func bytes(_ slot: Int) -> UnsafeRawBufferPointer? {
    let kind = unsafe UInt32(values[slot].kind)
    guard VIEW_STRING.rawValue <= kind, kind <= VIEW_FALSE.rawValue else { return nil }
    if unsafe values[slot].is_raw { unsafe line_view_decode(view, Int32(slot)) }
    return unsafe UnsafeRawBufferPointer(start: values[slot].bytes, count: values[slot].count)
  }

  /// Whether the value at `slot` is in an object of unknown name in which the event is not.
  package func isAside(_ slot: Int) -> Bool { unsafe values[slot].rank >= VIEW_ASIDE }

  package func text(_ slot: Int) -> [UInt8] { unsafe bytes(slot).map { unsafe Array($0) } ?? [] }

  /// The JSON text of the array at `slot`; nil where there is none.
  package func array(_ slot: Int) -> UnsafeRawBufferPointer? {
    guard kind(slot) == .array else { return nil }
    return unsafe UnsafeRawBufferPointer(start: values[slot].bytes, count: values[slot].count)
  }

  /// Sets a value that was found within another text; a copy of it is kept.
  ///
  /// - Parameter level: How many texts it was within.
  package func set(_ slot: Int, _ text: UnsafeRawBufferPointer, level: Int) {
    unsafe line_view_set(
      view, Int32(slot), text.baseAddress?.assumingMemoryBound(to: UInt8.self), text.count,
      UInt8(level))
  }

  /// Forgets Sysmon's own fields.
  package func clearData() { unsafe line_view_clear_data(view) }

  /// Keeps the values as they are now, to return to them.
  package func save() -> FieldViewState { unsafe FieldViewState(line_view_save(view)) }

  package func restore(_ state: borrowing FieldViewState) {
    unsafe line_view_restore(view, state.saved)
  }

  /// The first group of tests that hold of the values; nil where there is none.
  package func firstMatch(_ tests: FieldTests) -> Int? {
    let group = unsafe Int(
      line_view_match(view, tests.tests.baseAddress, tests.tests.count, UInt32(tests.groups)))
    return group < tests.groups ? group : nil
  }

  /// Strings of the last document that may be events.
  package var strings: [Text] {
    var texts: UnsafePointer<view_text>?
    let count = unsafe line_view_strings(view, &texts)
    return unsafe Self.texts(UnsafeBufferPointer(start: texts, count: count))
  }

  /// Arrays of the last document whose elements may be events.
  package var arrays: [Text] {
    var texts: UnsafePointer<view_text>?
    let count = unsafe line_view_arrays(view, &texts)
    return unsafe Self.texts(UnsafeBufferPointer(start: texts, count: count))
  }

  private static func texts(_ texts: UnsafeBufferPointer<view_text>) -> [Text] {
    unsafe texts.map {
      unsafe Text(
        bytes: UnsafeRawBufferPointer(start: $0.bytes, count: $0.count), isEscaped: $0.is_raw)
    }
  }
}

/// What a ``FieldView`` held.
@safe package struct FieldViewState: ~Copyable {
  let saved: OpaquePointer

  init(_ saved: OpaquePointer) { unsafe self.saved = saved }

  deinit { unsafe line_view_forget(saved) }
}
