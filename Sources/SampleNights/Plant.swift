/// Something that is in the nights on purpose, and what is to be found of it.
package struct Plant: Sendable {
  package enum Kind: String, Sendable {
    case publishedTest = "published_test"
    case atomicTest = "atomic_test"
    case campaign
    case evasion
    case beacon
    case falsePositive = "false_positive"
    case hostile
  }

  /// Where the start of the process that connects is logged.
  package enum Start: String, Sendable {
    case justBefore = "just_before"
    /// In the archive of the night before.
    case nightBefore = "night_before"
    case missing
  }

  /// How connections follow each other.
  package struct Pace: Sendable {
    package var seconds: Int
    /// Maximum deviation in milliseconds, in either direction.
    package var jitterMilliseconds: Int
  }

  package var id: String
  package var kind: Kind
  /// One sentence for the reader of truth.json.
  package var story: String
  package var host: String
  package var program: Program
  /// Nil for whoever works at the host.
  package var user: String?
  /// Connections go to these in turn; none for a registry change.
  package var peers: [LogicalEvent.Peer]
  package var count: Int
  package var pace = Pace(seconds: 30, jitterMilliseconds: 9000)
  package var day: Int
  /// Seconds after midnight UTC.
  package var clock: Int
  package var start = Start.justBefore
  package var isInbound = false
  /// Each connection is a process of its own, as with curl in a loop.
  package var isProcessPerConnection = false
  package var registryValue: (target: String, details: String)?
  /// The score of its strongest row, 0 where there is none.
  package var seedScore: Int
  package var tunedScore: Int

  /// True where the connections are regular enough to be shown as a beacon.
  package var isBeacon: Bool { beaconSeconds != nil }
  /// The period of what beats on purpose.
  package var beaconSeconds: Int?

  /// - Parameter at: `HH:MM` UTC.
  package init(
    _ id: String, _ kind: Kind, _ story: String, on host: String, _ program: Program,
    day: Int, at clock: String, to peers: [LogicalEvent.Peer] = [], times count: Int = 0,
    seed: Int, tuned: Int
  ) {
    self.id = id
    self.kind = kind
    self.story = story
    self.host = host
    self.program = program
    self.day = day
    let parts = clock.split(separator: ":").compactMap { Int($0) }
    self.clock = parts[0] * 3600 + parts[1] * 60
    self.peers = peers
    self.count = count
    seedScore = seed
    tunedScore = tuned
  }

  /// The same with something changed.
  func with(_ change: (inout Plant) -> Void) -> Plant {
    var plant = self
    change(&plant)
    return plant
  }

  /// Its events, each with the day whose archive holds it.
  package func events(in company: Company) -> [(day: Int, event: LogicalEvent)] {
    guard let host = company.host(self.host) else { return [] }
    var random = SampleRandom(seed: company.seed, "plant", id)
    let user = self.user ?? host.user
    var moment = Company.midnight(day) + (clock * 1000 + random.below(20_000))
    var serial = 20_000 + Int(random.next() % 9000)
    var events: [(day: Int, event: LogicalEvent)] = []

    func begin(_ moment: Moment, day: Int) -> RunningProcess {
      serial += 1
      let process = RunningProcess(program, on: host, as: user, started: moment, serial: serial)
      if start != .missing { events.append((day, .processStart(process, on: host))) }
      return process
    }

    let isEarly = start == .nightBefore
    var process = begin(
      isEarly ? moment + -52_000_000 : moment + -1850, day: isEarly ? day - 1 : day)
    if let value = registryValue {
      events.append(
        (
          day,
          .registry(process, value.target, details: value.details, on: host, at: moment, lag: 3)
        ))
    }
    let firstPort = 49_800 + random.below(9000)
    for step in 0..<count {
      if step > 0 {
        let jitter = pace.jitterMilliseconds
        moment = moment + (pace.seconds * 1000 + random.within(-jitter...jitter))
        if isProcessPerConnection { process = begin(moment + -120, day: day) }
      }
      events.append(
        (
          day,
          .connection(
            process, on: host, to: peers[step % peers.count], from: firstPort + step, at: moment,
            lag: random.within(10...120) * 100, initiated: !isInbound)
        ))
    }
    return events.map { day, event in
      var event = event
      event.plant = id
      return (day, event)
    }
  }
}
