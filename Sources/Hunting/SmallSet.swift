/// A set that mostly has one element, which then needs no memory of its own.
struct SmallSet<Element: Hashable & Sendable>: Sendable {
  private var first: Element?
  private var others: Set<Element> = []

  var count: Int { (first == nil ? 0 : 1) + others.count }

  mutating func insert(_ element: Element) {
    if first == nil {
      first = element
    } else if first != element {
      others.insert(element)
    }
  }
}

extension SmallSet {
  func mapped(_ body: (Element) throws -> Element) rethrows -> Self {
    var mapped = Self()
    for element in self { mapped.insert(try body(element)) }
    return mapped
  }
}

extension SmallSet: Sequence {
  struct Iterator: IteratorProtocol {
    fileprivate var first: Element?
    fileprivate var others: Set<Element>.Iterator

    mutating func next() -> Element? {
      if let element = first {
        first = nil
        return element
      }
      return others.next()
    }
  }

  /// In no order.
  func makeIterator() -> Iterator { Iterator(first: first, others: others.makeIterator()) }
}
