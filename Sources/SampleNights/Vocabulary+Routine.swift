extension Vocabulary {
  /// Keys that services open one after the other; a number comes between head and tail.
  static let registryKeys = [
    (
      "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\Packages\\Package_",
      "_for_KB5036892~31bf3856ad364e35~amd64~~19041.4291.1.4"
    ),
    (
      "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Installer\\UserData\\S-1-5-18\\Components\\",
      "A6F0E45B2D94C17E1A0C9B6D03F2"
    ),
    ("HKLM\\System\\CurrentControlSet\\Services\\bam\\State\\UserSettings\\S-1-5-90-0-", ""),
    ("HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache\\Tasks\\{", "}"),
    ("HKU\\.DEFAULT\\Software\\Microsoft\\SystemCertificates\\Root\\Certificates\\", "\\Blob"),
    ("HKLM\\SOFTWARE\\Microsoft\\Windows Search\\Gather\\Windows\\SystemIndex\\Sites\\", ""),
  ]

  static let serviceNames = [
    "Windows Update", "WinHTTP Web Proxy Auto-Discovery Service", "Windows Modules Installer",
    "Background Intelligent Transfer Service", "Network Setup Service", "Device Setup Manager",
  ]

  static let shellProviders = [
    "Registry", "Alias", "Environment", "FileSystem", "Function", "Variable", "Certificate",
    "WSMan",
  ]

  static let taskNames = [
    "\\Microsoft\\Windows\\UpdateOrchestrator\\Schedule Scan", "\\Nordhafen\\Inventory",
    "\\Microsoft\\Windows\\Windows Defender\\Windows Defender Scheduled Scan",
    "\\Microsoft\\Windows\\Time Synchronization\\SynchronizeTime",
  ]

  static let managementProviders = ["CIMWin32", "WmiPerfClass", "NetTCPIP"]

  /// What a balancer asks day and night.
  static let probes = [
    ("nginx", "10.20.0.5 - - \"GET /health HTTP/1.1\" 200 2 \"-\" \"HAProxy\""),
    ("nginx", "10.20.0.6 - - \"GET /tracking/v2/ping HTTP/1.1\" 204 0 \"-\" \"HAProxy\""),
    ("postgres", "connection authorized: user=probe database=tracking application_name=pgbouncer"),
  ]

  /// One session of the deployment's account, from its beginning to its end.
  static let sessionLines = [
    ("sshd", "pam_unix(sshd:session): session opened for user deploy(uid=1001) by (uid=0)"),
    ("systemd-logind", "New session of user deploy."),
    ("sshd", "pam_unix(sshd:session): session closed for user deploy"),
    ("systemd-logind", "Session logged out. Waiting for processes to exit."),
  ]
}
