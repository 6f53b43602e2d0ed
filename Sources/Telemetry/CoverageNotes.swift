import Facts

/// What is noted of every event, kept where adding to it is cheap, until a table wants it.
struct CoverageNotes: Sendable {
  private struct Host: Sendable {
    var id: TextID
    var heard = HostCoverage()
    /// Events come by the hour: those of the last one are counted here.
    var hour = Int32.min
    /// By kind.
    private var inHour = InlineArray<3, Int>(repeating: 0)

    init(_ id: TextID) { self.id = id }

    mutating func add(_ kind: EventKind, time: EventTime, isFromCollector: Bool) {
      switch kind {
      case .connection: heard.connections += 1
      case .processStart: heard.processStarts += 1
      case .registryChange: heard.registryChanges += 1
      }
      if let best = time.best {
        let hour = Self.hour(of: best)
        if hour != self.hour {
          endHour()
          self.hour = hour
        }
        inHour[kind.index] += 1
      }
      if let record = time.record, let utc = time.utc {
        let skew = abs(record.milliseconds - utc.milliseconds)
        if skew > CoverageNotes.skewMilliseconds {
          heard.skewedEvents += 1
          heard.largestSkewMilliseconds = max(heard.largestSkewMilliseconds, skew)
        }
      }
      if isFromCollector { heard.namedByCollector += 1 }
    }

    mutating func hear(at time: UTCTime) {
      let hour = Self.hour(of: time)
      if hour != self.hour || eventsInHour == 0 { heard.hours.add(.init(hour, events: 0)) }
    }

    private static func hour(of time: UTCTime) -> Int32 {
      Int32(truncatingIfNeeded: UTCTime.floor(time.milliseconds, 3_600_000))
    }

    private var eventsInHour: Int { inHour[0] + inHour[1] + inHour[2] }

    mutating func endHour() {
      guard eventsInHour > 0 else { return }
      var kinds = HeardHours.Kinds()
      if inHour[EventKind.connection.index] > 0 { kinds.insert(.connections) }
      if inHour[EventKind.processStart.index] > 0 { kinds.insert(.processStarts) }
      heard.hours.add(.init(hour, events: eventsInHour, kinds: kinds))
      inHour = .init(repeating: 0)
    }
  }

  /// Record time and `UtcTime` this far apart count as clock skew.
  private static let skewMilliseconds: Int64 = 300_000

  /// By shape, then kind.
  private var events: [Int]
  private var hosts: [Host] = []
  /// By `TextID.raw`: the index in `hosts` plus one.
  private var indices: [Int32] = []

  init() { events = Array(repeating: 0, count: Shapes.all.count * EventKind.allCases.count) }

  mutating func add(
    _ kind: EventKind, shape: Int, host: TextID, time: EventTime, isFromCollector: Bool
  ) {
    events[shape * EventKind.allCases.count + kind.index] += 1
    hosts[index(of: host)].add(kind, time: time, isFromCollector: isFromCollector)
  }

  /// Notes an event that the hunt does not use.
  mutating func hear(_ host: TextID, at time: UTCTime) { hosts[index(of: host)].hear(at: time) }

  private mutating func index(of host: TextID) -> Int {
    let raw = Int(host.raw)
    if raw < indices.count, indices[raw] > 0 { return Int(indices[raw]) - 1 }
    if raw >= indices.count {
      indices += Array(repeating: 0, count: max(64, raw + 1 - indices.count))
    }
    hosts.append(Host(host))
    indices[raw] = Int32(hosts.count)
    return hosts.count - 1
  }

  /// Adds everything to `coverage`, whose texts the hosts are numbered by.
  func add(to coverage: inout Coverage) {
    let kinds = EventKind.allCases
    for (index, count) in events.enumerated() where count > 0 {
      let event = EventClass(
        shape: Shapes.all[index / kinds.count].name, kind: kinds[index % kinds.count])
      coverage.events[event, default: 0] += count
    }
    for var host in hosts {
      host.endHour()
      coverage.hosts[host.id, default: HostCoverage()].merge(host.heard)
    }
  }
}

extension EventKind {
  /// The place in `allCases`.
  fileprivate var index: Int {
    switch self {
    case .connection: 0
    case .processStart: 1
    case .registryChange: 2
    }
  }
}
