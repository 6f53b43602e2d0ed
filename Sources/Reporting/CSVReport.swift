import Facts
import Hunting
import Knowledge

extension Report {
  /// The columns of the published table, in its order, then ours.
  package static let csvColumns = [
    "host", "Image", "User", "ParentImage", "ports_used", "remote_ips", "connection_count",
    "max_risk_score", "severity", "first_seen", "last_seen",
    "id", "first_seen_ms", "last_seen_ms", "parent_source", "substring_only", "destination_class",
    "destination_names", "process_count", "original_file_name", "points", "reasons", "beacon",
    "kind", "hosts", "status", "command_line", "ancestors", "hashes", "integrity_level", "logon_id",
  ]

  /// A cell of Excel holds 32,767 characters, and some are added when it is escaped.
  private static let maxCellCharacters = 30_000

  /// As many as fit into a cell, and how many there are more.
  private static func joined(_ texts: [String]) -> String {
    var text = ""
    for (index, one) in texts.enumerated() {
      if index > 0, text.utf8.count + one.utf8.count >= maxCellCharacters {
        return text + " and \(texts.count - index) more"
      }
      text += (index == 0 ? "" : " ") + one
    }
    return text
  }

  /// RFC 4180 with line feeds; several values of one cell have a space between them.
  func csv(raw: Bool) -> [UInt8] {
    var output: [UInt8] = []
    output.write(Self.csvColumns.joined(separator: ",") + "\n")
    for finding in verdict.findings {
      func value(_ text: String) { output.write(Escaping.csv(text, raw: raw)) }
      func comma() { output.append(UInt8(ascii: ",")) }
      func several(_ texts: [String]) {
        // Quoted where there are several, also where no comma asks for it.
        let text = raw ? texts.joined(separator: " ") : Self.joined(texts)
        let cell = Escaping.csv(text, raw: raw)
        output.write(texts.count > 1 && !cell.hasPrefix("\"") ? "\"\(cell)\"" : cell)
      }
      value(finding.host)
      comma()
      value(finding.image)
      comma()
      value(finding.user)
      comma()
      value(finding.parentImage)
      comma()
      several(finding.portsUsed.map(\.text))
      comma()
      several(finding.remoteAddresses)
      output.write(",\(finding.connectionCount),\(finding.maxRiskScore),")
      several(finding.severities.map(\.name))
      output.write(
        ",\(finding.firstSeen?.description ?? ""),\(finding.lastSeen?.description ?? ""),")
      value(finding.id)
      output.write(",\(finding.firstSeen.map { String($0.milliseconds) } ?? "")")
      output.write(",\(finding.lastSeen.map { String($0.milliseconds) } ?? "")")
      output.write(",\(finding.parentSource.rawValue),\(finding.isSubstringMatch),")
      several(finding.destinationScopes.map(\.rawValue))
      comma()
      several(finding.destinationNames)
      output.write(",\(finding.processCount),")
      value(finding.originalFileName ?? "")
      output.write(",\(finding.points.map(String.init) ?? ""),")
      several(finding.reasons.map { "\($0.evidence.rawValue)=\($0.points)" })
      comma()
      value(finding.beacon?.rhythm ?? "")
      output.write(",\(finding.kind.rawValue),\(max(1, finding.hosts.count)),")
      output.write("\(finding.status?.rawValue ?? ""),")
      value(finding.process?.commandLine ?? "")
      comma()
      several(finding.process?.ancestors.map(\.image) ?? [])
      for field in [\ProcessStory.hashes, \.integrityLevel, \.logonID] {
        comma()
        value(finding.process?[keyPath: field] ?? "")
      }
      output.append(UInt8(ascii: "\n"))
    }
    return output
  }
}
