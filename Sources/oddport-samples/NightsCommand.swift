import ArgumentParser
import SampleNights

/// The sample data: five nights of a small company, damaged archives, and the truth about them.
struct NightsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nights", abstract: "Writes five nights of a small company, and their truth.")

  @Option(help: "The same number gives the same nights.")
  var seed: UInt64 = 1571

  @Option(help: "The directory to write into; files of the same names are replaced.")
  var output: String

  mutating func run() throws {
    let company = Company(seed: seed)
    let folder = OutputFolder(output)
    var truth = Truth()
    var damaged: [DamagedArchive] = []
    for day in 0..<Company.days {
      for archive in Night(of: company, day: day).archives {
        let lines = archive.lines()
        truth.add(archive, unpacked: lines)
        try folder.write(archive.encoding.pack(lines), to: "nights/" + archive.path)
        if damaged.isEmpty { damaged = try DamagedArchive.all(from: archive) }
      }
    }
    for archive in damaged { try folder.write(archive.bytes, to: "damaged/" + archive.name) }
    let document = truth.document(of: company, damaged: damaged)
    try folder.write(Array(document.rendered.utf8), to: "truth.json")
  }
}
