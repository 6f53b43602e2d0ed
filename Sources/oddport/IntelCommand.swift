import ArgumentParser
import Facts
import Knowledge
import Reporting

/// `oddport intel`: checks, lists and converts feeds.
struct IntelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "intel", abstract: "Check, list and convert intelligence feeds.",
    discussion: """
      A feed is CSV with a header (port, protocol, address, host, image, parent, direction, actor, \
      attack_id, source, url, note, valid_from, valid_until, confidence, labels, common, id, or the names \
      that others give these), the same as JSON records, a plain list (6666, 8444/tcp, \
      198.51.100.7:4444), a STIX 2.1 bundle, a MISP export or Sigma rules, recognised by its content. \
      Each entry is kept as a whole or refused with its reason. docs/intel.md says more; intel/t1571.csv \
      is shipped.
      """,
    subcommands: [Check.self, List.self, Convert.self])

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show which entries of a feed were accepted, which were refused, and why.",
      discussion: "Ends with status 2 where something was refused.")

    @Argument(help: "Feeds.", completion: .file())
    var feeds: [String]

    func run() throws {
      var isWhole = true
      for path in feeds {
        let hashed = try HashedFeed(path)
        let feed = try IntelFeed(hashed.file)
        isWhole = isWhole && feed.refusedCount == 0
        try writeOutput(Array(Self.text(feed, hashed.sha256).utf8))
      }
      if !isWhole { throw ExitStatus.partial.code }
    }

    private static func text(_ feed: IntelFeed, _ hash: String) -> String {
      var text = "\(Escaping.terminal(feed.name)): \(feed.format.rawValue), "
      text += "\(feed.takenCount) taken, \(feed.refusedCount) refused\n  sha256 \(hash)\n"
      let kinds = AskedFeed(feed).kinds.sorted { $0.key < $1.key }
      if !kinds.isEmpty {
        text += "  asks for " + kinds.map { "\($0.value) \($0.key)" }.joined(separator: ", ") + "\n"
      }
      for (remark, count) in feed.remarks.sorted(by: { $0.key < $1.key }) {
        text += "  \(count) taken, but \(remark)\n"
      }
      if !feed.unusedColumns.isEmpty {
        let names = feed.unusedColumns.map(Escaping.terminal).joined(separator: ", ")
        text += "  unused columns: \(names)\n"
      }
      for refused in feed.refused {
        let entry = String(refused.text.prefix(80))
        text += "  refused, \(Escaping.terminal(refused.place)): '\(Escaping.terminal(entry))': "
        text += Escaping.terminal(refused.reason) + "\n"
      }
      let rest = feed.refusedCount - feed.refused.count
      return rest > 0 ? text + "  and \(rest) more refused\n" : text
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the accepted entries as CSV, which is a feed itself.")

    @Argument(help: "Feeds.", completion: .file())
    var feeds: [String]

    func run() throws { try writeOutput(IntelText.csv(of: feeds)) }
  }

  struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Convert a feed to another format.",
      discussion: """
        As csv all is kept but conditions of rules. As list each line is a port, an address, the name of a \
        host, or one of these with a port, with who is known as its label; programs and what is looked for on \
        accepted connections are left out as well. What is left out is counted on standard error.
        """)

    enum Form: String, ExpressibleByArgument, CaseIterable { case csv, list }

    @Argument(help: "Feeds.", completion: .file())
    var feeds: [String]

    @Option(help: "The form to write: csv or list.")
    var to: Form

    func run() throws {
      switch to {
      case .csv: try writeOutput(IntelText.csv(of: feeds))
      case .list: try writeOutput(IntelText.list(of: feeds))
      }
    }
  }
}

/// Indicators in the formats that other tools read.
private enum IntelText {
  private static let columns = [
    "port", "protocol", "address", "host", "image", "parent", "direction", "actor", "attack_id",
    "source", "note",
    "valid_from", "valid_until", "confidence", "labels", "common", "id",
  ]

  static func csv(of feeds: [String]) throws -> [UInt8] {
    var output = Array((columns.joined(separator: ",") + "\n").utf8)
    var leftOut = 0
    for path in feeds {
      for indicator in try IntelFeed(reading: path).indicators {
        guard let condition = ConditionColumns(indicator.condition), !indicator.isEmpty else {
          leftOut += 1
          continue
        }
        var ports = indicator.ports
        ports?.transport = nil
        let cells = [
          ports?.description ?? "", indicator.transport?.rawValue ?? "",
          indicator.address?.description ?? "", condition.host, condition.image, condition.parent,
          indicator.direction.rawValue, indicator.actor, indicator.attackID, indicator.source,
          indicator.note,
          indicator.validFrom?.iso8601 ?? "", indicator.validUntil?.iso8601 ?? "",
          indicator.confidence.map { String($0) } ?? "",
          indicator.labels.joined(separator: ";"), indicator.isCommon ? "yes" : "",
          indicator.identity,
        ]
        output += Array((cells.map { Escaping.csv($0) }.joined(separator: ",") + "\n").utf8)
      }
    }
    if leftOut > 0 {
      printError("\(leftOut) left out: CSV holds no conditions of rules, only hosts and programs")
    }
    return output
  }

  static func list(of feeds: [String]) throws -> [UInt8] {
    var text = ""
    var leftOut = 0
    for path in feeds {
      for indicator in try IntelFeed(reading: path).indicators {
        guard indicator.direction == .callback, let subject = indicator.listed else {
          leftOut += 1
          continue
        }
        // A label ends with its line or a remark, and must not look like the rest of a pair.
        let label = [indicator.actor, indicator.attackID].filter { !$0.isEmpty }
          .joined(separator: " ").replacing(",", with: ";").replacing("#", with: "")
        let isPlain = label.first?.isLetter == true
        text +=
          subject + (label.isEmpty ? "" : "," + (isPlain ? "" : "- ") + Escaping.terminal(label))
          + "\n"
      }
    }
    if leftOut > 0 {
      printError(
        "\(leftOut) left out: a list holds no listeners, no programs and no conditions of rules")
    }
    return Array(text.utf8)
  }
}

extension Indicator {
  /// A line of a plain list; nil if such a list cannot express it.
  fileprivate var listed: String? {
    guard let columns = ConditionColumns(condition), columns.image.isEmpty, columns.parent.isEmpty,
      address == nil || columns.host.isEmpty
    else { return nil }
    switch (address, ports) {
    case (nil, nil) where !columns.host.isEmpty: return transport == nil ? columns.host : nil
    case (nil, let ports?) where !columns.host.isEmpty:
      return "\(columns.host) \(ports)"
    case (nil, let ports?): return ports.description
    case (let address?, nil): return transport == nil ? address.description : nil
    case (let address?, let ports?):
      guard ports.ports.count == 1, ports.transport == nil else {
        return "\(address) \(ports)"
      }
      let text = address.description
      return (text.contains(":") ? "[\(text)]" : text) + ":\(ports.ports.lowerBound)"
    case (nil, nil): return nil
    }
  }
}
