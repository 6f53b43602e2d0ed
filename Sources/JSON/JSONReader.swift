private import CSimdjson

/// Reads the JSON objects of a text into a ``FieldView``, one after the other.
///
/// simdjson finds the structure of the whole text; one pass over it visits each key once and checks all of
/// RFC 8259, to a depth of 1,024. A byte sequence that is not UTF-8 and a lone surrogate read as U+FFFD; of
/// equal keys the last counts.
@safe package final class JSONReader {
  package enum Outcome: Equatable, Sendable {
    /// An object was read into the view.
    case object
    /// There are no more.
    case end
    /// What is left is not JSON, or not an object.
    case malformed
  }

  private let reader: OpaquePointer

  /// - Parameter rememberedKeys: The maximum number of keys whose meaning is remembered, a power of two or 0;
  ///   all are forgotten when there are more. It saves time and changes nothing.
  package init(_ names: FieldNames, rememberedKeys: Int) {
    unsafe reader = json_reader_create(names.names, rememberedKeys)
  }

  deinit { unsafe json_reader_destroy(reader) }

  /// Begins to read a text: objects one after the other, or one array of them.
  ///
  /// The text must be followed by 64 readable bytes, and it has to stay as it is until the view is cleared.
  ///
  /// - Complexity: O(*n*) in the bytes of the text.
  package func open(_ text: UnsafeRawBufferPointer) {
    unsafe json_reader_open(
      reader, text.baseAddress?.assumingMemoryBound(to: UInt8.self), text.count)
  }

  /// Reads the next object on top of what `view` holds.
  ///
  /// - Parameter level: How many texts the object is within; values of a higher level replace others.
  package func next(into view: FieldView, level: Int) -> Outcome {
    switch unsafe json_reader_next(reader, view.view, UInt8(level)) {
    case JSON_DOCUMENT: .object
    case JSON_END: .end
    default: .malformed
    }
  }

  /// Whether there may be another object: if not, ``next(into:level:)`` changes nothing in its view.
  package var hasNext: Bool { unsafe json_reader_has_next(reader) }

  /// Why the text is malformed.
  package var error: String {
    var offset = 0
    guard let message = unsafe json_reader_error(reader, &offset) else { return "" }
    return unsafe String(cString: message) + " (byte \(offset + 1))"
  }

  package var hadInvalidUTF8: Bool { unsafe json_reader_had_invalid_utf8(reader) }

  /// An element of an array.
  package struct Element: Sendable {
    package let kind: ValueKind
    /// What is between the quotes of a string; the JSON of anything else.
    package let raw: [UInt8]
    /// Whether a string is written with JSON's escapes.
    package let isEscaped: Bool

    fileprivate init(kind: ValueKind, raw: [UInt8], isEscaped: Bool) {
      self.kind = kind
      self.raw = raw
      self.isEscaped = isEscaped
    }

    /// What a scalar reads as.
    package var text: [UInt8] {
      switch kind {
      case .string where isEscaped:
        unsafe raw.withUnsafeBytes { raw in
          unsafe Array(unsafeUninitializedCapacity: raw.count) { buffer, count in
            unsafe count = JSONReader.decode(raw, into: UnsafeMutableRawBufferPointer(buffer))
          }
        }
      case .string, .number, .true, .false: raw
      case .absent, .null, .object, .array: []
      }
    }

    /// Its JSON.
    package var token: [UInt8] {
      kind == .string ? [UInt8(ascii: "\"")] + raw + [UInt8(ascii: "\"")] : raw
    }
  }

  /// The elements of the array that was opened; nil where it is not one. An object counts as its only
  /// member, or for the one that is its name.
  package func elements() -> [Element]? {
    var elements: [Element] = []
    let isRead = unsafe withUnsafeMutablePointer(to: &elements) { elements in
      unsafe json_reader_elements(
        reader,
        { context, bytes, count, kind, isEscaped in
          guard let context = unsafe context else { return }
          let raw = unsafe Array(UnsafeRawBufferPointer(start: bytes, count: count))
          unsafe context.assumingMemoryBound(to: [Element].self).pointee.append(
            Element(
              kind: ValueKind(rawValue: UInt8(truncatingIfNeeded: kind.rawValue)) ?? .absent,
              raw: raw, isEscaped: isEscaped))
        }, elements)
    }
    return isRead ? elements : nil
  }

  /// Decodes a string that is written with JSON's escapes.
  ///
  /// - Parameter buffer: Has room for as many bytes as the string.
  /// - Returns: How many bytes there are.
  package static func decode(
    _ string: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer
  ) -> Int {
    guard let from = string.baseAddress, let to = buffer.baseAddress else { return 0 }
    return unsafe json_decode(
      from.assumingMemoryBound(to: UInt8.self), string.count,
      to.assumingMemoryBound(to: UInt8.self))
  }
}
