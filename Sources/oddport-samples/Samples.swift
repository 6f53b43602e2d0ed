import ArgumentParser

/// Makes nights whose truth is known.
@main struct Samples: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "oddport-samples",
    abstract: "Makes archives whose truth is known.",
    discussion: """
      The same seed gives the same unpacked bytes everywhere; the packed ones are the same for one \
      version of libzstd and zlib.
      """,
    subcommands: [
      NightsCommand.self, BenchCommand.self, FloorCommand.self, LedgerCommand.self,
      FuzzCommand.self, ParityCommand.self, IntelCommand.self,
    ])
}
