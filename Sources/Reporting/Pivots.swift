import Facts
import Hunting

/// Where to look further: the same events in other tools. Values are quoted for each language; the
/// text as a whole still has to be escaped for where it is shown.
struct Pivot {
  var language: String
  var text: String
}

extension Finding {
  var pivots: [Pivot] {
    let ports = portsUsed.map(\.text)
    return [
      Pivot(
        language: "SPL",
        text: "source=\"XmlWinEventLog:Microsoft-Windows-Sysmon/Operational\" EventCode=3"
          + (host.isEmpty ? "" : " Computer=" + Quoting.spl(host))
          + (image.isEmpty ? "" : " Image=" + Quoting.spl(image))
          + " DestinationPort IN (" + ports.map(Quoting.spl).joined(separator: ", ") + ")"
          + Quoting.splSpan(firstSeen, lastSeen)),
      Pivot(
        language: "KQL",
        text: "DeviceNetworkEvents"
          + Quoting.kqlSpan(firstSeen, lastSeen)
          + (host.isEmpty ? "" : " | where DeviceName =~ " + Quoting.kql(host))
          + (image.isEmpty
            ? "" : " | where InitiatingProcessFolderPath =~ " + Quoting.kql(image))
          + " | where RemotePort in ("
          + portsUsed.compactMap(\.number).map(String.init).joined(separator: ", ") + ")"),
      Pivot(language: "shell", text: "oddport evidence \(id) --ledger LEDGER"),
    ]
  }
}

extension Beacon {
  var pivots: [Pivot] {
    [
      Pivot(
        language: "SPL",
        text: "source=\"XmlWinEventLog:Microsoft-Windows-Sysmon/Operational\" EventCode=3"
          + " Computer=" + Quoting.spl(host) + " DestinationIp=" + Quoting.spl(address)
          + " DestinationPort=" + Quoting.spl(port.text) + Quoting.splSpan(firstSeen, lastSeen)),
      Pivot(
        language: "KQL",
        text: "DeviceNetworkEvents" + Quoting.kqlSpan(firstSeen, lastSeen)
          + " | where DeviceName =~ " + Quoting.kql(host) + " | where RemoteIP == "
          + Quoting.kql(address) + " and RemotePort == " + (port.number.map(String.init) ?? "0")),
      Pivot(language: "shell", text: "oddport evidence \(id) --ledger LEDGER"),
    ]
  }
}

/// Values of other people's query languages.
private enum Quoting {
  /// A backquote would call a macro even between quotes: a wildcard stands in for it.
  static func spl(_ value: String) -> String {
    "\"" + escaped(value).map { $0 == "`" ? "*" : String($0) }.joined() + "\""
  }

  static func kql(_ value: String) -> String { "\"" + escaped(value) + "\"" }

  private static func escaped(_ value: String) -> String {
    var text = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\", "\"": text += "\\" + String(scalar)
      case _ where scalar.value < 32: text += " "
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  /// Whole seconds, the last one included.
  static func splSpan(_ first: UTCTime?, _ last: UTCTime?) -> String {
    guard let first, let last else { return "" }
    return " earliest=\(first.second) latest=\(last.second + 1)"
  }

  static func kqlSpan(_ first: UTCTime?, _ last: UTCTime?) -> String {
    guard let first, let last else { return "" }
    let end = UTCTime(milliseconds: (last.second + 1) * 1000)
    return " | where Timestamp between (datetime(\(first.iso8601)) .. datetime(\(end.iso8601)))"
  }
}
