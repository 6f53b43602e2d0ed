import ArgumentParser
import Facts
import Hashing
import Knowledge
import Reporting

/// `oddport intel`: what a feed says.
struct IntelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "intel", abstract: "Look at port intelligence before it is used.",
    discussion: """
      A feed is CSV with a header (port, protocol, address, direction, actor, attack_id, source, url, \
      note, valid_from, valid_until), a plain list (6666, 8444/tcp, 198.51.100.7:4444), a STIX 2.1 \
      bundle, a MISP export or a Sigma rule, told apart by what is in it. intel/t1571.csv is shipped.
      """,
    subcommands: [Check.self, List.self, Convert.self])

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "What was taken, and what was refused and why.",
      discussion: "Ends with status 2 where something was refused.")

    @Argument(help: "Feeds.", completion: .file())
    var feeds: [String]

    func run() throws {
      var isWhole = true
      for path in feeds {
        let feed = try IntelFeed(reading: path)
        isWhole = isWhole && feed.refused.isEmpty
        var text = "\(Escaping.terminal(feed.name)): \(feed.format.rawValue), "
        text += "\(feed.indicators.count) taken, \(feed.refused.count) refused\n"
        text += "  sha256 \(SHA256.hexadecimal(of: feed.bytes))\n"
        for refused in feed.refused {
          let entry = String(refused.text.prefix(80))
          text += "  refused, \(Escaping.terminal(refused.place)): '\(Escaping.terminal(entry))': "
          text += Escaping.terminal(refused.reason) + "\n"
        }
        try deliver(Array(text.utf8))
      }
      if !isWhole { throw ExitStatus.partial.code }
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "What was taken, as CSV that is a feed itself.")

    @Argument(help: "Feeds.", completion: .file())
    var feeds: [String]

    func run() throws { try deliver(IntelText.csv(of: feeds)) }
  }

  struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "What was taken, as a feed of another form.",
      discussion: """
        As csv nothing is lost. As list each line is a port, an address or both, with who is known as its \
        label; what is looked for on accepted connections has no place there and is left out, with a word \
        on standard error.
        """)

    enum Form: String, ExpressibleByArgument, CaseIterable { case csv, list }

    @Argument(help: "Feeds.", completion: .file())
    var feeds: [String]

    @Option(help: "The form to write: csv or list.")
    var to: Form

    func run() throws {
      switch to {
      case .csv: try deliver(IntelText.csv(of: feeds))
      case .list: try deliver(IntelText.list(of: feeds))
      }
    }
  }
}

/// Indicators as they are written for others to read.
private enum IntelText {
  static func csv(of feeds: [String]) throws -> [UInt8] {
    var text =
      "port,protocol,address,direction,actor,attack_id,source,note,valid_from,valid_until\n"
    for path in feeds {
      for indicator in try IntelFeed(reading: path).indicators {
        var ports = indicator.ports
        ports?.transport = nil
        let cells = [
          ports?.description ?? "", indicator.ports?.transport ?? "",
          indicator.address?.description ?? "", indicator.direction.rawValue, indicator.actor,
          indicator.attackID, indicator.source, indicator.note,
          indicator.validFrom?.iso8601 ?? "", indicator.validUntil?.iso8601 ?? "",
        ]
        text += cells.map { Escaping.csv($0) }.joined(separator: ",") + "\n"
      }
    }
    return Array(text.utf8)
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
        // A label ends with its line or a remark.
        let label = [indicator.actor, indicator.attackID].filter { !$0.isEmpty }
          .joined(separator: " ").replacing(",", with: ";").replacing("#", with: "")
        text += subject + (label.isEmpty ? "" : "," + Escaping.terminal(label)) + "\n"
      }
    }
    if leftOut > 0 {
      complain(
        "\(leftOut) left out: a list holds no listeners, and no ranges of ports with an address")
    }
    return Array(text.utf8)
  }
}

extension Indicator {
  /// As a line of a plain list; nil where none says it.
  fileprivate var listed: String? {
    switch (address, ports) {
    case (nil, let ports?): return ports.description
    case (let address?, nil): return address.description
    case (let address?, let ports?):
      guard ports.ports.count == 1, ports.transport == nil else { return nil }
      let text = address.description
      return (text.contains(":") ? "[\(text)]" : text) + ":\(ports.ports.lowerBound)"
    case (nil, nil): return nil
    }
  }
}
