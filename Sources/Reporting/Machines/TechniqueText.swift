import Facts
import Hunting
import Knowledge

/// The technique's texts and links for the machine formats.
enum Technique {
  static let tacticID = "TA0011"
  static let tacticName = "Command and Control"
  static let reference = "https://attack.mitre.org/techniques/T1571/"
}

extension Finding {
  /// One sentence; holds field values.
  var sentence: String {
    if kind == .beacon, let beacon { return beacon.sentence }
    if let change { return change.sentence }
    let ports = portsUsed.prefix(5).map(\.text).joined(separator: ", ")
    let addresses = remoteAddresses.prefix(3).joined(separator: ", ")
    let more = remoteAddresses.count > 3 ? " and \(remoteAddresses.count - 3) more" : ""
    return "\(plainProcessName) on \(host.isEmpty ? "an unnamed host" : host)"
      + (isInbound ? " accepted " : " made ") + countText + (isInbound ? " from " : " to ")
      + (addresses.isEmpty ? "no address" : addresses) + more + ", port \(ports)"
  }

  /// The parts of `DOMAIN\name`.
  var userParts: (domain: String?, name: String) {
    let parts = user.split(separator: "\\", maxSplits: 1, omittingEmptySubsequences: false)
    return parts.count == 2 ? (String(parts[0]), String(parts[1])) : (nil, user)
  }
}

extension Beacon {
  /// One sentence; holds field values.
  var sentence: String {
    "\(programText) on \(hostText) calls \(addressText) port \(port.text) "
      + (score.outcome == .beacon ? rhythm : "without a pause")
  }
}

extension RemoteDesktopChange {
  /// One sentence; holds field values.
  var sentence: String {
    "\(image) on \(host) set the RDP port to \(newPort.map(String.init) ?? details)"
  }
}

func fileName(of path: String) -> String {
  path.split(omittingEmptySubsequences: true) { $0 == "\\" || $0 == "/" }.last.map(String.init)
    ?? ""
}

extension JSONOutput {
  /// An object without the members that are null.
  static func compact(_ members: [(key: String, value: JSONOutput?)]) -> JSONOutput {
    .object(members.compactMap { member in member.value.map { (key: member.key, value: $0) } })
  }

  /// Nil for an empty text.
  static func filled(_ text: String) -> JSONOutput? { text.isEmpty ? nil : .string(text) }

  /// One object to the line.
  static func lines(_ objects: [JSONOutput]) -> [UInt8] {
    var output: [UInt8] = []
    for object in objects {
      object.write(to: &output, level: nil)
      output.append(UInt8(ascii: "\n"))
    }
    return output
  }
}
