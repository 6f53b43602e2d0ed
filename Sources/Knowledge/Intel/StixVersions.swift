import Facts

/// The indicators of a bundle by their ids: of each the newest version, and what it indicates.
///
/// There may be a million of them: each takes some fifty bytes.
struct StixVersions {
  private struct Entry {
    var name: EntryName
    /// Of the newest version; -1: not there, or not yet.
    var index: Int32 = -1
    /// The number of its last link plus one; 0: it has none.
    var link: Int32 = 0
    var version = Int64.min
  }

  private var entries: [Entry] = []
  private var numbers = HashedNumbers()
  private var links: [(target: Int32, next: Int32)] = []
  private var targets: [String] = []
  private var targetNumbers: [String: Int32] = [:]

  /// Of two equal versions the first one is kept.
  mutating func note(_ name: EntryName, _ version: Int64, at index: Int) {
    let number = self.number(of: name)
    guard entries[number].index < 0 || version > entries[number].version else { return }
    entries[number].version = version
    entries[number].index = Int32(clamping: index)
  }

  mutating func note(_ name: EntryName, indicates target: String) {
    let number = self.number(of: name)
    if targetNumbers[target] == nil {
      targetNumbers[target] = Int32(clamping: targets.count)
      targets.append(target)
    }
    links.append((targetNumbers[target] ?? 0, entries[number].link))
    entries[number].link = Int32(clamping: links.count)
  }

  private mutating func number(of name: EntryName) -> Int {
    let hash = name.hash
    if let known = numbers.number(hash, where: { entries[$0].name == name }) { return known }
    numbers.insert(entries.count, hash)
    entries.append(Entry(name: name))
    return entries.count - 1
  }

  private func entry(_ name: EntryName) -> Entry? {
    numbers.number(name.hash, where: { entries[$0].name == name }).map { entries[$0] }
  }

  /// Where the newest version is; nil where there is none.
  func index(of name: EntryName) -> Int? {
    entry(name).flatMap { $0.index < 0 ? nil : Int($0.index) }
  }

  /// What an indicator indicates, ascending and each once; nil where its newest version is another one than that
  /// at `index`.
  func targets(of name: EntryName, at index: Int) -> [Int32]? {
    guard let entry = entry(name), Int(entry.index) == index else { return nil }
    return targets(of: entry)
  }

  func targets(of name: EntryName) -> [Int32] { entry(name).map { targets(of: $0) } ?? [] }

  private func targets(of entry: Entry) -> [Int32] {
    if entry.link == 0 { return [] }
    var found: Set<Int32> = []
    var link = Int(entry.link)
    while link > 0 {
      found.insert(links[link - 1].target)
      link = Int(links[link - 1].next)
    }
    return found.sorted()
  }

  /// The id of a target.
  func target(_ number: Int32) -> String { targets[Int(number)] }
}
