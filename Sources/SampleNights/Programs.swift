/// The programs of the company: those of every day, and those that come at night.
enum Programs {
  static let system32 = "C:\\Windows\\System32\\"
  static let services = system32 + "services.exe"
  static let explorer = "C:\\Windows\\explorer.exe"
  static let cmd = system32 + "cmd.exe"
  static let powerShellImage = system32 + "WindowsPowerShell\\v1.0\\powershell.exe"

  static func powerShell(
    _ command: String = "powershell.exe", parent: String = cmd
  ) -> Program {
    Program(
      powerShellImage, original: "PowerShell.EXE", "Windows PowerShell",
      version: "10.0.19041.3996", command: command, parent: parent)
  }

  static func service(_ name: String, group: String = "netsvcs") -> Program {
    Program(
      system32 + "svchost.exe", original: "svchost.exe", "Host Process for Windows Services",
      command: "C:\\Windows\\system32\\svchost.exe -k \(group) -p -s \(name)", parent: services)
  }

  static let lsass = Program(
    system32 + "lsass.exe", original: "lsass.exe", "Local Security Authority Process",
    parent: system32 + "wininit.exe")
  static let systemProcess = Program(
    "System", original: "-", product: "-", company: "-", version: "-", command: "-", parent: "-")
  static let defender = Program(
    "C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.24030.9-0\\MsMpEng.exe",
    original: "MsMpEng.exe", "Antimalware Service Executable", version: "4.18.24030.9",
    parent: services)
  static let search = Program(
    system32 + "SearchIndexer.exe", original: "SearchIndexer.exe",
    "Microsoft Windows Search Indexer", parent: services)
  static let desktop = Program(
    explorer, original: "EXPLORER.EXE", "Windows Explorer", parent: system32 + "userinit.exe")
  static let chrome = Program(
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe", original: "chrome.exe",
    "Google Chrome", product: "Google Chrome", company: "Google LLC", version: "124.0.6367.119",
    parent: explorer)
  static let outlook = Program(
    "C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE", original: "Outlook.exe",
    "Microsoft Outlook", product: "Microsoft Outlook", version: "16.0.17425.20176",
    parent: explorer)
  static let word = Program(
    "C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE", original: "WinWord.exe",
    "Microsoft Word", product: "Microsoft Office", version: "16.0.17425.20176", parent: explorer)
  static let tasks = Program(
    system32 + "taskhostw.exe", original: "taskhostw.exe", "Host Process for Windows Tasks",
    parent: system32 + "svchost.exe")
  static let installer = Program(
    system32 + "msiexec.exe", original: "msiexec.exe", "Windows® installer",
    command: "C:\\Windows\\system32\\msiexec.exe /V", parent: services)
  static let certificates = Program(
    system32 + "certutil.exe", original: "CertUtil.exe", "CertUtil.exe",
    command: "certutil.exe -urlcache -f http://crl.certhaus.example/root.crl root.crl",
    parent: cmd)
  static let inventory = powerShell(
    "powershell.exe -NoProfile -File C:\\ProgramData\\Nordhafen\\Inventory\\Get-Inventory.ps1",
    parent: system32 + "svchost.exe")
  static let nameServer = Program(
    system32 + "dns.exe", original: "dns.exe", "Domain Name System (DNS) Server",
    parent: services)
  static let sqlServer = Program(
    "C:\\Program Files\\Microsoft SQL Server\\MSSQL15.MSSQLSERVER\\MSSQL\\Binn\\sqlservr.exe",
    original: "SQLSERVR.EXE", "SQL Server Windows NT - 64 Bit", product: "Microsoft SQL Server",
    version: "2019.0150.4355.03", parent: services)
  static let webWorker = Program(
    system32 + "inetsrv\\w3wp.exe", original: "w3wp.exe", "IIS Worker Process",
    command: "c:\\windows\\system32\\inetsrv\\w3wp.exe -ap \"MSExchangeOWAAppPool\"",
    parent: system32 + "svchost.exe")
  static let exchangeHealth = Program(
    "C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Bin\\MSExchangeHMWorker.exe",
    original: "MSExchangeHMWorker.exe", "Exchange Health Manager Worker",
    product: "Microsoft® Exchange", version: "15.02.1118.007",
    parent: "C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Bin\\MSExchangeHMHost.exe")

  /// A program without a maker, as malware and Linux have them.
  static func plain(_ image: String, parent: String, command: String? = nil) -> Program {
    Program(
      image, original: "-", "-", product: "-", company: "-", version: "-", command: command,
      parent: parent)
  }

  static func linux(_ image: String, parent: String = "/usr/bin/bash", command: String? = nil)
    -> Program
  {
    Program(
      image, original: "-", "-", product: "-", company: "-", version: "-",
      command: command ?? image, parent: parent)
  }

  static func windows(_ file: String, original: String, parent: String, command: String? = nil)
    -> Program
  {
    Program(system32 + file, original: original, command: command, parent: parent)
  }
}
