package import Scanning

// Do parts make one whole, nothing missing and nothing twice?
extension PartialMerge {
  static func header(_ parts: [PartialFile]) throws(PartialError) -> PartialHeader {
    guard let first = parts.first else { return PartialHeader(reading: [:], shares: []) }
    var shares: [String: PlanShare] = [:]
    for (index, part) in parts.enumerated() {
      try compareReading(part, first)
      for share in part.header.shares {
        guard var known = shares[share.plan] else {
          shares[share.plan] = share
          continue
        }
        if let unit = known.shared(with: share) {
          let other = parts[..<index].first { part in
            part.header.shares.contains { $0.plan == share.plan && $0.shared(with: share) != nil }
          }
          throw PartialError(
            part.path,
            "holds unit \(unit), which is in \(other?.path ?? first.path) as well",
            hint: "leave one of them out")
        }
        known.add(share)
        shares[share.plan] = known
      }
    }
    return PartialHeader(
      reading: first.header.reading,
      shares: shares.values.sorted { $0.plan < $1.plan })
  }

  private static func compareReading(
    _ part: PartialFile, _ first: PartialFile
  ) throws(PartialError) {
    let (own, other) = (part.header.reading, first.header.reading)
    guard own != other else { return }
    let name =
      Set(own.keys).union(other.keys).sorted().first { own[$0] != other[$0] } ?? "setting"
    throw PartialError(
      part.path,
      "was read with \(name) \(own[name] ?? "none"), and \(first.path) with \(other[name] ?? "none")",
      hint: "run oddport map with the same settings for all parts")
  }

  /// No archive in two plans: it would count twice.
  ///
  /// - Parameter sections: In order.
  static func checkArchives(
    _ sections: [PartialSection], _ parts: [PartialFile]
  ) throws(PartialError) {
    for (section, next) in zip(sections, sections.dropFirst()) {
      guard section.name.archive.name == next.name.archive.name,
        section.name.archive.sha256 == next.name.archive.sha256, next.name.archive.bytes > 0,
        section.name.plan != next.name.plan,
        case .file(let file, _, _) = next.content, case .file(let other, _, _) = section.content
      else { continue }
      throw PartialError(
        file.path, "holds \(next.name.archive.name), which is in \(other.path) as well",
        hint: "leave one of them out, or plan both folders together")
    }
  }

  /// Refuses plans of which units are missing, and partials of plans that are not expected.
  ///
  /// - Parameters:
  ///   - expected: With their digests and files; empty: the plans that the partials are of.
  ///   - file: Whom to name.
  /// - Throws: ``PartialError``.
  package func requireWhole(
    _ expected: [(plan: WorkPlan, digest: String, file: String)], file: String
  ) throws(PartialError) {
    if !expected.isEmpty {
      let digests = Set(expected.map(\.digest))
      if let other = header.shares.first(where: { !digests.contains($0.plan) }) {
        throw PartialError(
          file, "the partials hold \(words(other)), which is not the one that is expected",
          hint: "reduce the parts of one run")
      }
    }
    for (plan, digest, path) in expected {
      let missing =
        header.shares.first { $0.plan == digest }?.missing
        ?? (plan.units.isEmpty ? [] : [1...plan.units.count])
      guard !missing.isEmpty else { continue }
      let names = missing.joined().prefix(10).map { number in
        let unit = plan.units[number - 1]
        return "\(number) (\(unit.archive.unit), bytes \(unit.range.lowerBound) to"
          + " \(unit.range.upperBound))"
      }
      throw Self.incomplete(path, missing, names)
    }
    let incomplete = header.shares.filter { !$0.missing.isEmpty }
    guard let first = incomplete.first else { return }
    if header.shares.count > 1 {
      throw PartialError(
        file,
        "the partials are of different plans: "
          + header.shares.prefix(3).map(words).joined(separator: "; "),
        hint: "every machine has to be given the same plan")
    }
    throw Self.incomplete(
      file, first.missing,
      first.missing.prefix(10).map {
        $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
      })
  }

  private func words(_ share: PlanShare) -> String {
    let units = share.units.reduce(0) { $0 + $1.count }
    return "\(units) of \(share.unitCount) units of plan \(share.plan.prefix(12))"
  }

  private static func incomplete(
    _ file: String, _ missing: [ClosedRange<Int>], _ names: [String]
  ) -> PartialError {
    let count = missing.reduce(0) { $0 + $1.count }
    let runs = missing.map {
      $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
    }
    var error = PartialError(
      file,
      "\(count) unit\(count == 1 ? " is" : "s are") missing: \(names.joined(separator: ", "))"
        + (names.count < count && names.count >= 10 ? " and more" : ""),
      hint: "run oddport map --plan PLAN --unit \(runs.prefix(20).joined(separator: ","))")
    error.isIncomplete = true
    return error
  }
}
