import Knowledge

/// A directory that holds one report, and is replaced as a whole.
///
/// The new one is written beside it, brought to the disk, and exchanged with the former in one step:
/// a reader sees one report or the other, a run that is killed leaves the former, and what it left
/// beside it is removed by the next. Only a directory that holds nothing but a report is replaced.
package struct ReportDirectory: Sendable {
  package static let manifestName = "manifest.json"

  /// Every name that a report directory may hold, now or after an update.
  static let ownNames: Set<String> = Set(ReportFormat.allCases.map(\.fileName)).union([
    manifestName, "run.json",
  ])

  /// As it was given, for messages.
  package let path: String

  /// Whether to try the exchange in one step; without it the former moves aside for a moment.
  var exchangesInOneStep = true

  package init(_ path: String) {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.path = path
  }

  /// Writes the files and the manifest, and puts them where the former report was.
  ///
  /// - Parameter files: Their names are among ``ownNames``, each once, and none is the manifest's.
  /// - Throws: ``OutputError``; the former report is untouched then.
  package func replace(with files: [OutputFile], manifest: [UInt8]) throws(OutputError) {
    try replace(with: files) { _ in manifest }
  }

  /// The same of files of which one at a time is in memory.
  ///
  /// - Parameters:
  ///   - files: Gone through once.
  ///   - manifest: Makes the manifest, of the files that were written.
  package func replace(
    with files: some Sequence<OutputFile>, manifest: ([Manifest.File]) -> [UInt8]
  ) throws(OutputError) {
    let target = try checked()
    let leftovers = Leftovers(of: target)
    try makeParents(leftovers.parent)
    restoreFormer(target, leftovers)
    leftovers.remove(Self.remove)
    let formerKind = try Disk.kind(of: target)
    if formerKind != nil { try checkContents(target) }

    let partial = leftovers.name(.partial)
    do {
      try Disk.makeDirectory(partial)
      var written: [Manifest.File] = []
      for file in files {
        precondition(
          Self.ownNames.contains(file.name) && file.name != Self.manifestName,
          "an unknown name would make the directory a stranger to the next run")
        try Disk.create(partial + "/" + file.name, file.bytes)
        written.append(Manifest.File(file))
      }
      try Disk.create(partial + "/" + Self.manifestName, manifest(written))
      Disk.settle(partial)
      if formerKind != nil {
        if let mode = Disk.permissions(of: target) { try Disk.setPermissions(mode, of: partial) }
        try exchange(partial, target, leftovers)
      } else {
        try Disk.move(partial, to: target)
      }
    } catch {
      Self.remove(partial)
      throw error
    }
    Disk.settle(leftovers.parent)
    // After an exchange this is the former report.
    Self.remove(partial)
  }

  /// The path with links resolved, after checking what is there.
  private func checked() throws(OutputError) -> String {
    let name = path.split(separator: "/").last
    guard let name, name != ".", name != ".." else { throw .notReplaceable(path: path) }
    switch try Disk.kind(of: path) {
    case .file, .other: throw .notADirectory(path: path)
    case .directory, nil: return Disk.resolved(path) ?? path
    }
  }

  /// A report directory is empty, or holds our manifest and nothing but names of ours.
  private func checkContents(_ target: String) throws(OutputError) {
    let names = try Disk.names(in: target)
    if let stranger = names.first(where: { !Self.ownNames.contains($0) }) {
      throw .notOurs(directory: path, file: stranger)
    }
    guard let first = names.first else { return }
    let manifest = Disk.beginning(of: target + "/" + Self.manifestName, limit: 16 << 20)
    guard String(decoding: manifest, as: UTF8.self).contains("\"oddport.manifest/") else {
      throw .notOurs(directory: path, file: first)
    }
  }

  private func makeParents(_ parent: String) throws(OutputError) {
    guard try Disk.kind(of: parent) == nil else { return }
    try makeParents(Leftovers(of: parent).parent)
    try Disk.makeDirectory(parent)
  }

  /// In one step where the file system can; else the former moves aside for a moment.
  private func exchange(
    _ partial: String, _ target: String, _ leftovers: Leftovers
  ) throws(OutputError) {
    if exchangesInOneStep, try Disk.exchange(partial, target) { return }
    let former = leftovers.name(.former)
    try Disk.move(target, to: former)
    do {
      try Disk.move(partial, to: target)
    } catch {
      try Disk.move(former, to: target)
      throw error
    }
    Self.remove(former)
  }

  /// A run was killed at the moment when the former report was set aside: put it back.
  private func restoreFormer(_ target: String, _ leftovers: Leftovers) {
    guard (try? Disk.kind(of: target)) == .some(nil), let former = leftovers.left(at: .former).last
    else { return }
    try? Disk.move(former, to: target)
  }

  /// Removes our own files, then the directory if nothing else was in it.
  static func remove(_ directory: String) {
    for name in ownNames.sorted(by: isBefore) { Disk.removeFile(directory + "/" + name) }
    Disk.removeDirectory(directory)
  }
}
