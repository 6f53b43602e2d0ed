import Facts
import Knowledge

extension BeaconGroups {
  /// Days after which a program on a host is known.
  private static let knownDays = 2

  /// Gives a beacon its points: what it is, whom it calls, and how unusual that is for the program, the
  /// host and the fleet.
  mutating func weigh(
    _ beacon: inout Beacon, _ series: RegularSeries, _ context: inout EvidenceCollector.Context,
    _ weights: EvidenceWeights
  ) {
    let (key, group) = (series.key, series.group)
    let texts = context.facts.texts
    var evidence = EvidenceCollector()
    evidence.add(.beacon, beacon.rhythm)
    for match in beacon.intel { evidence.add(match.indicator) }
    let port = context.port(key.port)
    if port.isKnownC2 { evidence.add(.listedPort, port.text) }
    if port.isOdd { evidence.add(.oddPort, port.text) }
    switch beacon.scope {
    case .public: evidence.add(.publicAddress, beacon.addressText)
    case .private: evidence.excuse(.privateAddress, beacon.addressText, group.count)
    default: break
    }
    for caller in group.callers {
      let image = context.image(caller.image)
      if image.isHighRisk {
        evidence.add(.exactName, image.baseName)
        if beacon.scope == .public { evidence.add(.publicScript, image.baseName) }
      }
      if let place = image.writablePlace, !isUsualPlace(caller.image, texts) {
        evidence.add(.writablePath, place)
      }
    }
    if group.callers.allSatisfy({ context.image($0.image).isInstalled }) {
      evidence.excuse(.installed, beacon.programText, group.count)
    }
    let processes = BeaconGroup.ordered(group.processes, texts)
    for process in processes { evidence.addStart(of: process, on: key.host, &context) }
    beacon.process = ProcessStory(firstOf: processes, on: key.host, context.facts)
    beacon.parents = evidence.parents.union(
      group.callers.map { texts[$0.parent] }.filter { !$0.isEmpty }
    ).sorted(by: byBytes)
    if context.fleet.hostCount >= Fleet.minHosts {
      weighTraffic(&evidence, beacon, series, &context)
    }
    // A browser meets somebody new every day.
    let isSettled = series.programs.allSatisfy {
      traffic.keepsToKnown($0) || traffic.isFew(traffic.hosts(running: $0))
    }
    if isSettled, let first = group.first, context.fleet.isLate(first, on: key.host) {
      evidence.add(.firstSeen, first.iso8601)
    }
    beacon.reasons = evidence.reasons(group.count, weights)
    beacon.points = min(100, max(0, beacon.reasons.reduce(0) { $0 + $1.points }))
  }

  /// Few hosts run them, and they ask everybody.
  private static let nameServers: Set<String> = [
    "dns.exe", "named", "named.exe", "unbound", "unbound.exe", "dnsmasq", "pdns_recursor",
    "coredns", "systemd-resolved", "dnscrypt-proxy", "dnscrypt-proxy.exe",
  ]

  /// Whether the port of a service does not explain it: a high-risk process or one from a place where users
  /// can write goes to a public address, or a program that hardly ever uses the port to one that hardly
  /// anybody talks to. A rare program on port 53 is one of those, unless it is a name server.
  mutating func isSurprising(
    _ beacon: Beacon, _ series: RegularSeries, _ context: inout EvidenceCollector.Context
  ) -> Bool {
    guard beacon.scope == .public else { return false }
    let isStrange = series.group.callers.contains { caller in
      let image = context.image(caller.image)
      return image.isHighRisk
        || image.writablePlace != nil && !isUsualPlace(caller.image, context.facts.texts)
    }
    if isStrange { return true }
    guard context.fleet.hostCount >= Fleet.minHosts, isOfFew(series.key) else { return false }
    return series.programs.allSatisfy {
      traffic.isFew(traffic.hosts(running: $0))
        ? beacon.port.number == 53 && !Self.nameServers.contains(names[$0])
        : traffic.isFew(traffic.hosts(running: $0, toPort: series.key.port))
    }
  }

  private func weighTraffic(
    _ evidence: inout EvidenceCollector, _ beacon: Beacon, _ series: RegularSeries,
    _ context: inout EvidenceCollector.Context
  ) {
    let key = series.key
    let program = series.programs[0]
    let networks =
      series.key.address == .none
      ? group(series).map { network(of: $0) } : [network(of: key.address)]
    let callers = networks.map { traffic.hosts(of: $0) }.max() ?? 0
    let sharing = networks.map { traffic.hosts(of: $0, program: program) }.max() ?? 0
    let all = traffic.hostCount
    let running = traffic.hosts(running: program)
    let isStranger = traffic.isFew(callers) && beacon.scope == .public
    if isStranger {
      evidence.add(
        .rare, "\(callers) of \(all) hosts talk\(callers == 1 ? "s" : "") to \(beacon.addressText)")
    } else if traffic.isMany(sharing) {
      evidence.excuse(
        .fleetWide, "\(sharing) of \(all) hosts, with the same program", series.group.count)
    }
    let isOfWindows = series.group.callers.contains { context.image($0.image).isPartOfWindows }
    let sameport = traffic.hosts(running: program, toPort: key.port)
    // Inside, few hosts talk to most addresses: the program has to be strange there as well.
    let isInsider =
      beacon.scope == .private && traffic.isFew(callers)
      && !series.group.callers.contains {
        context.image($0.image).isHighRisk || context.image($0.image).isScriptHost
      }
    if isOfWindows, isStranger || isInsider && traffic.isFew(sameport) {
      evidence.add(.partOfWindows, beacon.programText)
    }
    let inside = traffic.strangers.hosts(insideWith: program)
    if isInsider, !traffic.isFew(running), traffic.isFew(inside) {
      evidence.add(
        .unusualForProgram,
        "\(beacon.program) talks to addresses inside on \(inside) of \(running) hosts")
    } else if isStranger, !traffic.isFew(running), traffic.keepsToKnown(program) {
      evidence.add(
        .unusualForProgram, "\(beacon.program) keeps to known destinations on \(running) hosts")
    } else if traffic.isUncommon(running) {
      evidence.add(.rareProgram, "\(running) of \(all) hosts run \(beacon.programText)")
    } else if isStranger, !isOfWindows, traffic.roams(program) {
      evidence.excuse(
        .usualForProgram,
        "\(beacon.program) has destinations of its own on"
          + " \(traffic.strangers.hosts(withStrangersOf: program)) of \(running) hosts",
        series.group.count)
    }
    if !traffic.isFew(running), traffic.isFew(sameport), all > 0 {
      evidence.add(
        .newPort,
        "\(sameport) of \(running) hosts see \(beacon.program) on port \(beacon.port.text)")
    }
    let days = traffic.days(of: program, on: key.host, beforePort: key.port)
    if days >= Self.knownDays, !traffic.roams(program) {
      evidence.add(
        .portFirstUsed,
        "\(beacon.program) called out for \(days) days before it used \(beacon.port.text)")
    }
  }

  /// Whether many hosts call the same network with the same program.
  func isFleetWide(_ key: BeaconKey) -> Bool {
    let network = network(of: key.address)
    return traffic.isMany(traffic.hosts(of: network, program: key.program))
  }

  private func group(_ series: RegularSeries) -> [TextID] { Array(series.group.addresses) }
}

extension RegularSeries {
  /// The program, or all of them.
  var programs: [TextID] {
    if case .names(let names) = timekeeper { names } else { [key.program] }
  }
}
