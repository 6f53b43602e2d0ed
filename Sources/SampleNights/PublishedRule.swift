/// The published query's score, written down a second time: this module is a witness, and shares no
/// code with what it bears witness about.
package enum PublishedRule {
  package enum Parity: String, CaseIterable, Sendable {
    /// The query's unanchored match on the path.
    case seed
    /// The executable's own name, or the one it was built with.
    case tuned
  }

  static let knownPorts: Set<Int> = [
    444, 587, 1224, 1337, 2083, 2087, 4443, 4444, 4445, 6666, 6667, 6668, 7777, 8008, 8088, 8888,
    9001, 9090, 31337,
  ]
  static let standardPorts: Set<Int> = [80, 443, 8080, 8443, 53, 25, 3000, 5000, 9000]
  static let programs = [
    "cmd.exe", "powershell.exe", "pwsh.exe", "wscript.exe", "cscript.exe", "mshta.exe",
    "rundll32.exe", "regsvr32.exe", "certutil.exe", "bitsadmin.exe", "msiexec.exe",
  ]

  /// 3 (High), 2 (Medium), 1 (Low) or 0 (nothing) for an outbound connection.
  package static func score(
    image: String, originalFileName: String?, port: Int, parity: Parity
  ) -> Int {
    let isListed =
      switch parity {
      case .seed:
        programs.contains { PublishedRule.contains(image.lowercased(), $0) }
      case .tuned:
        programs.contains(Program.fileName(of: image).lowercased())
          || programs.contains((originalFileName ?? "").lowercased())
      }
    if knownPorts.contains(port) { return isListed ? 3 : 1 }
    return isListed && !standardPorts.contains(port) && port > 1024 ? 2 : 0
  }

  private static func contains(_ text: String, _ part: String) -> Bool {
    let text = Array(text.utf8)
    let part = Array(part.utf8)
    guard text.count >= part.count else { return false }
    return (0...(text.count - part.count)).contains {
      text[$0..<($0 + part.count)].elementsEqual(part)
    }
  }
}
