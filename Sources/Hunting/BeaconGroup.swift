import Facts

/// Everything that one program on one host ever sent to one address and port; or to a pool of addresses,
/// or under several names.
struct BeaconGroup: Sendable {
  struct Caller: Hashable, Sendable {
    var image: TextID
    var user: TextID
    var parent: TextID
  }

  /// Maximum number of processes whose clocks are kept apart: a program with more starts once for each call.
  static let maxProcesses = 8

  var count = 0
  var arrivals = ArrivalTimes()
  var earliest: EarliestLine?
  var last: UTCTime?
  var callers = SmallSet<Caller>()
  var names = SmallSet<TextID>()
  var processes = SmallSet<ProcessGuid>()
  /// Of a pool.
  var addresses = SmallSet<TextID>()
  var sources = SmallSet<Source>()
  /// By process, while they are several and few.
  private(set) var clocks: [(process: ProcessGuid, arrivals: ArrivalTimes)] = []
  private var firstProcess: ProcessGuid?
  private var hasManyProcesses = false

  var first: UTCTime? { earliest?.time }
  var isSampled: Bool { sources.contains { $0 == .defender } }

  mutating func add(_ key: ConnectionKey, _ fact: ConnectionFact) {
    addClock(key.process, fact.arrivals)
    count += fact.count
    arrivals.merge(fact.arrivals)
    earliest.add(EarliestLine(fact))
    last = .later(last, fact.last)
    callers.insert(Caller(image: key.image, user: key.user, parent: key.parent))
    if fact.destinationName != .none { names.insert(fact.destinationName) }
    if key.process != .none { processes.insert(key.process) }
    sources.insert(key.source)
  }

  private mutating func addClock(_ process: ProcessGuid, _ seconds: ArrivalTimes) {
    guard !hasManyProcesses, process != firstProcess || !clocks.isEmpty else { return }
    guard let firstProcess else {
      firstProcess = process
      return
    }
    // As long as there is one process, its clock is the whole.
    if clocks.isEmpty { clocks = [(firstProcess, arrivals)] }
    if let at = clocks.firstIndex(where: { $0.process == process }) {
      clocks[at].arrivals.merge(seconds)
    } else if clocks.count < Self.maxProcesses {
      clocks.append((process, seconds))
    } else {
      hasManyProcesses = true
      clocks = []
    }
  }

  /// The calls of several groups as those of one clock.
  mutating func add(_ other: Self) {
    count += other.count
    arrivals.merge(other.arrivals)
    if let line = other.earliest { earliest.add(line) }
    last = .later(last, other.last)
    for caller in other.callers { callers.insert(caller) }
    for name in other.names { names.insert(name) }
    for process in other.processes { processes.insert(process) }
    for address in other.addresses { addresses.insert(address) }
    for source in other.sources { sources.insert(source) }
    clocks = []
    hasManyProcesses = true
  }
}

extension BeaconGroup {
  mutating func mapTexts(_ body: (TextID) throws -> TextID) rethrows {
    callers = try callers.mapped {
      Caller(image: try body($0.image), user: try body($0.user), parent: try body($0.parent))
    }
    names = try names.mapped(body)
  }

  /// Maximum number of processes whose starts are looked at.
  private static let maxStarts = 16

  /// Some of the processes, the same for the same set.
  static func ordered(_ processes: SmallSet<ProcessGuid>, _ texts: TextTable) -> [ProcessGuid] {
    let all = Array(processes)
    guard all.count > maxStarts else { return all }
    let guids = all.filter { $0.text == nil }.sorted { ($0.high, $0.low) < ($1.high, $1.low) }
    if guids.count >= maxStarts { return Array(guids.prefix(maxStarts)) }
    let others = all.filter { $0.text != nil }
      .sorted { byBytes($0.description(texts), $1.description(texts)) }
    return Array((guids + others).prefix(maxStarts))
  }
}
