package import Facts
package import Hunting
package import Scanning

/// The facts of many archives: in memory up to a limit, and beyond it in a temporary file.
///
/// A judgement looks at one host after the other. So the file holds facts by buckets of hosts, and what is asked of
/// it is answered bucket by bucket: no more than one is in memory, besides what was asked for.
package struct FactSpool: Sendable {
  /// All facts; of those in the file the registry changes and the coverage.
  private var table = FactTable()
  private var runs: SpilledRuns?
  /// What the file's facts have in memory still.
  private var rest = FactTable()
  private let limit: Int

  /// - Parameter memory: How many bytes a run may take, about. Facts are a part of it: they are merged, written and
  ///   judged besides, and archives are read meanwhile.
  package init(memory: Int) { limit = memory / Self.shareOfFacts }

  private static let shareOfFacts = 4

  /// Adds facts whose places have the number of their archive.
  ///
  /// - Throws: ``TemporaryFileError``.
  package mutating func add(_ facts: FactTable) throws {
    table.merge(facts)
    if table.memoryBytes > limit { try spill() }
  }

  private mutating func spill() throws {
    var runs = try self.runs ?? SpilledRuns()
    try runs.write(table)
    rest.mergeRest(of: table)
    table = FactTable()
    self.runs = runs
  }

  /// Gives archives the numbers that they have at last; those of others stay.
  package mutating func renumberArchives(_ numbers: [Int32: Int32]) {
    guard !numbers.isEmpty else { return }
    table.mapPlaces { $0.renumbered(numbers) }
    rest.mapPlaces { $0.renumbered(numbers) }
    runs?.archives = numbers
  }

  /// All facts, where memory holds them; else nil, and ``recall(_:of:workers:)`` says what they say.
  package mutating func end() throws -> FactTable? {
    if runs == nil { return table }
    try spill()
    return nil
  }
}

// MARK: - Asking

extension FactSpool {
  /// Recalls what a judgement has to know, once all facts were added and do not fit into memory.
  ///
  /// - Parameters:
  ///   - plan: For all days: which times count was decided when the archives were read.
  ///   - scan: The archives.
  ///   - workers: Maximum number of tasks that look for beacons.
  /// - Throws: ``TemporaryFileError``.
  /// - Complexity: O(*n*) in the facts; memory for those that are recalled, and for a bucket of the others.
  package func recall(
    _ plan: RecallPlan, of scan: ScanResult, workers: Int
  ) async throws -> Recalled {
    var recalled = Recalled()
    recalled.scan = scan
    recalled.scan.facts = rest
    guard let runs else { return recalled }
    var groups = BeaconGroups()
    if plan.looksAtCalls {
      try runs.each(.connections, with: &recalled.scan.facts) { bucket, _ in groups.count(bucket) }
    }
    var choice = RecallPlan.Choice(plan, knowing: rest)
    try runs.each(.connections, with: &recalled.scan.facts) { bucket, chosen in
      if plan.looksAtCalls { groups.absorb(bucket) }
      for at in choice.indices(in: bucket) {
        chosen.absorb(bucket.facts[at], of: bucket.keys[at])
      }
      recalled.totals.add(bucket)
    }
    if plan.looksAtCalls {
      await groups.score(atMost: workers)
      recalled.groups = groups
    }
    try recallProcesses(plan, runs, &recalled)
    return recalled
  }

  /// The starts of the processes that opened the recalled connections, and those of the processes that they
  /// descend from.
  private func recallProcesses(
    _ plan: RecallPlan, _ runs: SpilledRuns, _ recalled: inout Recalled
  ) throws {
    var wanted = Set(
      recalled.scan.facts.keys.lazy.filter { $0.process != .none }
        .map { ProcessKey(host: $0.host, process: $0.process) })
    if let groups = recalled.groups {
      wanted.formUnion(groups.processes(recalled.scan.facts.texts))
    }
    let byBucket = Dictionary(grouping: wanted) {
      SpilledRuns.bucket(of: recalled.scan.facts.texts[$0.host])
    }
    try runs.each(.processes, with: &recalled.scan.facts) { bucket, chosen in
      guard let host = bucket.processes.keys.first?.host else { return }
      var keys = byBucket[SpilledRuns.bucket(of: bucket.texts[host])] ?? []
      for _ in 0..<plan.maxAncestors where !keys.isEmpty {
        keys = keys.compactMap { key in
          guard chosen.processes[key] == nil, let start = bucket.processes[key] else { return nil }
          chosen.absorb(start, of: key)
          guard start.details.parentProcess != .none else { return nil }
          return ProcessKey(host: key.host, process: start.details.parentProcess)
        }
      }
    }
  }
}
