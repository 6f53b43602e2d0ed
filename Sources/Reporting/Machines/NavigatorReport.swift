import Facts
import Hunting
import Knowledge

extension Report {
  /// A layer for the ATT&CK Navigator, format 4.5.
  func navigator() -> [UInt8] {
    var techniques: [(id: String, score: Int, comment: String)] = []
    let rows = verdict.findings.filter { $0.kind == .tableRow || $0.kind == .intelligence }
    if !rows.isEmpty {
      let hosts = Set(rows.map(\.host)).count
      let best = rows.map { $0.points ?? $0.maxRiskScore * 33 }.max() ?? 0
      techniques.append(
        (
          Detection.id, best,
          Figures.count(rows.count, "finding") + " on " + Figures.count(hosts, "host")
        ))
    }
    let web = verdict.beacons.filter { [80, 443, 8080, 8443].contains($0.port.number) }
    if let best = web.map(\.points).max() {
      techniques.append(
        ("T1071.001", best, Figures.count(web.count, "beacon") + " on web ports"))
    }
    let moved = verdict.remoteDesktopChanges.filter { !$0.isRestored }
    if !moved.isEmpty {
      let followed = moved.count { $0.followUp.connectionCount > 0 }
      let text = Figures.count(moved.count, "RDP port change")
      techniques.append(("T1112", 100, text))
      techniques.append(
        (
          "T1021.001", followed > 0 ? 100 : 50,
          text + ", \(followed) with accepted connections afterwards"
        ))
    }
    let layer: JSONOutput = [
      "name": .string("\(Detection.id) \(Detection.name)"),
      "versions": ["attack": "18", "navigator": "5.1.0", "layer": "4.5"],
      "domain": "enterprise-attack",
      "description": .string(verdictLine),
      "gradient": ["colors": ["#ffffff", "#d55e00"], "minValue": 0, "maxValue": 100],
      "sorting": 3,
      "hideDisabled": .bool(false),
      "techniques": .array(
        techniques.sorted { $0.id < $1.id }.map {
          [
            "techniqueID": .string($0.id), "score": .int($0.score), "comment": .string($0.comment),
            "enabled": .bool(true), "showSubtechniques": .bool(true),
          ]
        }),
      "legendItems": [["label": "most points of a finding, 0 to 100", "color": "#d55e00"]],
    ]
    return layer.indented()
  }
}
