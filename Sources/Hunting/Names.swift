import Facts

/// Names of programs, places, addresses and networks, each once, by dense numbers.
///
/// Addresses are kept as numbers: a fleet meets millions of them, of which hardly any is reported.
struct Names: Sendable {
  /// An IPv4 block as one number.
  private struct SmallBlock: NumberedKey {
    var value: UInt64

    func hash(_ hash: KeyedHash) -> UInt32 { hash.finished(hash.joined(hash.start, value, 0)) }
  }

  private enum Kind: UInt32 {
    case text, small, large
  }

  private var texts = TextTable()
  private var small = NumberedKeys<SmallBlock>()
  private var large = NumberedKeys<AddressBlock>()
  /// The names of each, by their numbers.
  private var textNames = TextMap<TextID>()
  private var smallNames: [TextID] = []
  private var largeNames: [TextID] = []
  /// By the number of a name: what it is, and the number of that.
  private var all: [UInt32] = [0]

  mutating func intern(_ text: String) -> TextID {
    let id = texts.intern(text)
    if let known = textNames[id] { return known }
    let name = add(.text, Int(id.raw))
    textNames[id] = name
    return name
  }

  mutating func intern(_ block: AddressBlock) -> TextID {
    guard block.base.family == .v4 else {
      let (number, isNew) = large.insert(block)
      if isNew { largeNames.append(add(.large, number)) }
      return largeNames[number]
    }
    let (number, isNew) = small.insert(
      SmallBlock(value: block.base.low << 8 | UInt64(block.prefixBits)))
    if isNew { smallNames.append(add(.small, number)) }
    return smallNames[number]
  }

  private mutating func add(_ kind: Kind, _ number: Int) -> TextID {
    all.append(UInt32(truncatingIfNeeded: number) << 2 | kind.rawValue)
    return TextID(raw: UInt32(truncatingIfNeeded: all.count - 1))
  }

  /// The number of every name there is, and `none`.
  var numbers: some Sequence<TextID> {
    all.indices.lazy.map { TextID(raw: UInt32(truncatingIfNeeded: $0)) }
  }

  /// The text of a name; `none` reads as "".
  subscript(id: TextID) -> String {
    guard id != .none else { return "" }
    let number = all[Int(id.raw)] >> 2
    switch Kind(rawValue: all[Int(id.raw)] & 3) {
    case .small:
      let value = small.keys[Int(number)].value
      return AddressBlock(
        Address(v4: UInt32(truncatingIfNeeded: value >> 8)), bits: Int(value & 255)
      ).description
    case .large: return large.keys[Int(number)].description
    case .text, nil: return texts[TextID(raw: number)]
    }
  }
}

extension AddressBlock {
  /// The block of one address alone.
  init(_ address: Address) { self.init(address, bits: address.family == .v4 ? 32 : 128) }
}

extension Address {
  /// The network by which an address is compared with other destinations: services and content networks answer
  /// from many addresses.
  var network: AddressBlock {
    let address = unmapped
    guard address.scope == .public else { return AddressBlock(address) }
    return AddressBlock(address, bits: address.family == .v4 ? 24 : 48)
  }
}
