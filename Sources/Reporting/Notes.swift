import Facts
import Hunting
import Knowledge

extension Report {
  /// What a reader has to know so as not to take the report for more or less than it is: whole
  /// sentences, in our own words and numbers, without any field value.
  package var notes: [String] {
    [
      droppedRows, sortLimit, defenderAlone, noConnections, outsideWindow, unclearDirection,
      substringMatches, linuxDatagrams,
      repeatedArchives, repeatsCountedOnce, undated, namelessHosts, badText,
    ].compactMap(\.self)
  }

  private var droppedRows: String? {
    guard verdict.droppedConnections > 0 else { return nil }
    let fields = verdict.droppedForMissingField.sorted { isBefore($0.key, $1.key) }
      .map { "\($0.key) missing on \(Figures.grouped($0.value))" }.joined(separator: ", ")
    return Figures.count(verdict.matchedConnections, "event") + " passed all filters, "
      + Figures.count(verdict.findings.count, "group") + " kept: " + fields
      + ". SPL drops a row without a group field, and Sysmon's Event ID 3 carries no ParentImage;"
      + " --parity seed takes it from Event ID 1."
  }

  private var sortLimit: String? {
    guard verdict.rowsBeyondSortLimit > 0 else { return nil }
    return "SPL's sort keeps 10,000 rows: "
      + Figures.count(verdict.rowsBeyondSortLimit, "more row is", "more rows are")
      + " left out here, as there."
  }

  private var defenderAlone: String? {
    guard detection.parity == .kql else { return nil }
    let lines = coverage.events.filter { $0.event.shape.contains("defender") }
      .reduce(0) { $0 + $1.count }
    return
      "The published KQL query judges successful connections of Defender's DeviceNetworkEvents to"
      + " public addresses alone"
      + (lines == 0 ? ", and there are none: --parity seed judges all sources." : ".")
  }

  private var noConnections: String? {
    let connections =
      verdict.outboundConnections + verdict.inboundConnections + verdict.unclearConnections
    guard connections == 0, coverage.outsideWindow == 0, coverage.telemetryEvents > 0 else {
      return nil
    }
    return "No network connection (Event ID 3) among "
      + Figures.count(coverage.telemetryEvents, "Sysmon event")
      + ": is NetworkConnect switched on in the Sysmon configuration?"
  }

  private var outsideWindow: String? {
    guard coverage.outsideWindow > 0 else { return nil }
    return Figures.count(coverage.outsideWindow, "connection is", "connections are")
      + " outside of --from and --to."
  }

  private var unclearDirection: String? {
    guard verdict.unclearConnections > 0 else { return nil }
    return Figures.count(verdict.unclearConnections, "connection says", "connections say")
      + " neither true nor false in Initiated: not judged, as in the published query."
  }

  private var linuxDatagrams: String? {
    let count = verdict.count { $0.mayGoAnywhere }
    guard count > 0 else { return nil }
    return Figures.count(count, "finding names", "findings name")
      + " this machine as the destination of UDP by the word of Sysmon for Linux, which does so wherever a"
      + " datagram goes: it may have gone anywhere."
  }

  private var substringMatches: String? {
    let marked = verdict.findings.indices.count { verdict.findings[$0].isSubstringMatch }
    guard marked > 0 else { return nil }
    return Figures.count(marked, "finding matches", "findings match")
      + " a listed process only as a part of a longer name (marked), as dsregcmd.exe does cmd.exe;"
      + " --parity tuned compares whole names."
  }

  /// Copies that were read count as often as they are there.
  private var repeatedArchives: String? {
    let repeated = coverage.archives.count { $0.sameBytesAs != nil && $0.coverage.lines.total > 0 }
    guard repeated > 0 else { return nil }
    return Figures.count(repeated, "archive has", "archives have")
      + " the same bytes as another one, and every copy is counted; --dedupe counts one."
  }

  private var repeatsCountedOnce: String? {
    let passedOver = coverage.archives.count {
      $0.sameBytesAs != nil && $0.coverage.lines.total == 0 && $0.bytes > 0
    }
    guard passedOver > 0 else { return nil }
    return Figures.count(passedOver, "archive has", "archives have")
      + " the same bytes as another one: counted once."
  }

  private var undated: String? {
    guard undatedCount > 0 else { return nil }
    return Figures.count(undatedCount, "finding has", "findings have")
      + " no time: no timeline holds " + (undatedCount == 1 ? "it." : "them.")
  }

  /// Findings of all kinds that no timeline can hold.
  package var undatedCount: Int { verdict.count { $0.firstSeen == nil } }

  private var namelessHosts: String? {
    let events = coverage.hosts.reduce(0) { $0 + $1.heard.namedByCollector }
    guard events > 0 else { return nil }
    return Figures.count(events, "event names", "events name")
      + " no endpoint: the host is that of the collector."
  }

  private var badText: String? {
    guard coverage.invalidUTF8 > 0 else { return nil }
    return Figures.count(coverage.invalidUTF8, "line has", "lines have")
      + " bytes that are not UTF-8; they read as U+FFFD."
  }
}
