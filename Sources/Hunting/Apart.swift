/// A value that is kept apart from what has it, which then stays small where there are many and few have one.
@propertyWrapper
package struct Apart<Value: Equatable & Sendable>: Equatable, Sendable {
  private final class Storage: Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
  }

  private var storage: Storage?

  package init(wrappedValue: Value?) { storage = wrappedValue.map(Storage.init) }

  package var wrappedValue: Value? {
    get { storage?.value }
    set { storage = newValue.map(Storage.init) }
  }

  package static func == (a: Self, b: Self) -> Bool { a.wrappedValue == b.wrappedValue }
}
