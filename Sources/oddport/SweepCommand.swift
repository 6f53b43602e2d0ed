import Archives
import ArgumentParser
import Bookkeeping
import Hunting
import Knowledge
import Scanning

/// `oddport sweep`: a port is now bad; who ever talked to it?
struct SweepCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Search a ledger or archives for connections to given ports or addresses.",
    discussion: """
      A ledger answers without opening an archive. The report has hunt's form and says nothing about \
      other ports: High where a high-risk process talked to one of these, Low where another one did.

        oddport sweep --port 6666 --port 8444/tcp --ledger nights.ledger
        oddport sweep --port 31000-31010 archives/
        oddport sweep --intel feed.csv --ledger nights.ledger
        oddport sweep --sigma rule.yml archives/

      \(ExitStatus.list)
      """)

  @OptionGroup var options: SettingOptions<SweepUse>

  func run() async throws {
    var settings = try options.settings()
    guard !settings.ports.isEmpty || !settings.intel.isEmpty || !settings.sigma.isEmpty else {
      throw UsageError.noPorts
    }
    try options.requireInput(settings)
    let intelligence = try Intelligence(settings)
    try intelligence.requireAnything()
    let suppressions = try Suppressions(settings)
    let reading = try await reading(&settings, intelligence)
    reading.printUnreadable()
    var delivery = ReportDelivery(
      command: "sweep", settings: settings, reading: consume reading, suppressions: suppressions,
      intelligence: intelligence)
    let verdict = await delivery.judge()
    try delivery.write(verdict)
  }

  private func reading(_ settings: inout HuntSettings, _ intelligence: Intelligence) async throws
    -> Reading
  {
    let plan = RecallPlan.sweep(settings, intelligence.wanted)
    guard let path = settings.ledger else {
      return try await Reading.facts(
        of: ArchiveFinder.find(paths: settings.archives), settings, for: plan)
    }
    guard settings.archives.isEmpty else { throw UsageError.sweepOfBoth }
    let ledger = try Ledger(path, for: .asking)
    try settings.adopt(ledger)
    try options.refuseReading()
    return try await Reading.recall(plan, from: ledger, settings)
  }
}
