import Bookkeeping
import Facts
import Foundation
import Hunting
import Reporting
import Scanning

/// The report of a night: what came, what is new, what continues, and what is missing.
struct NightMessage {
  let text: String
  /// Nothing is new, and the reading was complete.
  let isCalm: Bool
  /// No archive came and nothing is new: the night before was reported already. Not where nothing was found at
  /// all: `latest` does not show a calm report then.
  let isRepeated: Bool
  /// The name of the night's folder: sorts by time.
  let name: String
  let runJSON: [UInt8]

  /// Seconds since 1970, by the wall clock.
  static var now: Int64 { Int64(Date().timeIntervalSince1970) }

  init(_ report: Report, _ reading: Reading, _ news: News) {
    let verdict = report.verdict
    let number = reading.night?.number ?? 1
    let state = report.readingOfRun
    isCalm = !verdict.hasAnything && news.gone.total == 0 && state.level == .complete
    isRepeated =
      reading.newArchives.isEmpty && !verdict.hasAnything && number > 1
      && report.reading.level != .blind
    let time = UTCTime(milliseconds: Self.now * 1000)
    name = "\(time.description.prefix(10))-night-\(number)"
    var lines = ["night \(number): " + Self.arrivals(reading)]
    lines.append("  new: " + Self.found(news.new))
    if news.changed.total > 0 { lines.append("  changed: " + Self.found(news.changed)) }
    if news.continuing.total > 0 { lines.append("  continues: " + Self.found(news.continuing)) }
    if news.gone.total > 0 {
      let ids = news.vanished.prefix(5).joined(separator: ", ")
      let more = news.vanished.count > 5 ? " and \(news.vanished.count - 5) more" : ""
      lines.append(
        "  gone: " + Self.found(news.gone)
          + (ids.isEmpty ? "" : ", not found any more: " + ids + more))
    }
    lines.append("  " + state.text.replacingOccurrences(of: "\n", with: "\n  "))
    text = lines.joined(separator: "\n") + "\n"
    runJSON = report.run(at: time, night: number)
  }

  /// `3 new archives with 10 hosts, of which 1 was never heard before: WS-0042`.
  private static func arrivals(_ reading: Reading) -> String {
    let archives = reading.newArchives.count
    var text = counted(archives, "new archive")
    let hosts = reading.evidence.newHosts ?? []
    guard archives > 0 else { return text }
    text += " with " + counted(hosts.count, "host")
    let all = reading.scan.facts.coverage.namedHosts(reading.scan.facts.texts)
    let known = Dictionary(all.map { ($0.name, $0.heard) }) { first, _ in first }
    let first = hosts.filter { known[$0.name] == $0.heard }.compactMap(\.name)
    guard !first.isEmpty else { return text }
    let names = first.prefix(5).map { Escaping.terminal($0) }.joined(separator: ", ")
    let more = first.count > 5 ? " and \(first.count - 5) more" : ""
    return text + ", never heard before: " + names + more
  }

  private static func found(_ count: News.Count) -> String {
    let parts = [
      (count.findings, "finding"), (count.beacons, "beacon"), (count.changes, "RDP port change"),
    ]
    let words = parts.filter { $0.0 > 0 }.map { counted($0.0, $0.1) }
    return words.isEmpty ? "nothing" : words.joined(separator: ", ")
  }

  private static func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)" + (count == 1 ? "" : "s")
  }
}
