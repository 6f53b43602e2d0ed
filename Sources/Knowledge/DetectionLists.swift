/// The lists and the boundary of the published detection.
///
/// Its three conditions are built from them: a *known C2 port*, whatever process talks to it; a *high-risk
/// process*; an *odd port*, which is neither standard nor reserved. The two port lists have nothing in
/// common.
package struct DetectionLists: Equatable, Sendable {
  /// Ports that malware is known to call home on. Seen alone they score 1, with a high-risk process 3.
  package var knownC2Ports: Set<Int>
  /// Ports that are never odd. That 8080, 5000 and 3000 are among them keeps developers' servers out
  /// of the table, and PingPull (8080) as well.
  package var standardPorts: Set<Int>
  /// Names of executables, in lower case: shells, script hosts and the system's own tools that can
  /// fetch and run code. How they are compared with `Image` depends on the ``Parity``.
  package var highRiskProcesses: [String]
  /// The last port that is reserved, and so never odd: 1024.
  package var highestReservedPort: Int

  /// As published: 19 C2 ports, 9 standard ports, 11 processes, the boundary at 1024.
  package static let published = DetectionLists(
    knownC2Ports: [
      444, 587, 1224, 1337, 2083, 2087, 4443, 4444, 4445, 6666, 6667, 6668, 7777, 8008, 8088, 8888,
      9001, 9090, 31337,
    ],
    standardPorts: [80, 443, 8080, 8443, 53, 25, 3000, 5000, 9000],
    highRiskProcesses: [
      "cmd.exe", "powershell.exe", "pwsh.exe", "wscript.exe", "cscript.exe", "mshta.exe",
      "rundll32.exe", "regsvr32.exe", "certutil.exe", "bitsadmin.exe", "msiexec.exe",
    ],
    highestReservedPort: 1024)

  /// Those of the published KQL query: svchost.exe is a high-risk process, 5001 a standard port, 53 and 25
  /// are not. Whether 1024 is its boundary as well could not be read: it is taken from the SPL.
  package static let publishedKQL: DetectionLists = {
    var lists = published
    lists.standardPorts = [80, 443, 8080, 8443, 3000, 5000, 5001, 9000]
    lists.highRiskProcesses.append("svchost.exe")
    return lists
  }()
}

extension DetectionLists {
  package func isKnownC2Port(_ number: Double) -> Bool {
    Int(exactly: number).map(knownC2Ports.contains) ?? false
  }

  /// Neither standard nor reserved.
  package func isOddPort(_ number: Double) -> Bool {
    let isStandard = Int(exactly: number).map(standardPorts.contains) ?? false
    return !isStandard && number > Double(highestReservedPort)
  }
}
