package import Facts

/// What programs and addresses are called where hosts are compared, whatever their events write: by dense numbers.
package struct CallNames: Sendable {
  /// An executable, wherever it is.
  package struct Program: Sendable {
    /// Its own name in lower case.
    var name: TextID
    /// Its path without what differs from user to user, where users can write; none elsewhere.
    var place: TextID
  }

  /// An address as it is canonical, or whatever was written for one.
  package struct Destination: Sendable {
    package let address: TextID
    /// What it is compared by with other destinations; itself where it is no public address.
    let network: TextID

    package static let none = Self(address: .none, network: .none)
  }

  private struct Network: Sendable {
    var name: TextID
    var scope: Address.Scope?
  }

  private var names = Names()
  private var programs = TextMap<Program>()
  private var addresses = TextMap<Destination>()
  /// By the name of an address.
  private var networks = TextMap<Network>()
  /// By the name of a network.
  private var publicNetworks = TextMap<Bool>()

  /// The text of a name; `none` reads as "".
  subscript(id: TextID) -> String { names[id] }

  package mutating func program(_ image: TextID, _ texts: TextTable) -> Program {
    if let known = programs[image] { return known }
    let text = texts[image]
    let program = Program(
      name: names.intern(asciiLowercased(baseName(text))),
      place: ImageTraits.writablePlace(text).map { _ in names.intern(ImageTraits.place(text)) }
        ?? .none)
    programs[image] = program
    return program
  }

  mutating func destination(_ address: TextID, _ texts: TextTable) -> Destination {
    if let known = addresses[address] { return known }
    let destination = destination(texts[address])
    addresses[address] = destination
    return destination
  }

  /// - Parameter text: An address as it was written, which may be something else.
  package mutating func destination(_ text: String) -> Destination {
    if let parsed = Address(text) { return destination(parsed) }
    let name = names.intern(text)
    if networks[name] == nil { networks[name] = Network(name: name, scope: nil) }
    return Destination(address: name, network: network(of: name))
  }

  package mutating func destination(_ address: Address) -> Destination {
    let name = names.intern(AddressBlock(address.unmapped))
    if networks[name] == nil {
      let network = Network(name: names.intern(address.network), scope: address.scope)
      networks[name] = network
      if network.scope == .public { publicNetworks[network.name] = true }
    }
    return Destination(address: name, network: network(of: name))
  }

  /// The number of every name there is; those of addresses are among them.
  var numbers: some Sequence<TextID> { names.numbers }

  func network(of address: TextID) -> TextID { networks[address]?.name ?? address }

  func scope(of address: TextID) -> Address.Scope? { networks[address]?.scope }

  func isPublic(network: TextID) -> Bool { publicNetworks[network] ?? false }

  /// The network of an address as it was written; a name that nobody has noted is nobody's.
  func network(ofAddress text: String) -> TextID {
    var names = names
    return Address(Array(text.utf8)).map { names.intern($0.network) } ?? names.intern(text)
  }
}
