/// The words that ordinary nights are made of, as repetitive as those of real logs.
package enum Vocabulary {
  /// A DLL that processes load.
  package struct Library: Hashable, Sendable {
    package var path: String
    package var description: String
    package var hashes: String
  }

  /// A name on the outside and where it is.
  package struct Site: Hashable, Sendable {
    package var name: String
    package var address: String
  }

  static let libraries: [Library] = [
    ("ntdll", "NT Layer DLL"), ("kernel32", "Windows NT BASE API Client DLL"),
    ("KernelBase", "Windows NT BASE API Client DLL"), ("msvcrt", "Windows NT CRT DLL"),
    ("combase", "Microsoft COM for Windows"), ("rpcrt4", "Remote Procedure Call Runtime"),
    ("sechost", "Host for SCM/SDDL/LSA Lookup APIs"), ("advapi32", "Advanced Windows 32 Base API"),
    ("ucrtbase", "Microsoft® C Runtime Library"), ("bcryptprimitives", "Windows Crypto Primitives"),
    ("user32", "Multi-User Windows USER API Client DLL"), ("win32u", "Win32u"),
    ("gdi32", "GDI Client DLL"), ("gdi32full", "GDI Client DLL"),
    ("msvcp_win", "Microsoft® C Runtime Library"), ("imm32", "Multi-User Windows IMM32 API"),
    ("kernel.appcore", "AppModel API Host"), ("oleaut32", "OLEAUT32.DLL"),
    ("clbcatq", "COM+ Configuration Catalog"), ("shcore", "SHCORE"),
    ("shlwapi", "Shell Light-weight Utility Library"), ("shell32", "Windows Shell Common Dll"),
    ("windows.storage", "Microsoft WinRT Storage API"), ("profapi", "User Profile Basic API"),
    ("cryptsp", "Cryptographic Service Provider API"), ("rsaenh", "Microsoft Enhanced CSP"),
    ("cryptbase", "Base cryptographic API DLL"), ("bcrypt", "Windows Cryptographic Library"),
    ("crypt32", "Crypto API32"), ("msasn1", "ASN.1 Runtime APIs"), ("wintrust", "Trust APIs"),
    ("userenv", "Userenv"), ("sspicli", "Security Support Provider Interface"),
    ("secur32", "Security Support Provider Interface"), ("ws2_32", "Windows Socket 2.0 DLL"),
    ("mswsock", "Microsoft Windows Sockets 2.0 Provider"), ("dnsapi", "DNS Client API DLL"),
    ("IPHLPAPI", "IP Helper API"), ("nsi", "NSI User-mode interface DLL"),
    ("winhttp", "Windows HTTP Services"), ("webio", "Web Transfer Protocols API"),
    ("winnsi", "Network Store Information RPC interface"), ("rasadhlp", "Remote Access AutoDial"),
    ("FWPUCLNT", "FWP/IPsec User-Mode API"), ("schannel", "TLS / SSL Security Provider"),
    ("ncrypt", "Windows NCrypt Router"), ("ntasn1", "Microsoft ASN.1 API"),
    ("gpapi", "Group Policy Client API"), ("cryptnet", "Crypto Network Related API"),
    ("version", "Version Checking and File Installation Libraries"),
    ("amsi", "Anti-Malware Scan Interface"), ("wbemcomn", "WMI"), ("taskschd", "Task Scheduler"),
    ("propsys", "Microsoft Property System"), ("wldp", "Windows Lockdown Policy"),
    ("uxtheme", "Microsoft UxTheme Library"), ("twinapi.appcore", "twinapi.appcore"),
  ].map { name, description in
    let path = "C:\\Windows\\System32\\\(name).dll"
    let program = Program(path, original: name, parent: "")
    return Library(path: path, description: description, hashes: program.hashes)
  }

  static let sites: [Site] = [
    ("update.harbour-cdn.example", "192.0.2.21"), ("login.mailfleet.example", "198.51.100.17"),
    ("files.mailfleet.example", "198.51.100.18"), ("telemetry.deskware.example", "192.0.2.45"),
    ("news.tidewater.example", "203.0.113.30"), ("static.tidewater.example", "203.0.113.31"),
    ("maps.portways.example", "192.0.2.77"), ("api.portways.example", "192.0.2.78"),
    ("ocsp.certhaus.example", "198.51.100.60"), ("crl.certhaus.example", "198.51.100.61"),
    ("chat.crewtalk.example", "203.0.113.140"), ("video.crewtalk.example", "203.0.113.141"),
  ].map(Site.init)

  /// Registry values that services write day and night, with what they write.
  static let registryValues: [(target: String, details: String?)] = [
    ("HKLM\\System\\CurrentControlSet\\Services\\bam\\State\\UserSettings\\S-1-5-18", nil),
    ("HKLM\\System\\CurrentControlSet\\Services\\W32Time\\Config\\Status", "DWORD (0x00000001)"),
    (
      "HKLM\\System\\CurrentControlSet\\Services\\Tcpip\\Parameters\\Interfaces\\{5b1f}\\Lease",
      "DWORD (0x00015180)"
    ),
    ("HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run\\SecurityHealth", "Binary Data"),
    ("HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Diagnostics\\DiagTrack", nil),
    (
      "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache\\Tree\\Inventory",
      nil
    ),
    ("HKLM\\SOFTWARE\\Microsoft\\Windows Defender\\Signature Updates\\Last", "Binary Data"),
    (
      "HKLM\\System\\CurrentControlSet\\Control\\Terminal Server\\fDenyTSConnections",
      "DWORD (0x00000000)"
    ),
    (
      "HKLM\\System\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp\\fEnableWinStation",
      "DWORD (0x00000001)"
    ),
    ("HKU\\.DEFAULT\\Software\\Classes\\Local Settings\\MuiCache\\LangID", "Binary Data"),
  ]

  static let files = [
    "C:\\Windows\\Prefetch\\SVCHOST.EXE-", "C:\\Windows\\Temp\\inv_",
    "C:\\Windows\\SoftwareDistribution\\DataStore\\Logs\\edb",
    "C:\\ProgramData\\Microsoft\\Windows\\WER\\Temp\\WER",
    "C:\\ProgramData\\Microsoft\\Search\\Data\\Applications\\Windows\\Windows.edb.",
    "C:\\Windows\\ServiceProfiles\\NetworkService\\AppData\\Local\\Temp\\sdt",
  ]

  static let linuxFiles = [
    "/var/lib/postgresql/15/main/pg_wal/", "/tmp/nginx-cache-", "/var/log/journal/system@",
    "/var/lib/php/sessions/sess_",
  ]

  static let callTraces = [
    "C:\\Windows\\SYSTEM32\\ntdll.dll+9d2e4|C:\\Windows\\System32\\KERNELBASE.dll+2c0ee|"
      + "C:\\Windows\\system32\\lsm.dll+e959|C:\\Windows\\System32\\RPCRT4.dll+78ac3",
    "C:\\Windows\\SYSTEM32\\ntdll.dll+9d2e4|C:\\Windows\\System32\\KERNELBASE.dll+2c0ee|"
      + "C:\\ProgramData\\Microsoft\\Windows Defender\\mpengine.dll+3a3f1",
  ]

  static let script = """
    $inventory = foreach ($product in Get-ItemProperty 'HKLM:\\SOFTWARE\\Microsoft\\Windows\\Current\
    Version\\Uninstall\\*') {\r
      [pscustomobject]@{ Name = $product.DisplayName; Version = $product.DisplayVersion }\r
    }\r
    # The inventory service listens where DestinationPort 443 always did.\r
    $inventory | Sort-Object Name | ConvertTo-Json -Compress | Out-File $env:TEMP\\inventory.json\r
    Invoke-RestMethod -Method Post -Uri https://nh-app01.nordhafen.example/inventory -InFile $env\
    :TEMP\\inventory.json\r
    """

  static let syslogLines = [
    ("sshd", "Accepted publickey for deploy from 10.20.4.41 port 50522 ssh2: ED25519 SHA256:k3Yv"),
    ("CRON", "(root) CMD (test -x /usr/sbin/anacron || run-parts --report /etc/cron.hourly)"),
    ("systemd", "Started Session of user deploy."),
    ("nginx", "10.20.1.17 - - \"GET /tracking/v2/containers?page=1 HTTP/1.1\" 200 5120"),
    ("kernel", "audit: type=1400 apparmor=\"ALLOWED\" operation=\"open\" profile=\"nginx\""),
  ]
}
