import Facts
import Scanning

/// Parts that are to be merged: do they make one whole, nothing missing and nothing twice?
struct PartialSet {
  private let parts: [(file: String, facts: PartialFacts)]
  private let first: (file: String, facts: PartialFacts)?

  init(_ parts: [(file: String, facts: PartialFacts)]) {
    self.parts = parts
    first = parts.first
  }

  /// - Throws: ``PartialError`` with what is missing, double or otherwise.
  func check() throws(PartialError) {
    guard let first else { return }
    for part in parts {
      try compareReading(part, first)
      if part.facts.shards > 1 || first.facts.shards > 1 { try compareList(part, first) }
    }
    if first.facts.shards > 1 { try checkShards(first) }
    try checkArchives()
  }

  private func compareReading(
    _ part: (file: String, facts: PartialFacts), _ first: (file: String, facts: PartialFacts)
  ) throws(PartialError) {
    let (own, other) = (part.facts.reading, first.facts.reading)
    guard own != other else { return }
    let name =
      Set(own.keys).union(other.keys).sorted().first { own[$0] != other[$0] } ?? "setting"
    throw PartialError(
      part.file,
      "was read with \(name) \(own[name] ?? "none"), and \(first.file) with \(other[name] ?? "none")",
      hint: "run oddport map with the same settings for all parts")
  }

  private func compareList(
    _ part: (file: String, facts: PartialFacts), _ first: (file: String, facts: PartialFacts)
  ) throws(PartialError) {
    let (own, other) = (part.facts, first.facts)
    guard own.shards == other.shards else {
      throw PartialError(
        part.file, "is part of \(own.shards), and \(first.file) of \(other.shards)",
        hint: "reduce the parts of one run")
    }
    guard own.list != other.list else { return }
    func words(_ list: ArchiveList) -> String {
      "\(list.archives) archive\(list.archives == 1 ? "" : "s") of \(list.bytes) bytes"
    }
    throw PartialError(
      part.file,
      "was dealt from another list of archives than \(first.file): \(words(own.list)), and there"
        + " \(words(other.list))",
      hint:
        "every machine has to see the same archives: oddport hunt --dry-run lists them with their"
        + " sizes; then run oddport map again for all parts")
  }

  /// Parts of one list: each of them once.
  private func checkShards(_ first: (file: String, facts: PartialFacts)) throws(PartialError) {
    let shards = first.facts.shards
    var seen: [Int: String] = [:]
    for (file, part) in parts {
      if let other = seen[part.shard] {
        throw PartialError(
          file, "is part \(part.shard) of \(shards), as \(other) is", hint: "leave one of them out")
      }
      seen[part.shard] = file
    }
    let missing = (1...shards).filter { seen[$0] == nil }
    guard let least = missing.first else { return }
    let names = missing.prefix(10).map { String($0) }.joined(separator: ", ")
    let more = missing.count > 10 ? " and \(missing.count - 10) more" : ""
    var error = PartialError(
      first.file,
      missing.count == 1
        ? "part \(least) of \(shards) is missing"
        : "parts \(names)\(more) of \(shards) are missing",
      hint: "run oddport map --shard \(least)/\(shards)"
        + (missing.count == 1 ? "" : ", and so on") + " over the same archives")
    error.isIncomplete = true
    throw error
  }

  /// No archive in two parts: it would count twice.
  private func checkArchives() throws(PartialError) {
    struct Identity: Hashable {
      var name: String
      var sha256: String
    }
    var seen: [Identity: (file: String, index: Int)] = [:]
    for (index, (file, part)) in parts.enumerated() {
      for record in part.scan.archives where record.bytes > 0 {
        let identity = Identity(name: record.name, sha256: record.sha256)
        if let other = seen[identity], other.index != index {
          throw PartialError(
            file, "holds \(record.name), which is in \(other.file) as well",
            hint: "leave one of them out, or give both folders to one oddport map")
        }
        seen[identity] = (file, index)
      }
    }
  }
}
