import ArgumentParser
import Diagnostics
import Foundation
import ShippedFeed

/// Makes `intel/t1571.csv` of what its sources say.
struct IntelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "intel",
    abstract: "Make intel/t1571.csv of intel/sources, and print what has changed.",
    discussion: """
      With --attack, the procedures of T1571 in a release of MITRE ATT&CK are compared with \
      intel/sources/attack.csv: what the release says and the sources lack, what it no longer says, and what \
      it says in other words. Ends with status 2 where there is something of that; the feed is written \
      either way.
      """)

  @Option(help: "The folder of the sources.", completion: .directory)
  var sources = "intel/sources"

  @Option(help: "The feed to write.", completion: .file())
  var output = "intel/t1571.csv"

  @Option(help: "enterprise-attack.json of a release of ATT&CK.", completion: .file())
  var attack: String?

  func run() throws {
    do {
      let feed = try ShippedFeed { try Self.bytes(of: sources + "/" + $0) }
      try write(feed)
      guard let attack else { return }
      try compare(feed, AttackRelease(Self.bytes(of: attack), file: attack))
    } catch let error as FeedSourceError {
      try FileHandle.standardError.write(contentsOf: Data("\(error.diagnostic)\n".utf8))
      throw ExitCode(2)
    }
  }

  private static func bytes(of path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: path)))
  }

  private func write(_ feed: ShippedFeed) throws {
    let old = (try? String(contentsOf: URL(filePath: output), encoding: .utf8)) ?? ""
    let difference = try feed.difference(from: old)
    for row in difference.removed { print("- \(row)") }
    for row in difference.added { print("+ \(row)") }
    for row in difference.changed { print("! \(row)") }
    print(
      "\(output): \(feed.facts.count) rows; \(difference.added.count) added,"
        + " \(difference.removed.count) removed, \(difference.changed.count) changed")
    try Data(feed.text.utf8).write(to: URL(filePath: output), options: .atomic)
  }

  private func compare(_ feed: ShippedFeed, _ release: AttackRelease) throws {
    let comparison = release.compared(with: feed.facts)
    let naming = release.procedures.count { !$0.ports.isEmpty }
    for line in comparison.missing { print("not in attack.csv: \(line)") }
    for line in comparison.unsaid { print("no longer said: \(line)") }
    for line in comparison.reworded { print("now said as: \(line)") }
    print(
      "ATT&CK \(release.version.isEmpty ? "of no known version" : "v" + release.version):"
        + " \(naming) of \(release.procedures.count) texts on T1571 name a port;"
        + " \(comparison.missing.count) not in attack.csv, \(comparison.unsaid.count) no longer said,"
        + " \(comparison.reworded.count) said in other words")
    if !comparison.isEmpty { throw ExitCode(2) }
  }
}
