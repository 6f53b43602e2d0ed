package import Facts

/// What the event of its start says about a process, and who started it.
package struct ProcessStory: Equatable, Sendable {
  /// One of those it descends from, as far as they are known.
  package struct Ancestor: Equatable, Sendable {
    package var image: String
    package var commandLine: String
    /// Empty where the event names none.
    package var processGuid = ""
  }

  package var processGuid: String
  package var started: UTCTime?
  package var image: String
  package var originalFileName: String
  package var commandLine: String
  package var hashes: String
  package var integrityLevel: String
  package var logonID: String
  package var processID: String
  /// The parent first.
  package var ancestors: [Ancestor]

  /// How far back ancestors are followed.
  package static let maxAncestors = 8

  /// Nil where the start was not seen.
  init?(_ process: ProcessGuid, on host: TextID, _ facts: FactTable) {
    guard process != .none, let start = facts.processes[ProcessKey(host: host, process: process)]
    else { return nil }
    let texts = facts.texts
    processGuid = process.description(texts)
    started = start.time
    image = texts[start.image]
    originalFileName = texts[start.originalFileName]
    commandLine = texts[start.commandLine]
    hashes = texts[start.details.hashes]
    integrityLevel = texts[start.details.integrityLevel]
    logonID = texts[start.details.logonID]
    processID = texts[start.details.processID]
    ancestors = []
    var child = start
    while ancestors.count < Self.maxAncestors, !texts.isEmpty(child.parent) {
      ancestors.append(
        Ancestor(
          image: texts[child.parent], commandLine: texts[child.details.parentCommandLine],
          processGuid: child.details.parentProcess == .none
            ? "" : child.details.parentProcess.description(texts)))
      guard child.details.parentProcess != .none,
        let parent = facts.processes[
          ProcessKey(host: host, process: child.details.parentProcess)],
        parent != child
      else { break }
      child = parent
    }
  }
}

extension ProcessStory {
  /// Of the processes whose start was seen, the first in order.
  init?(firstOf processes: some Sequence<ProcessGuid>, on host: TextID, _ facts: FactTable) {
    let known = processes.filter {
      facts.processes[ProcessKey(host: host, process: $0)] != nil
    }
    let texts = facts.texts
    guard let first = known.min(by: { byBytes($0.description(texts), $1.description(texts)) })
    else { return nil }
    self.init(first, on: host, facts)
  }
}
