/// Temporary names beside an output, and the files that killed runs left under them.
struct Leftovers {
  enum Stage: String, CaseIterable {
    /// Being written.
    case partial
    /// The former output, moved aside for a moment where the two cannot be exchanged.
    case former
  }

  let parent: String
  private let base: String

  /// - Parameter path: Without a slash at the end.
  init(of path: String) {
    if let slash = path.lastIndex(of: "/") {
      parent = slash == path.startIndex ? "/" : String(path[..<slash])
      base = String(path[path.index(after: slash)...])
    } else {
      parent = "."
      base = path
    }
  }

  private func path(_ name: String) -> String { parent == "/" ? "/" + name : parent + "/" + name }

  /// The name for this run.
  func name(_ stage: Stage) -> String { path("\(base).\(stage.rawValue)-\(Disk.processID)") }

  /// Files of one stage whose run no longer exists.
  func left(at stage: Stage) -> [String] {
    let prefix = "\(base).\(stage.rawValue)-"
    let names = (try? Disk.names(in: parent)) ?? []
    return names.filter { name in
      guard name.hasPrefix(prefix), let process = Int32(name.dropFirst(prefix.count)) else {
        return false
      }
      return process == Disk.processID || process > 0 && !Disk.isRunning(process)
    }
    .map(path)
  }

  func remove(_ remove: (String) -> Void) {
    for stage in Stage.allCases { left(at: stage).forEach(remove) }
  }
}
