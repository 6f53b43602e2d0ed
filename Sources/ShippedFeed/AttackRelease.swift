import Foundation
import Knowledge

/// A release of MITRE ATT&CK as STIX, for what its procedures say of ports.
package struct AttackRelease {
  /// Who uses a technique, in the words of ATT&CK.
  package struct Procedure: Equatable, Sendable {
    package var attackID: String
    package var name: String
    package var text: String
    /// Empty where it names none.
    package var ports: [Int]
  }

  /// `18.1`; empty where the bundle does not say.
  package let version: String
  /// Of T1571 itself and of who uses it, by their ids.
  package let procedures: [Procedure]

  static let technique = "T1571"

  /// - Throws: ``FeedSourceError`` for what is not a bundle of ATT&CK.
  package init(_ bytes: [UInt8], file: String) throws(FeedSourceError) {
    guard let root = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any],
      let objects = root["objects"] as? [[String: Any]]
    else {
      throw FeedSourceError(
        file, nil, "is not a STIX bundle",
        hint: "enterprise-attack.json of github.com/mitre-attack/attack-stix-data")
    }
    let current = objects.filter {
      $0["revoked"] as? Bool != true && $0["x_mitre_deprecated"] as? Bool != true
    }
    var byID: [String: [String: Any]] = [:]
    for object in current { if let id = object["id"] as? String { byID[id] = object } }
    guard
      let technique = current.first(where: {
        $0["type"] as? String == "attack-pattern" && Self.attackID($0) == Self.technique
      }), let target = technique["id"] as? String
    else {
      throw FeedSourceError(
        file, nil, "holds no technique \(Self.technique)", hint: "is it the enterprise matrix?")
    }
    version =
      current.first { $0["type"] as? String == "x-mitre-collection" }?["x_mitre_version"]
      as? String ?? ""
    var found = [Self.procedure(technique, technique)]
    for object in current {
      guard object["relationship_type"] as? String == "uses",
        object["target_ref"] as? String == target, let id = object["source_ref"] as? String,
        let user = byID[id]
      else { continue }
      found.append(Self.procedure(user, object))
    }
    procedures = found.sorted { ($0.attackID, $0.text) < ($1.attackID, $1.text) }
  }

  private static func procedure(
    _ user: [String: Any], _ said: [String: Any]
  ) -> Procedure {
    let text = plain(said["description"] as? String ?? "")
    let name = user["name"] as? String ?? ""
    // The number in a name such as APT-C-36 is not a port.
    let words = name.isEmpty ? text : text.replacing(name, with: " ")
    return Procedure(
      attackID: attackID(user), name: name, text: text,
      ports: words.lowercased().contains("port") ? PortNumbers.all(in: words) : [])
  }

  private static func attackID(_ object: [String: Any]) -> String {
    (object["external_references"] as? [[String: Any]])?.lazy
      .compactMap { $0["external_id"] as? String }.first ?? ""
  }

  /// Without links and citations, on one line.
  private static func plain(_ markdown: String) -> String {
    markdown.replacing(/\(Citation: [^)]*\)/, with: "")
      .replacing(/\[([^\]]*)\]\([^)]*\)/) { String($0.output.1) }
      .split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// What the facts lack of a release, what they say beyond it, and what ATT&CK now says in other words.
  package struct Comparison: Equatable, Sendable {
    package var missing: [String] = []
    package var unsaid: [String] = []
    package var reworded: [String] = []

    package var isEmpty: Bool { missing.isEmpty && unsaid.isEmpty && reworded.isEmpty }
  }

  package func compared(with facts: [FeedFact]) -> Comparison {
    let held = facts.filter { $0.technique == Self.technique }
    var comparison = Comparison()
    for procedure in procedures {
      // The technique's own examples are held under those who they are of.
      let isTechnique = procedure.attackID == Self.technique
      for port in procedure.ports {
        let isHeld = held.contains { fact in
          (isTechnique || fact.attackID == procedure.attackID)
            && (fact.ports.ports.contains(port) || fact.ports.ports.lowerBound == port + 1)
        }
        // The usual port, with which the technique contrasts the others.
        if isHeld || (isTechnique && port == 443) { continue }
        comparison.missing.append(
          "\(procedure.attackID) \(procedure.name) \(port): \(procedure.text)")
      }
    }
    let texts = Dictionary(grouping: procedures, by: \.attackID)
      .mapValues { $0.map(\.text).joined(separator: " ") }
    let technique = texts[Self.technique] ?? ""
    var told: Set<String> = []
    for fact in held where !technique.contains(fact.quote) {
      let text = texts[fact.attackID] ?? ""
      if !text.contains(fact.quote), told.insert(fact.attackID).inserted {
        if text.isEmpty {
          comparison.unsaid.append("\(fact.attackID) \(fact.name): \(fact.quote)")
        } else {
          comparison.reworded.append("\(fact.attackID) \(fact.name): \(text)")
        }
      }
    }
    return comparison
  }
}
