private import CSimdjson

/// What the names of fields mean: a tree of paths, and names that are known at every path.
///
/// Complete once it is shared: the readers of all workers use the same one.
@safe package final class FieldNames: @unchecked Sendable {
  /// How what is below a path is read.
  package struct Role: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// It is also read as if it were at the root.
    package static let wrapper = Role(rawValue: UInt32(NAME_WRAPPER))
    /// It holds Sysmon's own fields.
    package static let data = Role(rawValue: UInt32(NAME_DATA))
    /// Below it only the paths that were added are read.
    package static let opaque = Role(rawValue: UInt32(NAME_OPAQUE))
  }

  let names: OpaquePointer

  /// - Parameters:
  ///   - dataSlots: Slots below this number are Sysmon's own fields, taken from one object of a document.
  ///   - scalarSlots: Slots below this number hold scalars; those from here on note objects and arrays as well.
  ///   - count: How many slots there are.
  ///   - positional: The slot of an array of values without names.
  package init(dataSlots: Int, scalarSlots: Int, count: Int, positional: Int) {
    unsafe names = field_names_create(
      Int32(dataSlots), Int32(scalarSlots), Int32(count), Int32(positional))
  }

  deinit { unsafe field_names_destroy(names) }

  /// Adds a path from the root of a document: keys joined by dots, compared byte by byte.
  ///
  /// - Parameters:
  ///   - slot: What a value there fills; nil where only what is below it matters.
  ///   - rank: Of two paths with the same slot the one with the lower rank counts.
  package func add(path: String, slot: Int? = nil, rank: Int = 0, role: Role = []) {
    unsafe field_names_add_path(names, path, Int32(slot ?? -1), Int32(rank), role.rawValue)
  }

  /// Adds a name that is known at every path and in any spelling: case and what separates words do not
  /// matter, and a prefix that ends with `_` or `.` is allowed.
  ///
  /// - Parameter path: An object there is read as one at this path.
  package func add(anywhere name: String, slot: Int?, rank: Int = 0, readAs path: String? = nil) {
    unsafe field_names_add_anywhere(names, name, Int32(slot ?? -1), Int32(rank), path)
  }

  /// The slot of a name that is known at every path; nil where it is not known.
  package func slot(ofName name: UnsafeRawBufferPointer) -> Int? {
    let slot = unsafe field_names_find(
      names, name.baseAddress?.assumingMemoryBound(to: UInt8.self), name.count)
    return slot < 0 ? nil : Int(slot)
  }
}
