/// All addresses that begin with the same bits: `10.0.0.0/8`, `2001:db8::/32`, or one address.
package struct AddressBlock: Hashable, Sendable {
  package let base: Address
  /// Bits that are the same: 0 to 32, or to 128.
  package let prefixBits: Int

  /// - Returns: Nil for a text that is neither an address nor a block, and for a block with bits set
  ///   after its prefix.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let base = Address(Array(parts[0].utf8)) else { return nil }
    let width = base.family == .v4 ? 32 : 128
    var bits = width
    if parts.count == 2 {
      guard let number = Int(parts[1]), (0...width).contains(number), String(number) == parts[1]
      else { return nil }
      bits = number
    }
    guard base == base.masked(bits) else { return nil }
    self.base = base
    prefixBits = bits
  }

  /// The block of the addresses that share their first `bits` with `address`.
  package init(_ address: Address, bits: Int) {
    base = address.masked(bits)
    prefixBits = bits
  }

  /// Bits that an address of this family has.
  package var width: Int { base.family == .v4 ? 32 : 128 }

  /// An IPv4 address that was written as an IPv6 one is in the IPv4 block.
  package func contains(_ address: Address) -> Bool {
    let address = base.family == .v4 ? address.unmapped : address
    return address.family == base.family && address.masked(prefixBits) == base
  }
}

/// Blocks among which the one of an address is looked for.
package struct AddressBlocks: Sendable {
  private let blocks: Set<AddressBlock>
  /// The lengths of their prefixes.
  private let lengths: (v4: [Int], v6: [Int])

  package init(_ blocks: some Sequence<AddressBlock>) {
    let all = Set(blocks)
    func bits(_ family: Address.Family) -> [Int] {
      Set(all.lazy.filter { $0.base.family == family }.map(\.prefixBits)).sorted()
    }
    self.blocks = all
    lengths = (bits(.v4), bits(.v6))
  }

  package var isEmpty: Bool { blocks.isEmpty }

  /// As ``AddressBlock/contains(_:)``, of any of them.
  ///
  /// - Complexity: O(*l*) in the different lengths of prefixes.
  package func contains(_ address: Address) -> Bool {
    func isIn(_ address: Address, _ lengths: [Int]) -> Bool {
      lengths.contains { blocks.contains(AddressBlock(address, bits: $0)) }
    }
    let plain = address.unmapped
    return plain.family == .v4 && isIn(plain, lengths.v4)
      || address.family == .v6 && isIn(address, lengths.v6)
  }
}

extension AddressBlock: NumberedKey {
  package func hash(_ hash: KeyedHash) -> UInt32 {
    let kind = UInt64(prefixBits) << 8 | UInt64(base.family.rawValue)
    return hash.finished(hash.joined(hash.joined(hash.start, base.high, base.low), kind, 0))
  }
}

extension AddressBlock: CustomStringConvertible {
  package var description: String {
    base.description + (prefixBits == width ? "" : "/\(prefixBits)")
  }
}

extension Address {
  /// The address with all bits after the first `bits` cleared.
  package func masked(_ bits: Int) -> Address {
    func mask(_ bits: Int) -> UInt64 { bits <= 0 ? 0 : bits >= 64 ? .max : .max << (64 - bits) }
    guard family == .v6 else {
      return Address(v4: UInt32(truncatingIfNeeded: low & (mask(bits) >> 32)))
    }
    return Address(v6: high & mask(bits), low & mask(bits - 64))
  }
}
