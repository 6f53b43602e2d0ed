import Facts
package import Hunting

/// Why talk with an address is a beacon or not, with the numbers.
package struct TalkExplanation: Sendable {
  let address: String
  let talks: [Talk]

  package init(_ address: String, _ talks: [Talk]) {
    self.address = address
    self.talks = talks
  }

  package func text(width: Int, color: Bool) -> [UInt8] {
    var page = TextPage(width: width, color: color)
    guard let first = talks.first else {
      page.paragraph("No outbound connection to \(Escaping.terminal(address)).", .bold)
      return page.bytes
    }
    page.paragraph(
      "\(Figures.count(talks.count, "program")) on \(Figures.count(first.hostCount, "host"))"
        + " called \(Escaping.terminal(address))", .bold)
    for talk in talks.prefix(Self.mostTalks) { page.talk(talk) }
    if talks.count > Self.mostTalks {
      page.paragraph("and \(Figures.grouped(talks.count - Self.mostTalks)) more", first: "  ")
    }
    return page.bytes
  }

  private static let mostTalks = 20
}

extension TextPage {
  mutating func talk(_ talk: Talk) {
    blank()
    paragraph(
      "\(Escaping.terminal(talk.program)) on \(Escaping.terminal(talk.host)) to"
        + " \(Escaping.terminal(talk.address)) port \(Escaping.terminal(talk.port.text)),"
        + " \(Figures.count(talk.connectionCount, "connection"))", first: "  ", rest: "    ")
    for line in talk.why { paragraph(line, first: "    - ") }
  }
}

extension Talk {
  /// Why it is a beacon, or what it lacks.
  var why: [String] {
    var lines: [String]
    switch score.outcome {
    case .beacon: lines = ["a beacon"] + score.why(connectionCount)
    case .strobe: lines = score.why(connectionCount)
    case .insufficient:
      lines = [
        "not a beacon: \(Figures.count(score.sessions, "session")) with pauses of three seconds"
          + " between them, and eight are needed"
      ]
    case .irregular:
      lines =
        process.map { ["one of its processes is a beacon:"] + $0.figures }
        ?? ["not a beacon:"] + whyIrregular
    }
    if let expectation {
      lines.append("listed apart in any case, because it is expected: \(expectation.rawValue)")
    }
    return lines
  }

  private var whyIrregular: [String] {
    var lines = score.figures
    if score.regularity < score.criticalRegularity {
      lines.append("R is what chance reaches in series of this length")
    }
    if score.score < 70 { lines.append("B is below 70") }
    lines.append(
      "so many gaps near the median come by chance in \(Figures.odds(score.chanceOfHits)), one in"
        + " 200 is allowed")
    lines.append(
      isOfFew
        ? "the shortest gaps come by chance in \(Figures.odds(score.chanceOfFloor)), one in 4,000 is"
          + " allowed"
        : "the shortest gaps decide only where at most two hosts talk: \(hostCount) do")
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
