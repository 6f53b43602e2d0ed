import Facts

/// Finds the start of the process that opened a connection.
///
/// Sysmon for Linux 1.0 gave several processes one ProcessGuid: a start whose image is another one's lends
/// nothing. Senders may spell a host short, in full or in another case: its starts are found nevertheless, if
/// only one host fits. The published logic knows neither, so of Windows both are only done where asked for.
struct ProcessStarts {
  private let facts: FactTable
  private let isCareful: Bool
  /// The hosts on which a process of this name started, where hosts in other spellings are looked for.
  private var hosts: [ProcessGuid: [TextID]] = [:]

  init(_ facts: FactTable, isCareful: Bool) {
    self.facts = facts
    self.isCareful = isCareful
    guard isCareful else { return }
    for key in facts.processes.keys { hosts[key.process, default: []].append(key.host) }
  }

  /// - Complexity: O(1); O(*n*) in the hosts on which such a process started, if none is spelled alike.
  func start(of key: ConnectionKey) -> ProcessFact? {
    guard key.process != .none, let start = start(of: key.process, on: key.host),
      !isCareful && key.source != .linuxSysmon || agree(start.image, key.image)
    else { return nil }
    return start
  }

  private func start(of process: ProcessGuid, on host: TextID) -> ProcessFact? {
    if let start = facts.processes[ProcessKey(host: host, process: process)] { return start }
    guard let others = hosts[process] else { return nil }
    let name = facts.texts[host].lowercased()
    let same = others.filter { Self.isSame(name, facts.texts[$0].lowercased()) }
    guard same.count == 1 else { return nil }
    return facts.processes[ProcessKey(host: same[0], process: process)]
  }

  /// Whether two names in lower case can be one host's: equal, or one the first label of the other.
  private static func isSame(_ a: String, _ b: String) -> Bool {
    guard !a.isEmpty, !b.isEmpty else { return false }
    return a == b || a.hasPrefix(b + ".") || b.hasPrefix(a + ".")
  }

  /// Whether two images can be one process's: where both are paths they have to be the same.
  private func agree(_ start: TextID, _ connection: TextID) -> Bool {
    if start == connection { return true }
    let (a, b) = (facts.texts[start], facts.texts[connection])
    guard Self.isPath(a), Self.isPath(b) else { return true }
    return a.lowercased() == b.lowercased()
  }

  private static func isPath(_ image: String) -> Bool {
    image.utf8.contains { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "/") }
  }
}
