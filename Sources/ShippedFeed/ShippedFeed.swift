import Knowledge

/// The feed `intel/t1571.csv`, made of the facts of `intel/sources`.
package struct ShippedFeed: Sendable {
  /// The files of `intel/sources` that hold facts, in the order of the feed, and whether each fact has to
  /// come with the words of its source. Of rules the port is a field, whose words say nothing more.
  package static let files = [
    (name: "attack.csv", mustQuote: true), (name: "rules.csv", mustQuote: false),
    (name: "tools.csv", mustQuote: true),
  ]
  /// The ports that harmless connections use as well.
  package static let everydayFile = "everyday.csv"

  /// A range as wide as this is met by harmless connections as well.
  private static let widestRange = 1_000
  /// The most that a port which is common can say.
  private static let commonConfidence = 10

  package private(set) var facts: [FeedFact] = []
  private var everyday: Set<String> = []

  /// - Parameter contents: Gives the bytes of a file of `intel/sources` by its name.
  /// - Throws: ``FeedSourceError`` for a row that is wrong or comes twice, and what `contents` throws.
  package init(_ contents: (String) throws -> [UInt8]) throws {
    for (name, mustQuote) in Self.files {
      let table = try SourceTable(contents(name), file: name)
      facts += try FeedFact.read(table, mustQuote: mustQuote)
    }
    let table = try SourceTable(contents(Self.everydayFile), file: Self.everydayFile)
    try table.require(["port", "protocol", "service", "because"])
    everyday = Set(table.rows.map { $0["port"] + "/" + $0["protocol"] })
    var known: Set<String> = []
    for fact in facts where !known.insert(fact.key).inserted {
      throw FeedSourceError(
        "intel/sources", nil, "\(fact.name) has \(fact.key) twice", hint: "leave one of them")
    }
  }

  private func isCommon(_ fact: FeedFact) -> Bool {
    fact.ports.ports.count > Self.widestRange
      || everyday.contains("\(fact.ports)/\(fact.transport)")
  }

  /// The lines of the feed below its header.
  package var rows: [String] {
    facts.map { fact in
      let isCommon = isCommon(fact)
      let confidence = isCommon ? min(fact.confidence, Self.commonConfidence) : fact.confidence
      return [
        fact.ports.description, fact.transport, fact.direction, fact.name, fact.attackID,
        fact.source, fact.url, fact.note, String(confidence), isCommon ? "yes" : "",
      ].map(Self.cell).joined(separator: ",")
    }
  }

  /// The file, the same bytes for the same facts.
  package var text: String {
    Self.introduction + (["\(Self.header)"] + rows).joined(separator: "\n") + "\n"
  }

  private static let header =
    "port,protocol,direction,actor_or_software,attack_id,source,url,note,confidence,common"

  private static let introduction = """
    # Ports of MITRE ATT&CK T1571, of public detection rules, and the default ports of C2 frameworks, remote
    # access trojans, tunnels and remote access tools. Not a blocklist: a port by itself is weak evidence.
    # Made by 'make intel' of intel/sources, which quotes the sources: change it there.
    # (c) The MITRE Corporation. ATT&CK is reproduced with permission of The MITRE Corporation.
    # direction: callback, looked for on outbound connections; listener, on accepted inbound ones; either, on both.
    # common: yes for ports of everyday services and for wide ranges; such a port says who is known for what was
    # found otherwise, but is no hit by itself.

    """

  private static func cell(_ text: String) -> String {
    guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  /// How one feed became another, row by row.
  package struct Difference: Equatable, Sendable {
    package var added: [String] = []
    package var removed: [String] = []
    /// Rows that look for the same and say something else of it, with what they said and say now.
    package var changed: [String] = []
  }

  /// - Parameter old: Another text of the feed, perhaps with other columns.
  package func difference(from old: String) throws(FeedSourceError) -> Difference {
    func keyed(
      _ text: String
    ) throws(FeedSourceError) -> (keys: [String], rows: [String: SourceTable.Row]) {
      let table = try SourceTable(Array(text.utf8), file: "t1571.csv")
      let keys = table.rows.map { row in
        ["port", "protocol", "direction", "actor_or_software", "source"].map { row[$0] }
          .joined(separator: " ")
      }
      return (keys, Dictionary(zip(keys, table.rows)) { first, _ in first })
    }
    let (before, after) = (try keyed(old), try keyed(text))
    var difference = Difference()
    difference.removed = before.keys.filter { after.rows[$0] == nil }
    for key in after.keys {
      guard let row = before.rows[key] else {
        difference.added.append(key)
        continue
      }
      let cells = after.rows[key]?.cells ?? [:]
      let changes = cells.keys.sorted().filter { row[$0] != cells[$0] }
        .map { "\($0) '\(row[$0])' to '\(cells[$0] ?? "")'" }
      if !changes.isEmpty {
        difference.changed.append("\(key): " + changes.joined(separator: ", "))
      }
    }
    return difference
  }
}

extension FeedFact {
  fileprivate var key: String { "\(ports)/\(transport) \(direction) \(name) \(source)" }
}
