package import Facts
import Knowledge

/// Somebody set the port on which Remote Desktop listens (`…\RDP-Tcp\PortNumber`, Event ID 13).
package struct RemoteDesktopChange: Equatable, Sendable {
  /// Accepted connections on the new port, from the day of the change on.
  package struct FollowUp: Equatable, Sendable {
    package var connectionCount = 0
    /// Who connected: canonical, ascending by address.
    package var addresses: [String] = []
    package var firstSeen: UTCTime?
    package var lastSeen: UTCTime?
  }

  /// 3389.
  package static let defaultPort = 3389

  /// Stable from run to run.
  package var id: String
  package var host: String
  package var image: String
  package var user: String
  package var target: String
  /// What was written, word for word.
  package var details: String
  /// Nil where `details` is not a port.
  package var newPort: Int?
  /// As the event says, else as the change before it on the same host says.
  package var oldPort: Int?
  package var time: UTCTime?
  package var followUp = FollowUp()
  package var place: Place
  package var points = 0
  package var reasons: [Reason] = []
  package var status: Finding.Status?

  /// Back to where everybody expects it.
  package var isRestored: Bool { newPort == Self.defaultPort }
}

extension FactTable {
  /// Each change once, by time, then host.
  ///
  /// - Complexity: O(*c* · *k*) in changes and keys; changes are few.
  func remoteDesktopChanges(_ weights: EvidenceWeights) -> [RemoteDesktopChange] {
    var seen: Set<String> = []
    var changes: [RemoteDesktopChange] = []
    for fact in registryChanges.sorted(by: { $0.place < $1.place }) {
      let target = texts[fact.target]
      guard asciiLowercased(target).hasSuffix("\\rdp-tcp\\portnumber") else { continue }
      let fields = [fact.host, fact.image, fact.user, fact.target, fact.details].map { texts[$0] }
      let id = findingID(fields + [fact.time?.iso8601Milliseconds ?? "", "rdp"])
      guard seen.insert(id).inserted else { continue }
      changes.append(
        RemoteDesktopChange(
          id: id, host: fields[0], image: fields[1], user: fields[2], target: target,
          details: fields[4], newPort: registryNumber(fields[4]),
          oldPort: registryNumber(texts[fact.previous]), time: fact.time, place: fact.place))
    }
    changes.sort { a, b in
      if a.time != b.time {
        guard let time = a.time else { return false }
        return b.time.map { time < $0 } ?? true
      }
      return a.host == b.host ? a.id < b.id : byBytes(a.host, b.host)
    }
    var ports: [String: Int] = [:]
    for index in changes.indices {
      let host = changes[index].host
      if changes[index].oldPort == nil { changes[index].oldPort = ports[host] }
      ports[host] = changes[index].newPort ?? ports[host]
      changes[index].followUp = followUp(changes[index])
      changes[index].weigh(weights)
    }
    return changes
  }

  private func followUp(_ change: RemoteDesktopChange) -> RemoteDesktopChange.FollowUp {
    var result = RemoteDesktopChange.FollowUp()
    var addresses: Set<String> = []
    for at in connections(after: change) {
      let (key, fact) = (keys[at], facts[at])
      result.connectionCount += fact.count
      if key.address != .none { addresses.insert(texts[key.address]) }
      let first = [fact.first, change.time].compactMap(\.self).max()
      result.firstSeen = [result.firstSeen, first].compactMap(\.self).min()
      result.lastSeen = [result.lastSeen, fact.last].compactMap(\.self).max()
    }
    result.addresses = orderedAddresses(addresses).map { $0.0?.description ?? $0.1 }
    return result
  }

  /// The numbers of accepted connections on the new port, from the day of the change on.
  func connections(after change: RemoteDesktopChange) -> [Int] {
    guard let port = change.newPort, !change.isRestored else { return [] }
    return keys.indices.filter { at in
      let key = keys[at]
      guard key.direction == .inbound, portNumber(texts[key.port]) == Double(port),
        texts[key.host] == change.host
      else { return false }
      guard let time = change.time, let last = facts[at].last else { return true }
      return last >= time
    }
  }
}

extension RemoteDesktopChange {
  /// Gives points for leaving the usual port, and for connections that were accepted on the new one.
  fileprivate mutating func weigh(_ weights: EvidenceWeights) {
    guard !isRestored else { return }
    func give(_ evidence: Evidence, _ detail: String) {
      guard weights[evidence] != 0 else { return }
      reasons.append(Reason(evidence: evidence, points: weights[evidence], detail: detail))
    }
    give(.movedPort, newPort.map { "port \($0)" } ?? details)
    if followUp.connectionCount > 0 {
      give(.movedPortUsed, "\(followUp.connectionCount) connections")
    }
    points = min(100, max(0, reasons.reduce(0) { $0 + $1.points }))
  }
}

/// The number of a registry value as Sysmon writes it, `DWORD (0x00008462)`, or in decimal or
/// hexadecimal figures alone. Nil for what is not a port.
package func registryNumber(_ details: String) -> Int? {
  var text = details[...]
  if let open = text.firstIndex(of: "("), text.last == ")" {
    text = text[text.index(after: open)...].dropLast()
  }
  let isHexadecimal = text.hasPrefix("0x") || text.hasPrefix("0X")
  let figures = isHexadecimal ? text.dropFirst(2) : text
  guard let first = figures.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-"),
    let number = Int(figures, radix: isHexadecimal ? 16 : 10), (1...65_535).contains(number)
  else { return nil }
  return number
}
