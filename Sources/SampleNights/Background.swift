/// What a host logs on an ordinary day: mostly no network event at all.
struct Background {
  private typealias Event = LogicalEvent

  private let host: Host
  private let day: Int
  private var random: SampleRandom
  /// Processes that run all week; the event of their start is long gone.
  private let residents: [RunningProcess]
  private var events: [LogicalEvent] = []
  private var serial: Int

  /// The host's ordinary events of one day (UTC), in no order.
  static func events(of host: Host, day: Int, seed: UInt64) -> [LogicalEvent] {
    var background = Background(host: host, day: day, seed: seed)
    background.run()
    return background.events
  }

  private init(host: Host, day: Int, seed: UInt64) {
    self.host = host
    self.day = day
    random = SampleRandom(seed: seed, "background", host.name, String(day))
    serial = 1000 + day * 1000
    residents = Background.residents(of: host)
  }

  /// The processes that run on the host all week.
  static func residents(of host: Host) -> [RunningProcess] {
    let boot = Company.firstDay + (-90_000_000 + host.number * 61_000)
    return residentPrograms(host).enumerated().map { at, resident in
      RunningProcess(
        resident.program, on: host, as: resident.user, started: boot + at * 1700, serial: 10 + at)
    }
  }

  static let system = "NT AUTHORITY\\SYSTEM"
  static let networkService = "NT AUTHORITY\\NETWORK SERVICE"

  private static func residentPrograms(_ host: Host) -> [(program: Program, user: String)] {
    if host.role == .linux {
      return ["/usr/sbin/nginx", "/usr/lib/postgresql/15/bin/postgres", "/usr/bin/python3"].map {
        (Programs.linux($0, parent: "/usr/lib/systemd/systemd"), "root")
      }
    }
    let common: [(program: Program, user: String)] = [
      (Programs.service("Schedule"), system), (Programs.service("Dnscache"), networkService),
      (Programs.defender, system), (Programs.lsass, system),
      (Programs.service("wuauserv"), system), (Programs.systemProcess, system),
    ]
    switch host.role {
    case .domainController: return common + [(Programs.nameServer, system)]
    case .exchange: return common + [(Programs.webWorker, system)]
    case .server: return common + [(Programs.sqlServer, system)]
    default:
      return common + [
        (Programs.desktop, host.user), (Programs.chrome, host.user),
        (Programs.outlook, host.user), (Programs.search, system),
      ]
    }
  }

  private mutating func run() {
    var goal = 0
    for hour in 0..<24 {
      if host.isSilent(day: day, hour: hour) { continue }
      // What one hour wrote too much, the next ones write less.
      goal += host.linesPerDay * host.share(ofHour: hour) / 100
      while events.count < goal {
        // The last minute stays empty, so that what follows a burst ends within its hour.
        let minute = random.below(59)
        let moment =
          Company.midnight(day) + (hour * 3_600_000 + minute * 60_000 + random.below(44_000))
        if host.role == .linux { linuxBurst(moment) } else { burst(moment) }
      }
    }
  }

  private mutating func burst(_ moment: Moment) {
    switch random.below(100) {
    case 0..<30: loadLibraries(moment)
    case 30..<46: accessProcesses(moment)
    case 46..<58: writeRegistry(moment)
    case 58..<68: writeFiles(moment)
    case 68..<73: queryNames(moment)
    case 73..<83: logOn(moment)
    case 83..<90: passFilter(moment)
    case 90..<93: openObjects(moment)
    case 93..<96: runScript(moment)
    default: connect(moment)
    }
  }

  private mutating func linuxBurst(_ moment: Moment) {
    switch random.below(100) {
    case 0..<55: writeFiles(moment)
    case 55..<90:
      for _ in 0..<random.within(4...14) {
        let (program, message) = random.pick(Vocabulary.syslogLines)
        events.append(.syslog(program, message, on: host, at: moment + random.below(30) * 500))
      }
    case 90..<92:
      serial += 1
      let process = RunningProcess(
        Programs.linux("/usr/bin/run-parts", parent: "/usr/sbin/cron"), on: host, as: "root",
        started: moment, serial: serial)
      events.append(.processStart(process, on: host))
      events.append(.processEnd(process, on: host, at: moment + 900))
    default: connect(moment)
    }
  }

  /// A new process, whose start is logged three times out of four.
  private mutating func start(_ program: Program, as user: String, _ moment: Moment)
    -> RunningProcess
  {
    serial += 1
    let process = RunningProcess(program, on: host, as: user, started: moment, serial: serial)
    if random.chance(750) { events.append(.processStart(process, on: host)) }
    if random.chance(300) { events.append(.auditedStart(process, on: host, at: moment + 4)) }
    return process
  }

  private mutating func loadLibraries(_ moment: Moment) {
    let isNew = random.chance(170)
    let process =
      isNew
      ? start(random.pick([Programs.tasks, Programs.installer]), as: Background.system, moment)
      : random.pick(residents)
    let first = isNew ? 0 : random.below(40)
    let count = isNew ? random.within(40...56) : random.within(8...17)
    var at = moment + 20
    for library in Vocabulary.libraries.dropFirst(first).prefix(count) {
      at = at + random.below(3) * 8
      events.append(.imageLoad(process, library, on: host, at: at, lag: 4))
    }
    if isNew, random.chance(400) { events.append(.processEnd(process, on: host, at: at + 9000)) }
  }

  private mutating func accessProcesses(_ moment: Moment) {
    let source = residents[random.below(3)]
    let trace = random.pick(Vocabulary.callTraces)
    for step in 0..<random.within(4...12) {
      events.append(
        .processAccess(
          source, residents[(step + source.processID) % residents.count], callTrace: trace,
          on: host, at: moment + step * 16, lag: 2))
    }
  }

  private mutating func writeRegistry(_ moment: Moment) {
    let process = random.pick(residents)
    let first = random.below(Vocabulary.registryValues.count)
    for step in 0..<random.within(4...10) {
      let value = Vocabulary.registryValues[(first + step) % Vocabulary.registryValues.count]
      events.append(
        .registry(
          process, value.target, details: value.details, on: host, at: moment + step * 15, lag: 2))
    }
  }

  private mutating func writeFiles(_ moment: Moment) {
    let isLinux = host.role == .linux
    let process = random.pick(residents)
    let prefix = random.pick(isLinux ? Vocabulary.linuxFiles : Vocabulary.files)
    let isDeletion = random.chance(350)
    let number = random.below(900)
    for step in 0..<random.within(4...12) {
      let path = "\(prefix)\(Moment.padded(number + step, 5))\(isLinux ? "" : ".tmp")"
      events.append(
        .file(process, path, isDeletion: isDeletion, on: host, at: moment + step * 15, lag: 2))
    }
  }

  private mutating func queryNames(_ moment: Moment) {
    let process = random.pick(residents)
    for step in 0..<random.within(2...5) {
      events.append(
        .nameQuery(
          process, random.pick(Vocabulary.sites), on: host, at: moment + step * 40, lag: 20))
    }
  }

  private mutating func logOn(_ moment: Moment) {
    let isController = host.role == .domainController
    for step in 0..<(isController ? random.within(4...9) : random.within(1...3)) {
      let other = random.below(18) + 1
      let account = "NH-WS\(Moment.padded(other, 2))$"
      let id = 0x40_0000 + random.below(0x4000)
      let at = moment + step * 1200
      for (delay, eventID) in [(0, 4624), (2, 4672), (9000, 4634)] {
        events.append(
          .logon(
            eventID, account: account, logonID: id, from: "10.20.1.\(10 + other)", on: host,
            at: at + delay))
      }
    }
  }

  private mutating func passFilter(_ moment: Moment) {
    let process = random.pick(residents)
    let port = 49700 + random.below(9000)
    for step in 0..<random.within(5...14) {
      let peer = Event.Peer(random.pick(Company.controllers), [88, 135, 389, 445][step % 4])
      events.append(
        .filteredConnection(process, to: peer, from: port + step, on: host, at: moment + step * 30))
    }
  }

  private mutating func openObjects(_ moment: Moment) {
    let process = random.pick(residents)
    for step in 0..<random.within(4...10) {
      events.append(
        .objectAccess(
          process, "D:\\Shares\\Freight\\2024\\manifest-\(Moment.padded(step, 3)).xlsx", on: host,
          at: moment + step * 12))
    }
  }

  private mutating func runScript(_ moment: Moment) {
    let process = start(Programs.inventory, as: Background.system, moment)
    events.append(.scriptBlock(Vocabulary.script, process, on: host, at: moment + 700))
    guard random.chance(300) else { return }
    // A listed program on a standard port: no finding.
    outbound(process, Event.Peer("10.20.0.31", 443, "nh-app01.nordhafen.example"), moment + 1500)
  }

  private mutating func outbound(
    _ process: RunningProcess, _ peer: Event.Peer, _ moment: Moment, _ transport: String = "tcp"
  ) {
    if case .noConnections = host.quirk { return }
    events.append(
      .connection(
        process, on: host, to: peer, from: 49_700 + random.below(15_000), at: moment,
        lag: random.within(10...120) * 100, protocol: transport))
  }

  /// Ordinary connections, none of which the published query would keep.
  private mutating func connect(_ moment: Moment) {
    for step in 0..<random.within(1...3) {
      let at = moment + step * random.within(400...3000)
      let site = random.pick(Vocabulary.sites)
      let process = random.pick(residents)
      switch random.below(10) {
      case 0..<5: outbound(process, Event.Peer(site.address, 443, site.name), at)
      case 5: outbound(process, Event.Peer(site.address, 80, site.name), at)
      case 6: outbound(process, Event.Peer("2001:db8:0:0:0:0:0:\(10 + step)", 443), at)
      case 7: outbound(process, Event.Peer(random.pick(Company.controllers), 53), at, "udp")
      case 8: outbound(process, Event.Peer(random.pick(Company.controllers), 389), at)
      default:
        if case .noConnections = host.quirk { continue }
        events.append(
          .connection(
            process, on: host, to: Event.Peer("10.20.0.\(30 + step)", 445),
            from: 49_700 + random.below(15_000), at: at, lag: random.within(10...120) * 100,
            initiated: false))
      }
    }
  }
}
