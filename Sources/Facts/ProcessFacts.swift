/// A process, by the host it ran on.
package struct ProcessKey: Hashable, Sendable {
  package var host: TextID
  package var process: ProcessGuid

  package init(host: TextID, process: ProcessGuid) {
    self.host = host
    self.process = process
  }
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

  package init(
    time: UTCTime?, image: TextID, parent: TextID, user: TextID, originalFileName: TextID,
    commandLine: TextID
  ) {
    self.time = time
    self.image = image
    self.parent = parent
    self.user = user
    self.originalFileName = originalFileName
    self.commandLine = commandLine
  }
}
