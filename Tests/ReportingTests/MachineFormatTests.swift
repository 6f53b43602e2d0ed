import Foundation
import Knowledge
import Testing

@testable import Hunting
@testable import Reporting

/// What other programs take has what their published layouts ask for, also of the worst values.
@Suite struct MachineFormatTests {
  typealias Object = [String: Any]

  static let reports = ["mixed", "poison", "calm"]

  private func lines(_ report: String, _ format: ReportFormat) throws -> [Object] {
    let bytes = try #require(SampleReports.all[report]).render(as: format)
    return try String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? Object)
    }
  }

  private func object(_ report: String, _ format: ReportFormat) throws -> Object {
    let bytes = try #require(SampleReports.all[report]).render(as: format)
    return try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? Object)
  }

  /// ocsf-schema 1.4.0, events/findings/detection_finding.json and the objects in it.
  @Test("OCSF Detection Finding", arguments: reports) func ocsf(report: String) throws {
    let findings = try lines(report, .ocsf)
    #expect(findings.count == SampleReports.all[report]?.verdict.all.count)
    for finding in findings {
      let required = [
        "activity_id", "category_uid", "class_uid", "finding_info", "metadata", "severity_id",
        "time", "type_uid",
      ]
      for key in required { #expect(finding[key] != nil, "\(key)") }
      #expect(finding["class_uid"] as? Int == 2004)
      #expect(finding["type_uid"] as? Int == 200_401)
      let info = try #require(finding["finding_info"] as? Object)
      #expect(info["uid"] is String)
      let metadata = try #require(finding["metadata"] as? Object)
      #expect(metadata["version"] as? String == "1.4.0")
      #expect((metadata["product"] as? Object)?["name"] is String)
      for evidence in try #require(finding["evidences"] as? [Object]) {
        if let process = (evidence["actor"] as? Object)?["process"] as? Object {
          #expect(process["uid"] is String)
          if let parent = process["parent_process"] as? Object { #expect(parent["uid"] is String) }
        }
        if let file = evidence["file"] as? Object {
          #expect(file["name"] is String && file["type_id"] is Int)
        }
        if let endpoint = evidence["dst_endpoint"] as? Object {
          #expect(endpoint["ip"] != nil || endpoint["hostname"] != nil)
        }
        #expect((evidence["connection_info"] as? Object)?["direction_id"] is Int)
      }
    }
  }

  /// ecs 8.11, fields of alerts.
  @Test("ECS alert", arguments: reports) func ecs(report: String) throws {
    for alert in try lines(report, .ecs) {
      let event = try #require(alert["event"] as? Object)
      #expect(event["kind"] as? String == "alert")
      #expect((alert["ecs"] as? Object)?["version"] is String)
      let stamp = try #require(alert["@timestamp"] as? String)
      #expect(stamp.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
      let threat = try #require(alert["threat"] as? Object)
      #expect((threat["technique"] as? Object)?["id"] as? [String] == ["T1571"])
      // An index takes addresses alone in a field of addresses.
      let destination = alert["destination"] as? Object
      for ip in destination?["ip"] as? [String]
        ?? [destination?["ip"] as? String].compactMap(\.self)
      { #expect(ip.wholeMatch(of: /[0-9a-f.:]+/) != nil) }
      // ECS has a value there, not a list of one.
      for field in ["ip", "port", "domain"] {
        #expect((destination?[field] as? [Any])?.count != 1)
      }
    }
  }

  /// OASIS sarif-schema-2.1.0.json: what it requires of what is written here.
  @Test("SARIF 2.1.0", arguments: reports) func sarif(report: String) throws {
    let sarif = try object(report, .sarif)
    #expect(sarif["version"] as? String == "2.1.0")
    let run = try #require((sarif["runs"] as? [Object])?.first)
    let driver = try #require((run["tool"] as? Object)?["driver"] as? Object)
    #expect(driver["name"] as? String == "oddport")
    let rules = try #require(driver["rules"] as? [Object]).compactMap { $0["id"] as? String }
    let results = try #require(run["results"] as? [Object])
    for result in results {
      // What GitHub's code scanning asks for: a file and a line, or nothing.
      for place in try #require(result["locations"] as? [Object]) {
        guard let physical = place["physicalLocation"] as? Object else { continue }
        let uri = try #require((physical["artifactLocation"] as? Object)?["uri"] as? String)
        #expect(
          uri.wholeMatch(of: /([A-Za-z0-9._~-]|%[0-9A-F]{2})+(\/([A-Za-z0-9._~-]|%[0-9A-F]{2})+)*/)
            != nil)
        #expect(try #require((physical["region"] as? Object)?["startLine"] as? Int) > 0)
      }
      #expect((result["partialFingerprints"] as? Object)?["primaryLocationLineHash"] is String)
      let index = try #require(result["ruleIndex"] as? Int)
      #expect(rules[index] == result["ruleId"] as? String)
      #expect(["error", "warning", "note"].contains(result["level"] as? String))
      let text = try #require((result["message"] as? Object)?["text"] as? String)
      // No bracket or brace that is not escaped: no link, no placeholder.
      let bare = text.replacing(/\\[\[\]\\]/, with: "").replacing("{{", with: "")
        .replacing("}}", with: "")
      #expect(!bare.contains { "[]{}".contains($0) })
    }
    let places = results.compactMap { ($0["locations"] as? [Object])?.first?["physicalLocation"] }
    #expect(places.isEmpty == (report == "calm"))
  }

  @Test(
    "The name of an archive is one path of a URI, whatever it holds",
    arguments: [
      ("night 1/ws-05.jsonl.zst", "night%201/ws-05.jsonl.zst"),
      ("javascript:alert(1)", "javascript%3Aalert%281%29"),
      ("//evil.example/x", "evil.example/x"), ("../../etc/passwd", "_../_../etc/passwd"),
      ("a?b#c%2e", "a%3Fb%23c%252e"), ("ü\u{202E}", "%C3%BC%E2%80%AE"), ("", "_"), ("/", "_"),
    ])
  func uri(name: String, path: String) { #expect(Escaping.uriPath(name) == path) }

  @Test("SARIF tells what is new") func baseline() throws {
    var report = SampleReports.mixed
    report.verdict.findings[0].status = .new
    report.verdict.findings[1].status = .changed
    let bytes = report.render(as: .sarif)
    let sarif = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? Object)
    let results = try #require(((sarif["runs"] as? [Object])?.first)?["results"] as? [Object])
    #expect(results.prefix(3).map { $0["baselineState"] as? String } == ["new", "updated", nil])
  }

  /// attack-navigator, layers/spec/v4.5/layerformat.md.
  @Test("ATT&CK Navigator layer 4.5", arguments: reports) func navigator(report: String) throws {
    let layer = try object(report, .navigator)
    #expect(layer["domain"] as? String == "enterprise-attack")
    #expect((layer["versions"] as? Object)?["layer"] as? String == "4.5")
    for technique in try #require(layer["techniques"] as? [Object]) {
      let id = try #require(technique["techniqueID"] as? String)
      #expect(id.wholeMatch(of: /T\d{4}(\.\d{3})?/) != nil)
      #expect((0...100).contains(try #require(technique["score"] as? Int)))
    }
  }

  /// Timesketch's import asks for message, datetime and timestamp_desc.
  @Test("Timesketch events, by time", arguments: reports) func timesketch(report: String) throws {
    let events = try lines(report, .timesketch)
    for event in events {
      #expect(event["message"] is String && event["timestamp_desc"] is String)
      let stamp = try #require(event["datetime"] as? String)
      #expect(stamp.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00/) != nil)
    }
    let times = events.compactMap { $0["timestamp"] as? Int }
    #expect(times == times.sorted())
    #expect(times.count == events.count)
  }

  /// The text exposition format, version 0.0.4.
  @Test("Prometheus text", arguments: reports) func prometheus(report: String) throws {
    let bytes = try #require(SampleReports.all[report]).render(as: .prometheus)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.hasSuffix("\n"))
    var types: Set<Substring> = []
    for line in text.split(separator: "\n") {
      if let type = line.wholeMatch(of: /# TYPE ([a-z_]+) gauge/) {
        #expect(types.insert(type.1).inserted)
      } else if !line.hasPrefix("# HELP ") {
        let sample = line.wholeMatch(
          of: /([a-z_]+)(\{[a-z]+="[a-z_-]+"(,[a-z]+="[a-z_-]+")*\})? \d+/)
        #expect(sample.map { types.contains($0.1) } == true, "\(line)")
      }
    }
  }
}
