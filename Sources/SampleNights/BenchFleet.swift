/// The templates of a large archive: 45 hosts with 20 kinds of connection each.
struct BenchFleet {
  private(set) var connections: [LineTemplate] = []
  private(set) var starts: [LineTemplate] = []

  private static let shapes: [EventFormat] = [
    .nxlog, .nxlog, .nxlog, .nxlog, .nxlog, .nxlog, .evtxDump, .winlogbeat, .elasticCommonSchema,
    .sentinel,
  ]

  static let hosts = 45
  static var habitCount: Int { habits.count }

  /// Programs and ports: one in four is kept by the published query.
  private static let habits: [(program: Program, port: Int)] = [
    (Programs.chrome, 443), (Programs.chrome, 80), (Programs.outlook, 443),
    (Programs.service("Dnscache"), 53), (Programs.service("wuauserv"), 443),
    (Programs.service("Schedule"), 80), (Programs.lsass, 88), (Programs.lsass, 389),
    (Programs.defender, 443), (Programs.desktop, 445), (Programs.search, 445),
    (Programs.tasks, 443), (Programs.powerShell(), 443), (Programs.sqlServer, 1433),
    (Programs.exchangeHealth, 444), (Programs.powerShell(), 5985), (Programs.powerShell(), 4444),
    (Programs.chrome, 2083), (Programs.installer, 8530), (Programs.nameServer, 53),
  ]

  /// - Parameter combinations: How many of host, program and port; at most 900.
  init(combinations: Int) {
    for at in 0..<combinations {
      let number = at / BenchFleet.habits.count
      let habit = BenchFleet.habits[at % BenchFleet.habits.count]
      let host = Host(
        name: "NH-B\(Moment.padded(number, 4))", role: .workstation, address: "10.20.6.\(number)",
        user: "\(Company.domain)\\user\(Moment.padded(number, 4))", linesPerDay: 0,
        number: 200 + number)
      let shape = BenchFleet.shapes[number % BenchFleet.shapes.count]
      let utc = LineTemplate.Marker.utc
      var process = RunningProcess(
        habit.program, on: host, as: host.user, started: utc, serial: 100 + at)
      process.guid.low =
        process.guid.low & ~LineTemplate.Marker.processMask | LineTemplate.Marker.processNumber
      var connection = LogicalEvent.connection(
        process, on: host, to: .init(LineTemplate.Marker.address, habit.port),
        from: LineTemplate.Marker.sourcePort, at: utc, lag: 1000 + at * 37 % 11_000)
      // NXLog ships the rendered text as well by default: every second host does.
      if shape == .nxlog, number % 2 == 0 {
        connection.fields.append(.init("Message", .text(connection.message)))
      }
      connections.append(BenchFleet.template(connection, shape))
      starts.append(BenchFleet.template(.processStart(process, on: host), shape))
    }
  }

  /// Ordinary events of the company's archives on one day, in the shapes of the fleet, each as often as
  /// there.
  static func ordinary(seed: UInt64) -> [[LineTemplate]] {
    let night = Night(of: Company(seed: seed, hasRoutine: false), day: 1)
    let archives = night.archives.filter { $0.events.count > 100 }
    return shapes.compactMap { shape in archives.first { $0.shape == shape } }.map { archive in
      archive.events.filter {
        $0.plant == nil && $0.kind != .processStart && $0.kind != .networkOutbound
          && $0.kind != .networkInbound
      }.prefix(500).map { event in
        var event = event
        let delta = LineTemplate.Marker.utc.milliseconds - event.recordTime.milliseconds
        event.recordTime = event.recordTime + delta
        for at in event.fields.indices {
          if case .time(let time) = event.fields[at].value {
            event.fields[at].value = .time(time + delta)
          }
        }
        return template(event, archive.shape)
      }
    }
  }

  private static func template(_ event: LogicalEvent, _ shape: EventFormat) -> LineTemplate {
    var event = event
    event.recordNumber = LineTemplate.Marker.recordNumber
    return LineTemplate(shape.bytes(event))
  }
}
