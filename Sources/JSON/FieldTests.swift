internal import CSimdjson

/// Groups of tests of the values in a ``FieldView``, of which the first is looked for whose tests all hold.
@safe package final class FieldTests: @unchecked Sendable {
  package enum Test: Sendable {
    case object, array, scalar, present, absent
    /// The value is exactly this text.
    case text(String)
  }

  let tests: UnsafeMutableBufferPointer<view_test>
  let groups: Int

  /// - Parameter groups: Of each the tests, with the slots of the values. A group without tests always holds.
  package init(_ groups: [[(test: Test, slot: Int)]]) {
    self.groups = groups.count
    unsafe tests = .allocate(capacity: groups.reduce(0) { $0 + $1.count })
    var next = 0
    for (group, members) in groups.enumerated() {
      for (test, slot) in members {
        var compiled = unsafe view_test(
          kind: TEST_OBJECT, slot: Int32(slot), group: UInt32(group), count: 0, bytes: nil)
        switch test {
        case .object: unsafe compiled.kind = TEST_OBJECT
        case .array: unsafe compiled.kind = TEST_ARRAY
        case .scalar: unsafe compiled.kind = TEST_SCALAR
        case .present: unsafe compiled.kind = TEST_PRESENT
        case .absent: unsafe compiled.kind = TEST_ABSENT
        case .text(let text):
          unsafe compiled.kind = TEST_TEXT
          let copy = UnsafeMutablePointer<CChar>.allocate(capacity: text.utf8.count)
          for (at, byte) in text.utf8.enumerated() { unsafe copy[at] = CChar(bitPattern: byte) }
          unsafe compiled.count = UInt32(text.utf8.count)
          unsafe compiled.bytes = UnsafePointer(copy)
        }
        unsafe tests.initializeElement(at: next, to: compiled)
        next += 1
      }
    }
  }

  deinit {
    for index in unsafe tests.indices { unsafe tests[index].bytes?.deallocate() }
    unsafe tests.deallocate()
  }
}
