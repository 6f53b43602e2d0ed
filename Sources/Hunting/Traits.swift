import Facts
import Knowledge

/// What the path of an executable says by itself.
struct ImageTraits: Sendable {
  let baseName: String
  /// Whether its own name is a listed one.
  let isHighRisk: Bool
  /// Exchange's own programs, and IIS, which runs its web services.
  let isExchange: Bool
  /// The part of the path that says who may write there.
  let writablePlace: String?

  private static let writablePlaces = [
    "\\users\\", "\\windows\\temp\\", "\\programdata\\", "\\perflogs\\", "\\$recycle.bin\\",
    "\\windows\\tasks\\",
  ]
  private static let writableUnixPlaces = ["/tmp/", "/var/tmp/", "/dev/shm/", "/home/"]

  init(_ image: String, _ lists: DetectionLists) {
    baseName = Hunting.baseName(image)
    let path = asciiLowercased(image)
    let name = Hunting.baseName(path)
    isHighRisk = lists.highRiskProcesses.contains(name)
    isExchange =
      name == "w3wp.exe" || name == "edgetransport.exe" || name.hasPrefix("msexchange")
      || contains(path, "\\exchange server\\")
    writablePlace =
      Self.writablePlaces.first { contains(path, $0) }
      ?? Self.writableUnixPlaces.first { path.hasPrefix($0) }
  }
}

/// What a port says by itself.
struct PortTraits: Sendable {
  let text: String
  let number: Double?
  let isKnownC2: Bool
  let isOdd: Bool

  init(_ text: String, _ lists: DetectionLists) {
    self.text = text
    number = portNumber(text)
    isKnownC2 = number.map(lists.isKnownC2Port) ?? false
    isOdd = number.map(lists.isOddPort) ?? false
  }
}

/// An address as it is written, and what that means if it is one.
struct AddressTraits: Sendable {
  let text: String
  let scope: Address.Scope?

  init(_ text: String) {
    self.text = text
    scope = Address(Array(text.utf8))?.scope
  }
}
