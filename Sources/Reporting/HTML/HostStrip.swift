import Facts
import Hunting

extension Report {
  /// Cells of a row; more hours than that share cells.
  private static let maxCells = 168
  private static let maxHosts = 60

  /// Hosts over time: when each was heard, and the worst finding of each cell.
  func hostStrip(_ hours: ClosedRange<Int32>?) -> [String: Any]? {
    guard let hours else { return nil }
    let perCell = (hours.count + Self.maxCells - 1) / Self.maxCells
    let cells = (hours.count + perCell - 1) / perCell
    func cell(_ hour: Int32) -> Int { Int(hour - hours.lowerBound) / perCell }
    var worst: [String: [Int: Severity]] = [:]
    for finding in verdict.all {
      for second in finding.arrivals.seconds {
        let hour = Int32(second / 3600)
        guard hours.contains(hour) else { continue }
        let at = cell(hour)
        let known = worst[finding.host]?[at] ?? .low
        worst[finding.host, default: [:]][at] = max(known, finding.severity)
      }
    }
    let hosts = coverage.hosts.sorted { a, b in
      let (left, right) = (worst[a.name ?? ""], worst[b.name ?? ""])
      let (most, other) = (left?.values.max()?.rawValue ?? 0, right?.values.max()?.rawValue ?? 0)
      if most != other { return most > other }
      return isBefore(a.name ?? "", b.name ?? "")
    }
    let shown = hosts.prefix(Self.maxHosts)
    let allWereRead = hosts.contains { $0.heard.hours.all.contains { $0.events == 0 } }
    return [
      "unheard": allWereRead
        ? "no event of Sysmon" : "no event that the hunt uses (--check-all counts any of Sysmon)",
      "span": "\(hourText(hours.lowerBound)) to \(hourText(hours.upperBound).dropLast(2))59 UTC, "
        + (perCell == 1 ? "an hour to the cell" : "\(perCell) hours to the cell"),
      "more": hosts.count > shown.count
        ? "And \(Figures.count(hosts.count - shown.count, "more host")): report.json has all."
          as Any
        : false,
      "hosts": shown.map { host -> [String: Any] in
        var states: [String?] = Array(repeating: nil, count: cells)
        let heard = host.heard.hours.all.lazy.map(\.hour).filter { hours.contains($0) }
        for hour in heard { states[cell(hour)] = "quiet" }
        for (at, severity) in worst[host.name ?? ""] ?? [:] {
          states[at] = severity.name.lowercased()
        }
        let name = host.name.map { $0.isEmpty ? "(empty name)" : $0 } ?? "(no host named)"
        let found = worst[host.name ?? ""]?.values.max().map { ", at worst \($0.name)" } ?? ", calm"
        return [
          "name": name, "width": cells, "cells": Drawing.cells(states),
          "label": "\(name): heard in \(heard.count) of \(hours.count) hours\(found)",
        ]
      },
    ]
  }
}
