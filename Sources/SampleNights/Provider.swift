/// A part of Windows, other than Sysmon, Security and PowerShell's own log, that writes events.
package struct Provider: Hashable, Sendable {
  package var name: String
  package var guid: String
  /// The event log it writes to.
  package var channel: String
  /// What each Event ID means.
  package var titles: [Int: String]

  static let services = Provider(
    name: "Service Control Manager", guid: "555908d1-a6d7-4695-8e1e-26931d2012f4",
    channel: "System", titles: [7036: "The service entered a state."])
  static let components = Provider(
    name: "Microsoft-Windows-DistributedCOM", guid: "1b562e86-b7aa-4131-badc-b6f3a001407e",
    channel: "System",
    titles: [10016: "The permission settings do not grant permission for the COM Server."])
  static let tasks = Provider(
    name: "Microsoft-Windows-TaskScheduler", guid: "de7b24ea-73c8-4a09-985d-5bdadcfa9017",
    channel: "Microsoft-Windows-TaskScheduler/Operational",
    titles: [
      100: "Task Started", 102: "Task completed", 129: "Created Task Process",
      200: "Action started", 201: "Action completed",
    ])
  static let management = Provider(
    name: "Microsoft-Windows-WMI-Activity", guid: "1418ef04-b0b4-4623-bf7e-d74ab47bbdaa",
    channel: "Microsoft-Windows-WMI-Activity/Operational",
    titles: [5857: "Operation_StartedOperational"])
  /// The log that PowerShell has had from the beginning.
  static let oldPowerShell = Provider(
    name: "PowerShell", guid: "00000000-0000-0000-0000-000000000000",
    channel: "Windows PowerShell", titles: [600: "Provider Lifecycle"])
}
