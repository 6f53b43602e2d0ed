import Facts
import Knowledge
import Reporting

@testable import Hunting

/// Reports that a night could have given.
enum SampleReports {
  static let all: [String: Report] = [
    "mixed": mixed, "calm": calm, "strict": strict, "unrecognised": unrecognised, "poison": poison,
  ]

  static func time(_ seconds: Int64, _ milliseconds: Int64 = 0) -> UTCTime {
    UTCTime(milliseconds: (1_714_557_600 + seconds) * 1000 + milliseconds)
  }

  static func ports(_ numbers: Int...) -> [PortText] {
    numbers.map { PortText(text: String($0), number: $0) }
  }

  static let beacon = Finding(
    id: "k3jq5h7zzxq2a", host: "WS-0042.corp.example",
    image: #"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"#, user: #"CORP\alice"#,
    parentImage: #"C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE"#,
    parentSource: .processStart, portsUsed: ports(4444, 9001),
    remoteAddresses: ["198.51.100.20", "203.0.113.7", "2001:db8::7"], connectionCount: 118,
    maxRiskScore: 3, severities: [.high, .medium], firstSeen: time(1, 376), lastSeen: time(7083),
    destinationScopes: [.public], destinationNames: ["cdn.update.example"], processCount: 2)

  static let rhythm = Beacon(
    id: "r4hhx2wq7cnse", host: "WS-0042.corp.example", program: "powershell.exe",
    images: [beacon.image], users: [beacon.user], destinationNames: ["cdn.update.example"],
    address: "203.0.113.7", scope: .public, port: PortText(text: "9001", number: 9001),
    transport: "tcp",
    score: BeaconScore([0, 52, 118, 176, 247, 296, 359, 419, 474, 542].map { 1_714_557_601 + $0 }),
    connectionCount: 10, processCount: 1, hostCount: 1, firstSeen: time(1), lastSeen: time(543),
    isSampled: false, expectation: nil, intel: [], histogram: .init(width: 5, counts: [0, 1, 4, 2]))

  static let weighed: Finding = {
    var finding = beacon
    finding.beacon = rhythm
    finding.reasons = [
      Reason(evidence: .listedPort, points: 15, detail: "4444, 9001"),
      Reason(evidence: .exactName, points: 20, detail: "powershell.exe"),
      Reason(evidence: .publicAddress, points: 10, detail: "203.0.113.7"),
      Reason(evidence: .beacon, points: 20, detail: rhythm.rhythm),
    ]
    finding.points = 65
    return finding
  }()

  static let moved: RemoteDesktopChange = {
    var change = RemoteDesktopChange(
      id: "m5tyk2rw6hcqa", host: "WS-0117.corp.example", image: #"C:\Windows\regedit.exe"#,
      user: #"CORP\bob"#,
      target:
        #"HKLM\System\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp\PortNumber"#,
      details: "DWORD (0x00008462)", newPort: 33_890, oldPort: 3389, time: time(2000),
      place: Place(archive: 0, line: 4, offset: 900))
    change.followUp.connectionCount = 5
    change.followUp.addresses = ["198.51.100.77"]
    change.followUp.firstSeen = time(2400)
    change.followUp.lastSeen = time(2500)
    return change
  }()

  static let renamed = Finding(
    id: "a7mm2q4c5xw3e", host: "WS-0117.corp.example", image: #"C:\Users\Public\svc.exe"#,
    user: #"CORP\bob"#, parentImage: #"C:\Windows\explorer.exe"#, parentSource: .event,
    portsUsed: ports(8888), remoteAddresses: (1...30).map { "203.0.113.\($0)" },
    connectionCount: 31, maxRiskScore: 3, severities: [.high], firstSeen: time(-86_400),
    lastSeen: time(90_000), originalFileName: "PowerShell.EXE", destinationScopes: [.public],
    processCount: 1)

  static let substring = Finding(
    id: "tq2b6n5r4yd7s", host: "DC01.corp.example", image: #"C:\Windows\System32\dsregcmd.exe"#,
    user: #"NT AUTHORITY\SYSTEM"#, parentImage: #"C:\Windows\System32\svchost.exe"#,
    parentSource: .processStart, portsUsed: ports(49_674), remoteAddresses: ["10.0.0.5"],
    connectionCount: 1, maxRiskScore: 2, severities: [.medium], firstSeen: time(500),
    lastSeen: time(500), isSubstringMatch: true, destinationScopes: [.private], processCount: 1)

  static let timeless = Finding(
    id: "zz4h2k6w3c5pq", host: "build-7", image: "/usr/bin/python3.11", user: "-",
    parentImage: "", parentSource: .unknown,
    portsUsed: [PortText(text: "8088", number: 8088), PortText(text: "08888", number: nil)],
    remoteAddresses: [], connectionCount: 1204, maxRiskScore: 1, severities: [.low],
    firstSeen: nil, lastSeen: nil, processCount: 1)

  static func archive(_ name: String, _ sha: Character, used: Int, irrelevant: Int) -> ArchiveRecord
  {
    var coverage = Coverage()
    coverage.lines.observations = used
    coverage.lines.irrelevant = irrelevant
    coverage.events = [EventClass(shape: "winlogbeat", kind: .connection): used]
    coverage.telemetryEvents = used + irrelevant
    return ArchiveRecord(
      name: name, sha256: String(repeating: sha, count: 64), bytes: 48_210_113,
      unpackedBytes: 612_480_002, container: .zstd, frames: 12, coverage: coverage)
  }

  static let mixed: Report = {
    var texts = TextTable()
    var heard = HostCoverage()
    heard.connections = 400_118
    heard.processStarts = 90_000
    heard.hours.add(.init(476_265, events: 100))
    heard.hours.add(.init(476_299, events: 3))
    var skewed = HostCoverage()
    skewed.connections = 9
    skewed.skewedEvents = 12
    skewed.largestSkewMilliseconds = 10_920_000
    var silent = HostCoverage()
    silent.processStarts = 37
    var coverage = Coverage()
    coverage.hosts = [
      texts.intern("WS-0117.corp.example"): skewed, texts.intern("WS-0042.corp.example"): heard,
      texts.intern("KIOSK-3"): silent,
    ]
    coverage.lines.observations = 512_003
    coverage.lines.irrelevant = 492_700
    coverage.lines.blank = 2
    coverage.lines.notUnderstood = 41
    coverage.setAside = [.previewRow: 12, .flowWithoutProcess: 1]
    coverage.lines.rejected = [.malformed: 7, .tooLong: 1]
    coverage.events = [
      EventClass(shape: "winlogbeat", kind: .connection): 400_118,
      EventClass(shape: "winlogbeat", kind: .processStart): 90_037,
      EventClass(shape: "evtx_dump", kind: .connection): 21_840,
      EventClass(shape: "evtx_dump", kind: .registryChange): 8,
    ]
    coverage.telemetryEvents = 903_118
    coverage.invalidUTF8 = 3
    var damaged = archive("night-03.jsonl.zst", "c", used: 12_003, irrelevant: 2_700)
    damaged.damage = .init(offset: 1_048_576, reason: "the checksum of the frame is wrong")
    damaged.coverage.lines.notUnderstood = 41
    damaged.coverage.keepNotUnderstood([
      NotUnderstoodLine(
        place: Place(archive: 0, line: 1017, offset: 9000), nearestShape: "winlogbeat",
        reason: "no destination port")
    ])
    var copy = archive("copy-of-night-01.jsonl.zst", "a", used: 0, irrelevant: 0)
    copy.unpackedBytes = 0
    copy.sameBytesAs = "night-01.jsonl.zst"
    var verdict = Verdict()
    verdict.findings = [weighed, renamed, substring, timeless]
    verdict.findings[0].firstPlace = Place(archive: 1, line: 1017, offset: 9_000)
    verdict.findings[1].firstPlace = Place(archive: 2, line: 3, offset: 700)
    verdict.beacons = [rhythm]
    verdict.beacons[0].firstPlace = Place(archive: 1, line: 1017, offset: 9_000)
    var expected = rhythm
    expected.expectation = .linkLocal
    verdict.expectedPeriodic = [expected]
    verdict.remoteDesktopChanges = [moved]
    verdict.outboundConnections = 397_204
    verdict.inboundConnections = 22_950
    verdict.unclearConnections = 1
    verdict.matchedConnections = 1354
    verdict.parentsResolved = 119
    verdict.parentsUnknown = 1204
    let examples = (1...5).map {
      ResolvedExample(
        archive: "night-03.jsonl.zst", line: $0 * 17, reason: .malformed,
        message: "expected a value after ':'")
    }
    var report = Report(
      detection: Detection(parity: .seed, from: time(-172_800), toolVersion: "1.0.0"),
      coverage: ReadCoverage(
        coverage, texts: texts,
        archives: [
          damaged, archive("night-02.jsonl.zst", "b", used: 250_000, irrelevant: 245_000),
          archive("night-01.jsonl.zst", "a", used: 250_000, irrelevant: 245_000), copy,
        ],
        examples: examples + [
          ResolvedExample(
            archive: "night-01.jsonl.zst", line: 4, reason: .tooLong,
            message: "longer than 16 MiB")
        ],
        skipped: [
          UnreadInput(name: "._night-01.jsonl.zst", kind: .harmless, reason: "AppleDouble file")
        ]),
      verdict: verdict)
    report.archiveNames = ArchiveNames([
      "copy-of-night-01.jsonl.zst", "night-01.jsonl.zst", "night-02.jsonl.zst",
      "night-03.jsonl.zst",
    ])
    report.reading = ReadingVerdict([
      ReadingNote(
        .damaged, names: ["night-03.jsonl.zst"],
        details: ["the checksum of the frame is wrong"]),
      ReadingNote(.kindSilent, names: ["KIOSK-3"], details: ["no connections for 2 days"]),
      ReadingNote(.feedEmpty, names: ["feed.csv"], isAccepted: true),
    ])
    report.readingOfRun = report.reading
    return report
  }()

  static let calm: Report = {
    var report = mixed
    report.verdict.findings = []
    report.verdict.beacons = []
    report.verdict.expectedPeriodic = []
    report.verdict.remoteDesktopChanges = []
    report.verdict.matchedConnections = 0
    report.verdict.unclearConnections = 0
    report.coverage.archives = [archive("night-01.jsonl.zst", "a", used: 1, irrelevant: 0)]
    report.coverage.lines = LineCounts()
    report.coverage.lines.observations = 1
    report.coverage.events = [
      .init(event: EventClass(shape: "flat", kind: .connection), count: 1)
    ]
    report.coverage.hosts = []
    report.coverage.examples = []
    report.coverage.skipped = []
    report.coverage.invalidUTF8 = 0
    return report
  }()

  static let strict: Report = {
    var report = calm
    report.detection.parity = .strict
    report.verdict.matchedConnections = 13
    report.verdict.droppedConnections = 13
    report.verdict.droppedForMissingField = ["User": 2, "ParentImage": 13]
    report.verdict.rowsBeyondSortLimit = 4
    return report
  }()

  static let unrecognised: Report = {
    var report = calm
    report.coverage.lines = LineCounts()
    report.coverage.lines.irrelevant = 12_000
    report.coverage.lines.rejected = [.malformed: 344, .utf16: 1]
    report.coverage.events = []
    report.coverage.telemetryEvents = 0
    return report
  }()

  /// What an attacker would like every field to do.
  static let poisons = [
    "\u{1B}]52;c;Y3VybCBldmlsLmV4YW1wbGU=\u{07}", "\u{1B}[2J\u{9B}31m",
    "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "=cmd|' /C calc'!A0",
    "\u{FF1D}cmd()", "exe\u{202E}fdp.scr", "cmd\u{200B}.exe", "a\nHIGH  fake\r\n| fake | row |",
    "| pipe |", "```\n# heading", "\u{2028}next", "\u{0}", "e\u{301}\u{301}\u{301}\u{301}\u{301}",
    "\u{301}first", "日本語のファイル名.exe", " edge ", "@admin #1 https://evil.example",
    "\"quoted\", comma", "\u{FEFF}=1+1", "\u{E0041}tag",
  ]

  static let poison: Report = {
    var report = mixed
    report.verdict.findings = poisons.enumerated().map { index, poison in
      Finding(
        id: "id\(index)", host: poison, image: #"C:\Temp\"# + poison, user: poison,
        parentImage: poison, parentSource: .event,
        portsUsed: [PortText(text: poison, number: nil)], remoteAddresses: [poison, poison],
        connectionCount: 1, maxRiskScore: 1, severities: [.low], firstSeen: time(0),
        lastSeen: time(0), originalFileName: poison, destinationScopes: [.public],
        destinationNames: [poison], processCount: 1)
    }
    for (index, poison) in poisons.enumerated() {
      report.verdict.findings[index].points = 15
      report.verdict.findings[index].reasons = [
        Reason(evidence: .listedPort, points: 15, detail: poison)
      ]
      report.verdict.findings[index].beacon = rhythm
    }
    report.verdict.beacons = poisons.map { poison in
      var beacon = rhythm
      beacon.host = poison
      beacon.program = poison
      beacon.images = [poison]
      beacon.users = [poison]
      beacon.destinationNames = [poison]
      beacon.address = poison
      beacon.port = PortText(text: poison, number: nil)
      beacon.transport = poison
      return beacon
    }
    report.verdict.remoteDesktopChanges = poisons.map { poison in
      var change = moved
      change.host = poison
      change.image = poison
      change.user = poison
      change.target = poison
      change.details = poison
      change.newPort = nil
      change.followUp.addresses = [poison]
      return change
    }
    report.archiveNames = ArchiveNames(poisons)
    for index in report.verdict.findings.indices {
      report.verdict.findings[index].firstPlace = Place(
        archive: Int32(index), line: 1, offset: 0)
    }
    report.coverage.archives = poisons.map { poison in
      var damaged = archive(poison, "d", used: 1, irrelevant: 0)
      damaged.damage = .init(offset: 1, reason: poison)
      damaged.coverage.lines.notUnderstood = 1
      damaged.coverage.keepNotUnderstood([
        NotUnderstoodLine(
          place: Place(archive: 0, line: 1, offset: 0), nearestShape: poison, reason: poison)
      ])
      return damaged
    }
    report.coverage.examples = poisons.map {
      ResolvedExample(archive: $0, line: 1, reason: .malformed, message: $0)
    }
    report.coverage.skipped = poisons.map {
      UnreadInput(name: $0, kind: .passedOver, reason: $0)
    }
    report.reading = ReadingVerdict([
      ReadingNote(.damaged, names: poisons, details: poisons),
      ReadingNote(.passedOver, names: poisons, isAccepted: true),
    ])
    report.readingOfRun = report.reading
    report.coverage.hosts = poisons.map {
      var heard = HostCoverage()
      heard.skewedEvents = 1
      heard.processStarts = 1
      return .init(name: $0, heard: heard)
    }
    report.coverage.events = poisons.map {
      .init(event: EventClass(shape: $0, kind: .connection), count: 1)
    }
    return report
  }()
}
