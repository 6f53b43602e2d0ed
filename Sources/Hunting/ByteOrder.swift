import Facts

func byBytes(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

/// By address; what is not an address comes last, by its bytes.
func orderedAddresses(_ texts: some Sequence<String>) -> [(Address?, String)] {
  texts.map { (Address(Array($0.utf8)), $0) }.sorted { a, b in
    switch (a.0, b.0) {
    case (let left?, let right?): left < right
    case (nil, nil): byBytes(a.1, b.1)
    case (_?, nil): true
    case (nil, _?): false
    }
  }
}
