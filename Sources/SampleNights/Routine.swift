/// What services do over and over, day and night: bursts of one event, of which each line says little new.
///
/// That is most of a real log, and why it packs so well. It draws from a generator of its own: what is
/// ordinary and what is planted happens just the same without it. None of it connects or starts anything.
struct Routine {
  private typealias Event = LogicalEvent

  private let host: Host
  private let residents: [RunningProcess]
  private var random: SampleRandom
  private var events: [LogicalEvent] = []
  private var serial: Int

  /// The host's routine of one day (UTC), in no order.
  static func events(of host: Host, day: Int, seed: UInt64) -> [LogicalEvent] {
    var routine = Routine(host: host, day: day, seed: seed)
    routine.run(day)
    return routine.events
  }

  private init(host: Host, day: Int, seed: UInt64) {
    self.host = host
    residents = Background.residents(of: host)
    random = SampleRandom(seed: seed, "routine", host.name, String(day))
    serial = 100_000 + day * 10_000
  }

  private mutating func run(_ day: Int) {
    var goal = 0
    for hour in 0..<24 where !host.isSilent(day: day, hour: hour) {
      // What one hour wrote too much, the next ones write less.
      goal += host.routineLinesPerDay * host.share(ofHour: hour) / 100
      while events.count < goal {
        // The last minute stays empty, so that what follows a burst ends within its hour.
        let second = hour * 3600 + random.below(59 * 60)
        let moment = Company.midnight(day) + (second * 1000 + random.below(1000))
        if host.role == .linux { linuxBurst(moment) } else { burst(moment) }
      }
    }
  }

  /// The times of a burst's events: many have one, for the clock ticks 64 times a second.
  private mutating func ticks(from moment: Moment, _ count: ClosedRange<Int>) -> [Moment] {
    var at = moment
    return (0..<random.within(count)).map { _ in
      if random.chance(150) { at = at + random.within(15...16) }
      return at
    }
  }

  private mutating func burst(_ moment: Moment) {
    switch host.role {
    case .domainController where random.chance(350): return grantTickets(moment)
    // What is opened there is audited, and so is its end.
    case .domainController, .exchange, .server:
      if random.chance(500) { return closeHandles(moment) }
    default: break
    }
    switch random.below(100) {
    case 0..<20: watchCredentials(moment)
    case 20..<40: openKeys(moment)
    case 40..<48: loadLibraries(moment)
    case 48..<60: writeFiles(moment)
    case 60..<72: closeHandles(moment)
    case 72..<77: passFilter(moment)
    case 77..<82: queryNames(moment)
    case 82..<86: changeServices(moment)
    case 86..<89: refuseComponents(moment)
    case 89..<92: startProviders(moment)
    case 92..<95: runTask(moment)
    case 95..<97: endProcesses(moment)
    default: answerQueries(moment)
    }
  }

  private mutating func linuxBurst(_ moment: Moment) {
    switch random.below(100) {
    case 0..<4:
      let process = random.pick(residents)
      let path = random.pick(Vocabulary.linuxFiles)
      let number = random.below(90) * 10
      for (step, at) in ticks(from: moment, 20...60).enumerated() {
        events.append(
          .file(
            process, "\(path)\(Moment.padded(number + step, 5))", isDeletion: true, on: host,
            at: at, lag: 2))
      }
    case 4..<50:
      // A balancer that asks whether all is well.
      let (program, message) = random.pick(Vocabulary.probes)
      for step in 0..<random.within(30...80) {
        events.append(.syslog(program, message, on: host, at: moment + step * 500))
      }
    default:
      for step in 0..<random.within(5...15) {
        for (program, message) in Vocabulary.sessionLines {
          events.append(.syslog(program, message, on: host, at: moment + step * 2000))
        }
      }
    }
  }

  /// The virus scanner looks into one process again and again.
  private mutating func watchCredentials(_ moment: Moment) {
    let watched = residents[random.chance(800) ? 3 : random.below(residents.count)]
    for at in ticks(from: moment, 25...70) {
      events.append(
        .processAccess(
          residents[2], watched, callTrace: Vocabulary.callTraces[1], on: host, at: at, lag: 2))
    }
  }

  private mutating func openKeys(_ moment: Moment) {
    let process = random.pick(residents)
    let (head, tail) = random.pick(Vocabulary.registryKeys)
    let number = random.below(80) * 10
    for (step, at) in ticks(from: moment, 20...70).enumerated() {
      events.append(
        .registry(
          process, "\(head)\(1000 + number + step)\(tail)", details: nil, on: host, at: at, lag: 2))
    }
  }

  private mutating func loadLibraries(_ moment: Moment) {
    let process = random.pick(residents)
    let times = ticks(from: moment, 18...45)
    for (library, at) in zip(Vocabulary.libraries.dropFirst(random.below(3) * 6), times) {
      events.append(.imageLoad(process, library, on: host, at: at, lag: 4))
    }
  }

  private mutating func writeFiles(_ moment: Moment) {
    let process = random.pick(residents)
    let path = random.pick(Vocabulary.files)
    let isDeletion = random.chance(500)
    let number = random.below(90) * 10
    for (step, at) in ticks(from: moment, 20...60).enumerated() {
      events.append(
        .file(
          process, "\(path)\(Moment.padded(number + step, 5)).tmp", isDeletion: isDeletion,
          on: host, at: at, lag: 2))
    }
  }

  private mutating func closeHandles(_ moment: Moment) {
    let process = random.pick(residents)
    let handle = 0x1000 + random.below(0x300) * 16
    for (step, at) in ticks(from: moment, 20...60).enumerated() {
      events.append(.handleClosed(process, handle + step * 4, on: host, at: at))
    }
  }

  private mutating func passFilter(_ moment: Moment) {
    let process = random.pick(residents)
    let peer = Event.Peer(random.pick(Company.controllers), random.pick([88, 389, 445]))
    let port = 50_000 + random.below(800) * 10
    for (step, at) in ticks(from: moment, 8...20).enumerated() {
      events.append(.filteredConnection(process, to: peer, from: port + step, on: host, at: at))
    }
  }

  private mutating func queryNames(_ moment: Moment) {
    let process = random.pick(residents)
    let site = random.pick(Vocabulary.sites)
    for at in ticks(from: moment, 6...20) {
      events.append(.nameQuery(process, site, on: host, at: at, lag: 20))
    }
  }

  /// A service ticket for one machine after the other, all for one account.
  private mutating func grantTickets(_ moment: Moment) {
    let other = random.below(18) + 1
    for (step, at) in ticks(from: moment, 15...45).enumerated() {
      events.append(
        .ticket(
          account: "NH-WS\(Moment.padded(other, 2))$", service: "NH-WS\(10 + step)$",
          from: "10.20.1.\(10 + other)", on: host, at: at))
    }
  }

  private mutating func changeServices(_ moment: Moment) {
    for (step, at) in ticks(from: moment, 4...12).enumerated() {
      let service = Vocabulary.serviceNames[step / 2 % Vocabulary.serviceNames.count]
      events.append(.serviceState(service, isRunning: step % 2 == 0, on: host, at: at))
    }
  }

  private mutating func refuseComponents(_ moment: Moment) {
    for at in ticks(from: moment, 8...30) { events.append(.componentRefused(on: host, at: at)) }
  }

  private mutating func startProviders(_ moment: Moment) {
    serial += 1
    let process = RunningProcess(
      Programs.inventory, on: host, as: Background.system, started: moment, serial: serial)
    for (step, name) in Vocabulary.shellProviders.enumerated() {
      events.append(.shellProvider(name, number: 2 * step + 1, process, on: host, at: moment))
    }
  }

  private mutating func runTask(_ moment: Moment) {
    for _ in 0..<random.within(2...5) {
      serial += 1
      let process = RunningProcess(
        Programs.tasks, on: host, as: Background.system, started: moment, serial: serial)
      for eventID in [129, 100, 200, 201, 102] {
        events.append(
          .task(
            eventID, Vocabulary.taskNames[serial % Vocabulary.taskNames.count], process, on: host,
            at: moment))
      }
    }
  }

  private mutating func endProcesses(_ moment: Moment) {
    for at in ticks(from: moment, 3...9) {
      serial += 1
      let process = RunningProcess(
        Programs.tasks, on: host, as: Background.system, started: at + -60_000, serial: serial)
      events.append(.processEnd(process, on: host, at: at))
    }
  }

  private mutating func answerQueries(_ moment: Moment) {
    for (step, at) in ticks(from: moment, 5...25).enumerated() {
      let name = Vocabulary.managementProviders[step / 6 % Vocabulary.managementProviders.count]
      events.append(.managementProvider(name, random.pick(residents), on: host, at: at))
    }
  }
}
