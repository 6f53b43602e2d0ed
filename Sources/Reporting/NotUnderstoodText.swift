import Facts

extension ArchiveRecord {
  /// `night.jsonl.zst: 12 of 40 lines with Sysmon events were not understood (30.0 %), the first is line
  /// 7: …; the nearest shape is winlogbeat`. Values as they were read.
  var notUnderstoodText: String {
    let lines = coverage.lines
    // Lines that were passed over name no event that matters: the share is of those that do.
    let all = lines.notUnderstood + lines.observations
    var text =
      name + ": " + Figures.grouped(lines.notUnderstood) + " of "
      + Figures.count(all, "line that names Sysmon", "lines that name Sysmon")
      + (lines.notUnderstood == 1 ? " was" : " were") + " not understood ("
      + Figures.share(lines.notUnderstood, of: all) + ")"
    if let first = coverage.notUnderstood.first {
      text += ", the first is line \(Figures.grouped(first.place.line)): " + first.reason
      if let shape = first.nearestShape { text += "; the nearest shape is " + shape }
    }
    return text
  }
}

extension SetAside {
  func explanation(_ count: Int) -> String {
    switch self {
    case .previewRow:
      Figures.count(count, "preview row is", "preview rows are")
        + " counted apart: the final rows of the same search repeat them."
    case .flowWithoutProcess:
      Figures.count(count, "network flow names", "network flows name")
        + " no process and " + (count == 1 ? "is" : "are") + " counted apart."
    }
  }
}
