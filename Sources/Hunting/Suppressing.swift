package import Facts
import Knowledge

/// A row that a suppression keeps out of the table.
package struct SuppressedFinding: Equatable, Sendable {
  /// The suppression's name.
  package var by: String
  package var finding: Finding

  package init(by: String, finding: Finding) {
    self.by = by
    self.finding = finding
  }
}

/// What a suppression did in one run.
package struct SuppressionUse: Equatable, Sendable {
  package var name: String
  package var reason: String
  package var owner: String
  package var expires: UTCTime?
  /// Connections that it hid.
  package var connections = 0
  /// Of these, those of the last day in which anything was heard.
  package var lastDayConnections = 0
  /// The first and the last of them that have a time.
  package var firstHidden: UTCTime?
  package var lastHidden: UTCTime?
  /// Regular calls that it hid.
  package var beacons = 0
  /// Connections that would be shown if nothing were suppressed.
  package var allConnections = 0
  /// The archives reach to its expiry or beyond: what came since then is shown.
  package var hasExpired: Bool
  /// It fits nothing that was found, hidden or not.
  package var fitsNothing = true

  /// What it hid of all that would be shown, in percent, rounded down; 0 where there is nothing.
  package var share: Int { allConnections == 0 ? 0 : connections * 100 / allConnections }

  /// Whether it hides more than this percentage of what would be shown.
  package func hides(moreThan percent: Int) -> Bool {
    connections * 100 > allConnections * percent
  }
}

/// The suppressions of a run, and what became of them.
struct Suppressing {
  private let rules: [Suppression]
  private var uses: [SuppressionUse]
  private let lastDay: Int32?
  private var connections = 0

  /// - Parameter end: The end of the last hour in which anything was heard.
  init(_ rules: [Suppression], heardUntil end: UTCTime?) {
    self.rules = rules
    lastDay = end.map { UTCTime(milliseconds: $0.milliseconds - 1).day }
    uses = rules.map { rule in
      let hasExpired = rule.expires.flatMap { expires in end.map { $0 > expires } } ?? false
      return SuppressionUse(
        name: rule.name, reason: rule.reason, owner: rule.owner, expires: rule.expires,
        hasExpired: hasExpired)
    }
  }

  /// - Returns: The first rule, by its index, that hides a connection; nil: it is shown.
  mutating func rule(
    hiding key: ConnectionKey, _ fact: ConnectionFact, parent: TextID, _ texts: TextTable
  ) -> Int? {
    connections += fact.count
    var hiding: Int?
    for (index, rule) in rules.enumerated() where hiding == nil || uses[index].fitsNothing {
      guard rule.fits(key, parent: parent, texts) else { continue }
      uses[index].fitsNothing = false
      guard hiding == nil else { continue }
      // A fact is of one day, and so is an expiry.
      if let expires = rule.expires, let last = fact.last, last >= expires { continue }
      uses[index].add(fact, lastDay)
      hiding = index
    }
    return hiding
  }

  func name(of rule: Int) -> String { rules[rule].name }

  /// What became of each, when everything was judged.
  var finished: [SuppressionUse] {
    uses.map { use in
      var use = use
      use.allConnections = connections
      return use
    }
  }

  /// The first rule that hides everything in a group of calls; nil: it is shown.
  ///
  /// A rule that names a parent hides none: a beacon's processes have had many.
  mutating func name(
    hiding series: RegularSeries, _ beacon: Beacon, _ texts: TextTable
  ) -> String? {
    let (key, group) = (series.key, series.group)
    let addresses = beacon.addresses.isEmpty ? [beacon.address] : beacon.addresses
    for (index, rule) in rules.enumerated() where rule.parents.isEmpty {
      let fits =
        group.callers.allSatisfy { rule.fits(host: key.host, $0.image, $0.user, texts) }
        && addresses.allSatisfy { rule.hasAddress($0) }
        && rule.hasPort(texts[key.port], texts[key.transport])
      guard fits else { continue }
      uses[index].fitsNothing = false
      if let expires = rule.expires, let last = group.last, last >= expires { continue }
      uses[index].beacons += 1
      return rule.name
    }
    return nil
  }
}

extension SuppressionUse {
  fileprivate mutating func add(_ fact: ConnectionFact, _ lastDay: Int32?) {
    connections += fact.count
    if let day = fact.last?.day, day == lastDay { lastDayConnections += fact.count }
    if let first = fact.first { firstHidden = min(firstHidden ?? first, first) }
    if let last = fact.last { lastHidden = max(lastHidden ?? last, last) }
  }
}

extension Suppression {
  func fits(_ key: ConnectionKey, parent: TextID, _ texts: TextTable) -> Bool {
    fits(host: key.host, key.image, key.user, texts) && Self.path(parents, parent, texts)
      && hasAddress(texts[key.address]) && hasPort(texts[key.port], texts[key.transport])
  }

  /// What of the rule does not fit a connection; nothing where it hides it.
  func obstacles(
    to key: ConnectionKey, _ fact: ConnectionFact, parent: TextID, _ texts: TextTable
  ) -> [String] {
    var whole = [
      ("host", \Suppression.hosts), ("image", \.images), ("user", \.users), ("parent", \.parents),
    ].compactMap { name, field in
      var without = self
      for other in [\Suppression.hosts, \.images, \.users, \.parents] where other != field {
        without[keyPath: other] = []
      }
      without.addresses = []
      without.ports = []
      return without.fits(key, parent: parent, texts) ? nil : name
    }
    if !hasAddress(texts[key.address]) { whole.append("address") }
    if !hasPort(texts[key.port], texts[key.transport]) { whole.append("port") }
    if let expires, let last = fact.last, last >= expires { whole.append("it has expired") }
    return whole
  }

  fileprivate func fits(
    host: TextID, _ image: TextID, _ user: TextID, _ texts: TextTable
  ) -> Bool {
    func one(_ patterns: [Wildcard], _ id: TextID) -> Bool {
      patterns.isEmpty || patterns.contains { $0.matches(texts[id]) }
    }
    return one(hosts, host) && Self.path(images, image, texts) && one(users, user)
  }

  private static func path(_ patterns: [Wildcard], _ id: TextID, _ texts: TextTable) -> Bool {
    patterns.isEmpty || patterns.contains { $0.matches(path: texts[id]) }
  }

  fileprivate func hasAddress(_ text: String) -> Bool {
    guard !addresses.isEmpty else { return true }
    guard let address = Address(Array(text.utf8)) else { return false }
    return addresses.contains { $0.contains(address) }
  }

  fileprivate func hasPort(_ text: String, _ transport: String) -> Bool {
    guard !ports.isEmpty else { return true }
    guard let number = portNumber(text) else { return false }
    return ports.contains { $0.holds(port: number, transport: transport) }
  }
}

extension Finding {
  /// The suppression that would hide it, to be completed and pasted below `suppressions:`. Names in it
  /// stand for themselves, whatever they hold; where no port has a number, it says nothing of ports.
  package var suppressionStanza: String {
    let ports = portsUsed.compactMap(\.number).map(String.init).joined(separator: ", ")
    let expires = lastSeen.map {
      String(UTCTime(milliseconds: $0.milliseconds + 90 * 86_400_000).description.prefix(10))
    }
    let stanza = """
      - name: \(id)
        reason: ""
        owner: ""
        expires: \(expires ?? "never")
        match:
          host: \(YAMLFile.quoted(Wildcard.escaped(host)))
          image: \(YAMLFile.quoted(Wildcard.escaped(image)))

      """
    return ports.isEmpty ? stanza : stanza + "    port: [\(ports)]\n"
  }
}
