import Facts

extension HuntSettings {
  /// Refuses settings that contradict each other, and those that would do nothing beside the others.
  ///
  /// - Parameter writesReports: Whether what is said of reports has to make sense.
  package func check(writingReports writesReports: Bool = true) throws(SettingError) {
    let table = SettingTable.shared
    if let from = self.from, let to = self.to, from >= to {
      throw SettingError(
        table.from, "\(from.iso8601) is not before the end, \(to.iso8601)",
        hint: "the end itself is left out: for one whole day, let it be the day after")
    }
    try checkJudgement(table)
    try checkLedger(table)
    if writesReports { try checkOutput(table) }
  }

  private func checkJudgement(_ table: SettingTable) throws(SettingError) {
    if !self.highRisk.isEmpty, self.parity != .tuned {
      throw SettingError(
        table.highRisk,
        "has no effect under --parity \(self.parity.rawValue), which keeps the published list",
        hint: "use it with --parity tuned")
    }
    if isChanged(table.weights), self.isOnlyPublished {
      throw SettingError(
        table.weights, "has no effect with --only-published, which gives no points",
        hint: "leave one of them out")
    }
    if isChanged(table.validity), self.intel.isEmpty, self.sigma.isEmpty {
      throw SettingError(
        table.validity, "has no effect without intelligence",
        hint: "name a feed, with --intel FILE or 'intel:' in the job")
    }
  }

  private func checkLedger(_ table: SettingTable) throws(SettingError) {
    guard self.ledger != nil else {
      let needy: [any AnySetting] = [table.windowDays, table.isOnlyNew, table.maxAgeSeconds]
      if let setting = needy.first(where: isChanged) {
        throw SettingError(
          setting, "needs a ledger",
          hint: "name one, with --ledger FILE or 'ledger:' in the job")
      }
      return
    }
    if self.dedupe {
      throw SettingError(
        table.dedupe, "has no effect with a ledger, which counts the same content once anyway",
        hint: "leave it out")
    }
    if isChanged(table.memoryBytes) {
      throw SettingError(
        table.memoryBytes, "has no effect with a ledger, which keeps facts in a file anyway",
        hint: "leave it out")
    }
    for (setting, time) in [(table.from, self.from), (table.to, self.to)]
    where time?.isMidnight == false {
      throw SettingError(
        setting, "is within a day, and a ledger keeps whole days (UTC)",
        hint: "name a day, such as 2024-05-01")
    }
    if self.windowDays != nil, self.from ?? self.to != nil {
      throw SettingError(
        table.windowDays, "a window and a time to begin or to end do not go together",
        hint: "leave out --window, or --from and --to")
    }
  }

  private func checkOutput(_ table: SettingTable) throws(SettingError) {
    if self.out == nil, self.formats.count > 1 {
      throw SettingError(
        table.formats, "several formats do not fit on standard output",
        hint: "name a folder for them, with --out DIR or 'out:' in the job")
    }
    if isChanged(table.maxAgeSeconds), self.archives.isEmpty, !self.isOnlyNew {
      throw SettingError(
        table.maxAgeSeconds, "has no effect where no archive is read",
        hint: "name archives, or ask for the night with --only-new")
    }
    if isChanged(table.nightsKept), self.out == nil || !self.isOnlyNew {
      throw SettingError(
        table.nightsKept, "has no effect without --only-new and --out",
        hint: "it goes with --only-new and --out DIR")
    }
    let writesText =
      self.out == nil
      ? self.formats.isEmpty || self.formats == [.text] : self.formats.contains(.text)
    if isChanged(table.width), !writesText {
      throw SettingError(
        table.width, "has no effect without a text report", hint: "it goes with --format text")
    }
    let ofText: [any AnySetting] = [
      table.color, table.isVerbose, table.minSeverity, table.top, table.shownHosts,
      table.sinceSeconds, table.order,
    ]
    if !writesText || self.out != nil, let setting = ofText.first(where: isChanged) {
      throw SettingError(
        setting, "has no effect but on a text report on standard output",
        hint: "leave it out: a report in a file has everything")
    }
    if self.csvMark, self.out != nil || self.formats != [.csv] {
      throw SettingError(
        table.csvMark, "has no effect but on CSV on standard output",
        hint: "it goes with --format csv, without --out")
    }
  }
}

extension UTCTime {
  fileprivate var isMidnight: Bool { milliseconds % 86_400_000 == 0 }
}
