import Facts
import Knowledge

/// What the path of an executable says by itself.
struct ImageTraits: Sendable {
  /// What a program is for, where it has no business starting script hosts.
  enum Role: String, Sendable {
    case office, browser, serviceHost = "service host"
  }

  let path: String
  let baseName: String
  let role: Role?
  /// An interpreter that is not on the published list.
  let isScriptHost: Bool
  /// Whether its own name is a listed one.
  let isHighRisk: Bool
  /// Exchange's own programs, and IIS, which runs its web services.
  let isExchange: Bool
  /// The part of the path that says who may write there.
  let writablePlace: String?
  /// Whether it is in a folder for installed programs, where only administrators can write.
  let isInstalled: Bool
  /// Whether it is below the folder of Windows, where users cannot write.
  let isPartOfWindows: Bool

  private static let writablePlaces = [
    "\\users\\", "\\windows\\temp\\", "\\programdata\\", "\\perflogs\\", "\\$recycle.bin\\",
    "\\windows\\tasks\\",
  ]
  private static let writableUnixPlaces = ["/tmp/", "/var/tmp/", "/dev/shm/", "/home/"]

  private static let roles: [String: Role] = [
    "winword.exe": .office, "excel.exe": .office, "powerpnt.exe": .office, "outlook.exe": .office,
    "onenote.exe": .office, "msaccess.exe": .office, "mspub.exe": .office, "visio.exe": .office,
    "acrord32.exe": .office, "acrobat.exe": .office, "eqnedt32.exe": .office,
    "chrome.exe": .browser, "msedge.exe": .browser, "firefox.exe": .browser,
    "iexplore.exe": .browser, "brave.exe": .browser, "opera.exe": .browser,
    "w3wp.exe": .serviceHost, "sqlservr.exe": .serviceHost, "httpd.exe": .serviceHost,
    "nginx.exe": .serviceHost, "tomcat9.exe": .serviceHost, "wmiprvse.exe": .serviceHost,
    "httpd": .serviceHost, "nginx": .serviceHost, "apache2": .serviceHost,
  ]

  init(_ image: String, _ lists: DetectionLists) {
    self.path = image
    baseName = Hunting.baseName(image)
    let path = asciiLowercased(image)
    let name = Hunting.baseName(path)
    isHighRisk = lists.highRiskProcesses.contains(name)
    role = Self.roles[name]
    isScriptHost =
      ["bash", "sh", "dash", "perl", "ruby", "node", "node.exe", "msbuild.exe", "wmic.exe"]
      .contains(name)
      || name.hasPrefix("python")
    isExchange =
      name == "w3wp.exe" || name == "edgetransport.exe" || name.hasPrefix("msexchange")
      || contains(path, "\\exchange server\\")
    writablePlace = Self.writablePlace(image)
    isInstalled = contains(path, ":\\program files")
    isPartOfWindows = writablePlace == nil && contains(path, ":\\windows\\")
  }

  /// The part of a path that says who may write there.
  static func writablePlace(_ image: String) -> String? {
    let path = asciiLowercased(image)
    return writablePlaces.first { contains(path, $0) }
      ?? writableUnixPlaces.first { path.hasPrefix($0) }
  }

  /// A path in lower case without what differs from user to user and from version to version.
  static func place(_ image: String) -> String {
    var place = ""
    var isInNumber = false
    var isUser = false
    for character in asciiLowercased(image).replacing("/", with: "\\") {
      if isUser, character != "\\" { continue }
      isUser = false
      let isDigit = character.isNumber
      if !isDigit { place.append(character) } else if !isInNumber { place.append("#") }
      isInNumber = isDigit
      if character == "\\", place.hasSuffix("\\users\\") || place.hasSuffix("\\home\\") {
        isUser = true
      }
    }
    return place
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
