extension Company {
  private static let everyDay = [0, 1, 2, 3, 4]

  private static let people = [
    "anna.vogt", "ben.oduya", "carla.reyes", "david.lund", "eva.horak", "farid.azimi",
    "greta.moser", "henk.visser", "ines.duarte", "jonas.weiss", "kaja.berg", "luca.ferri",
    "mina.sato", "nils.holm", "olga.petrenko", "pavel.dvorak", "quentin.roy", "rosa.silva",
    "sami.laine", "tara.singh", "ulla.krog", "viktor.nagy", "wanda.zielinska", "yusuf.kaya",
  ]

  /// The machines, group by group. The numbers of hosts run on over the groups.
  static let directory: [HostGroup] = {
    var number = 0
    func hosts(
      _ names: [String], _ role: Host.Role, subnet: String, lines: Int,
      routine: Int = 0, quirks: [String: Host.Quirk] = [:], user: String? = nil
    ) -> [Host] {
      names.map { name in
        number += 1
        return Host(
          name: name, role: role, address: "10.20.\(subnet).\(10 + number)",
          user: user ?? "\(domain)\\\(people[number % people.count])", linesPerDay: lines,
          routineLinesPerDay: routine, number: number, quirk: quirks[name])
      }
    }
    func numbered(_ prefix: String, _ range: ClosedRange<Int>) -> [String] {
      range.map { prefix + Moment.padded($0, 2) }
    }
    return [
      HostGroup(
        name: "workstations", shape: .nxlog,
        hosts: hosts(
          numbered("NH-WS", 1...10), .workstation, subnet: "1", lines: 275, routine: 180),
        days: everyDay,
        encodings: [.singleFrame, .framesOnLines, .framesCutAnywhere, .pzstd, .withoutSize]),
      HostGroup(
        name: "offices", shape: .winlogbeat,
        hosts: hosts(
          numbered("NH-WS", 11...18), .workstation, subnet: "2", lines: 275, routine: 60,
          quirks: [
            "NH-WS15": .networkClockBehind(seconds: 8237),
            "NH-WS16": .silent(day: 2, hours: 9..<15),
          ]),
        days: everyDay,
        encodings: [.framesCutAnywhere, .seekable, .singleFrame, .framesOnLines, .pzstd],
        startsApart: "NH-WS17"),
      HostGroup(
        name: "laptops", shape: .defender,
        hosts: hosts(numbered("NH-LT", 1...5), .workstation, subnet: "3", lines: 240),
        days: everyDay,
        encodings: [.withoutSize, .singleFrame, .framesOnLines, .seekable, .framesCutAnywhere]),
      HostGroup(
        name: "servers", shape: .elasticCommonSchema,
        hosts: hosts(
          ["NH-FS01", "NH-SQL01", "NH-APP01", "NH-PRT01"], .server, subnet: "0", lines: 440,
          routine: 100),
        days: everyDay,
        encodings: [.framesOnLines, .framesCutAnywhere, .pzstd, .withoutChecksum, .seekable]),
      HostGroup(
        name: "domain-controllers", shape: .evtxDump,
        hosts: [
          Host(
            name: "NH-DC01", role: .domainController, address: controllers[0],
            user: "\(domain)\\adm.reyes", linesPerDay: 1150, routineLinesPerDay: 3800, number: 91),
          Host(
            name: "NH-DC02", role: .domainController, address: controllers[1],
            user: "\(domain)\\adm.reyes", linesPerDay: 1150, routineLinesPerDay: 3800, number: 92),
        ],
        days: everyDay,
        encodings: [.pzstd, .withoutSize, .framesOnLines, .singleFrame, .framesCutAnywhere]),
      HostGroup(
        name: "exchange", shape: .sentinel,
        hosts: [
          Host(
            name: "NH-EX01", role: .exchange, address: "10.20.0.25",
            user: "\(domain)\\adm.reyes", linesPerDay: 1500, routineLinesPerDay: 7800, number: 93)
        ],
        days: everyDay,
        encodings: [.seekable, .framesOnLines, .withoutChecksum, .singleFrame, .framesOnLines]),
      HostGroup(
        name: "linux", shape: .linuxSyslog,
        hosts: hosts(
          ["nh-web01", "nh-db01"], .linux, subnet: "0", lines: 640, routine: 3600,
          user: "root"),
        days: everyDay,
        encodings: [.singleFrame, .pzstd, .framesCutAnywhere, .framesOnLines, .withoutSize]),
      HostGroup(
        name: "branch", shape: .wazuh,
        hosts: hosts(numbered("NH-BR", 1...3), .workstation, subnet: "7", lines: 300, routine: 100),
        days: everyDay,
        encodings: [.withoutChecksum, .singleFrame, .withoutSize, .framesOnLines, .pzstd]),
      HostGroup(
        name: "kiosks", shape: .fluentBit,
        hosts: hosts(
          numbered("NH-KI", 1...2), .kiosk, subnet: "8", lines: 300,
          quirks: ["NH-KI02": .noConnections]),
        days: everyDay,
        encodings: [.gzip, .framesOnLines, .singleFrame, .withoutSize, .singleFrame]),
      HostGroup(
        name: "developers", shape: .nxlog,
        hosts: hosts(["NH-DEV01", "NH-SEC01"], .developer, subnet: "4", lines: 400, routine: 400),
        days: everyDay,
        encodings: [.framesCutAnywhere, .pzstd, .seekable, .framesOnLines, .singleFrame]),
      HostGroup(
        name: "triage", shape: .evtxECmd,
        hosts: hosts(["NH-WS19"], .workstation, subnet: "2", lines: 600),
        days: [3],
        encodings: Array(repeating: .singleFrame, count: days)),
      HostGroup(
        name: "lab", shape: .nxlog,
        hosts: hosts(["NH-LAB01"], .lab, subnet: "9", lines: 60),
        days: [2],
        encodings: Array(repeating: .plain, count: days)),
    ]
  }()
}
