import Facts
package import Hunting
import Knowledge

/// Why talk that somebody asks about is a beacon or not, and a row of the table or not, with the numbers.
package struct TalkExplanation: Sendable {
  let asked: String
  let talks: [Talk]
  let rules: HuntRules

  package init(_ asked: String, _ talks: [Talk], _ rules: HuntRules) {
    self.asked = asked
    self.talks = talks
    self.rules = rules
  }

  package func text(width: Int, color: Bool) -> [UInt8] {
    var page = TextPage(width: width, color: color)
    guard !talks.isEmpty else {
      page.paragraph("No outbound connection to \(Escaping.terminal(asked)).", .bold)
      return page.bytes
    }
    page.paragraph(
      "\(Escaping.terminal(asked)): \(Figures.count(talks.count, "destination")) of"
        + " \(Figures.count(Set(talks.map(\.program)).count, "program")) on"
        + " \(Figures.count(Set(talks.map(\.host)).count, "host"))", .bold)
    for talk in talks.prefix(Self.maxTalks) { page.talk(talk, rules) }
    if talks.count > Self.maxTalks {
      page.paragraph("and \(Figures.grouped(talks.count - Self.maxTalks)) more", first: "  ")
    }
    return page.bytes
  }

  private static let maxTalks = 20
}

extension TextPage {
  mutating func talk(_ talk: Talk, _ rules: HuntRules) {
    blank()
    paragraph(
      "\(Escaping.terminal(talk.program)) on \(Escaping.terminal(talk.host)) to"
        + " \(Escaping.terminal(talk.address)) port \(Escaping.terminal(talk.port.text)),"
        + " \(Figures.count(talk.connectionCount, "connection"))", first: "  ", rest: "    ")
    for line in talk.why + talk.rank(rules) + talk.table(rules) {
      paragraph(line, first: "    - ")
    }
  }
}

extension Talk {
  /// Why it is a beacon, or what it lacks.
  var why: [String] {
    if let beacon { return beacon.what(of: self) }
    switch score.outcome {
    case .beacon, .strobe: return score.why(connectionCount)
    case .insufficient:
      return [
        "not a beacon: \(Figures.count(score.sessions, "session")) with pauses of three seconds"
          + " between them, and eight are needed"
      ]
    case .irregular: return ["not a beacon:"] + whyIrregular
    }
  }

  private var whyIrregular: [String] {
    var lines = score.figures
    if score.regularity < score.criticalRegularity {
      lines.append("R is what chance reaches in series of this length")
    }
    if score.score < 70 { lines.append("B is below 70") }
    lines.append(
      "this many gaps near the median come by chance in \(Figures.odds(score.chanceOfHits)), one in"
        + " 200 is allowed")
    if isOfFew {
      lines.append(
        "the shortest gaps come by chance in \(Figures.odds(score.chanceOfFloor)), one in 4,000 is"
          + " allowed")
      lines.append(
        "neither one of its processes, nor its addresses or names together, nor one of its days keeps a"
          + " clock")
    } else {
      lines.append(
        "the shortest gaps decide only for destinations of few hosts: \(Figures.grouped(hostCount)) of"
          + " \(Figures.grouped(fleetCount)) talk to the network of this one")
      lines.append("nor is one of its days regular enough by itself")
    }
    return lines
  }

  /// Where the beacon is in the list, what for, and what would raise it.
  func rank(_ rules: HuntRules) -> [String] {
    guard let beacon, beacon.expectation == nil, beacon.suppressedBy == nil else { return [] }
    // The row that tells of it says the same.
    guard !rows.contains(where: { $0.place == place && place != nil }) else { return [] }
    let given = beacon.reasons.map { "\($0.evidence.rawValue) \($0.points)" }
    let lacking = Evidence.missing(beacon.reasons, rules)
    var lines = [
      (place.map { "entry \(Figures.grouped($0)) of \(Figures.grouped(placeCount)) in the list: " }
        ?? "")
        + "\(beacon.severity.name), points \(beacon.points): " + given.joined(separator: ", ")
    ]
    if beacon.points < 100, !lacking.isEmpty {
      lines.append("why not higher: " + lacking.joined(separator: "; "))
    }
    return lines
  }

  /// The rows of the published table that it is in, and why not higher; or what keeps it out.
  func table(_ rules: HuntRules) -> [String] {
    guard !rows.isEmpty else {
      return obstacle.map { ["not in the published table: " + $0.text(rules.parity)] } ?? []
    }
    return rows.flatMap { row in
      let finding = row.finding
      var line = "a row of the published table, id \(finding.id)"
      if let place = row.place {
        line += ", entry \(Figures.grouped(place)) of \(Figures.grouped(placeCount)) in the list"
      }
      line += ": \(finding.severity.name)"
      if let points = finding.points {
        let given = finding.reasons.map { "\($0.evidence.rawValue) \($0.points)" }
        line += ", points \(points): " + given.joined(separator: ", ")
      }
      if let suppression = row.suppressedBy {
        return [line, "hidden by \(Escaping.terminal(suppression))"]
      }
      return [line, "why not higher: " + finding.whyNotHigher(rules).joined(separator: "; ")]
    }
  }
}

extension Beacon {
  /// What the hunt found, as it concerns some of its connections.
  fileprivate func what(of talk: Talk) -> [String] {
    var lines = [
      (score.outcome == .beacon ? "a beacon" : "a strobe or interactive channel") + ", id \(id)"
    ]
    if hosts.count > 1 {
      lines.append("shown as one line for \(Figures.count(hosts.count, "host"))")
    }
    if let clockText { lines.append(clockText) }
    if hosts.count > 1 { lines.append("the figures are those of the most regular host") }
    lines += whyRegular
    if let expectation {
      lines.append("listed apart, because it is expected: \(expectation.rawValue)")
    }
    if let suppressedBy { lines.append("hidden by \(Escaping.terminal(suppressedBy))") }
    return lines
  }
}

extension BeaconScore {
  /// The formula's numbers, in words.
  var figures: [String] {
    func digits(_ value: Double) -> String {
      let scaled = Int((value * 100).rounded())
      return "\(scaled / 100).\(scaled % 100 < 10 ? "0" : "")\(scaled % 100)"
    }
    let tenths = Beacon.tenths(period)
    let period = tenths.hasSuffix(".0") ? String(tenths.dropLast(2)) : tenths
    return [
      "\(sessions) sessions, half of the gaps within \(Beacon.tenths(deviation)) s of"
        + " \(period) s",
      "regularity R \(digits(regularity)) (1 is clockwork, 0 is chance); chance alone exceeds"
        + " \(digits(criticalRegularity)) once in a thousand series of this length",
      "hit rate H \(digits(hitRate)), symmetry S \(digits(symmetry))",
      "B = 100 (0.60 R + 0.25 H + 0.15 S) = \(Beacon.tenths(score)), of which 70 are needed",
    ]
  }

  /// Why it is regular, or dense.
  func why(_ connections: Int) -> [String] {
    guard outcome == .beacon else {
      return [
        "\(Figures.count(connections, "connection")), most within three seconds of the one before: a"
          + " strobe, or an interactive channel"
      ]
    }
    switch basis {
    case .formula: return figures
    case .shortestGaps:
      return figures + [
        "found by its shortest gaps: chance has such in \(Figures.odds(chanceOfFloor)); events that are"
          + " missing lengthen the others"
      ]
    case .oneDay: return figures + ["the figures are those of its most regular day"]
    }
  }
}

extension Figures {
  /// `one in 4,000 series`, of a bound on a probability.
  static func odds(_ chance: Double) -> String {
    guard chance < 0.5 else { return "every other series or more" }
    guard chance > 1e-9 else { return "less than one in a billion series" }
    return "one in \(grouped(Int((1 / chance).rounded()))) series"
  }
}
