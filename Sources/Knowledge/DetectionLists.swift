/// The lists and the boundary of the published detection.
package struct DetectionLists: Equatable, Sendable {
  package var knownC2Ports: Set<Int>
  package var standardPorts: Set<Int>
  /// Names of executables, in lower case.
  package var highRiskProcesses: [String]
  /// The odd-port branch looks only above this port.
  package var highestReservedPort: Int
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
}
