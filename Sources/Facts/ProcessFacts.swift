/// A process, by the host it ran on.
package struct ProcessKey: Hashable, Sendable {
  package var host: TextID
  package var process: ProcessGuid

  package init(host: TextID, process: ProcessGuid) {
    self.host = host
    self.process = process
  }
}

/// What else the event of a process's start says: who it was, and who started it.
package struct ProcessDetails: Equatable, Sendable {
  /// As they were written, such as `SHA256=…,IMPHASH=…`.
  package var hashes = TextID.none
  package var integrityLevel = TextID.none
  package var logonID = TextID.none
  package var processID = TextID.none
  package var parentCommandLine = TextID.none
  package var parentProcess = ProcessGuid.none

  package init() {}

  /// The texts, in the order in which they are stored.
  package static let texts: [any WritableKeyPath<ProcessDetails, TextID> & Sendable] = [
    \.hashes, \.integrityLevel, \.logonID, \.processID, \.parentCommandLine,
  ]
}

/// What is known of a process from the event of its start.
///
/// Where several events claim to be the start of one process, the one that names a parent wins over
/// one that does not, then the earliest (an event without a time comes last), then the one whose
/// texts sort first: a total order, so that merging forgets who came first.
package struct ProcessFact: Equatable, Sendable {
  package var time: UTCTime?
  package var image: TextID
  package var parent: TextID
  package var user: TextID
  package var originalFileName: TextID
  package var commandLine: TextID
  package var details: ProcessDetails

  package init(
    time: UTCTime?, image: TextID, parent: TextID, user: TextID, originalFileName: TextID,
    commandLine: TextID, details: ProcessDetails = ProcessDetails()
  ) {
    self.time = time
    self.image = image
    self.parent = parent
    self.user = user
    self.originalFileName = originalFileName
    self.commandLine = commandLine
    self.details = details
  }
}
