import Foundation
import SampleNights
import Subprocess
import Testing

@Suite struct MapReduceTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func map(_ shards: Int, _ arguments: String...) async throws -> [String] {
    var parts: [String] = []
    for shard in 1...shards {
      let part = folder.path + "/\(shard)-of-\(shards).partial"
      let outcome = try await Program.run(
        ["map", LedgerRunTests.samples, "--shard", "\(shard)/\(shards)", "--output", part]
          + arguments)
      #expect(outcome == .init(status: .exited(0), output: "", complaints: ""))
      parts.append(part)
    }
    return parts
  }

  @Test("Any number of parts, in any order, gives the bytes of one hunt", arguments: [1, 2, 5, 80])
  func split(shards: Int) async throws {
    let whole = folder.path + "/whole"
    let reduced = folder.path + "/reduced"
    for parity in ["seed", "strict", "tuned"] {
      _ = try await Program.run(
        "hunt", LedgerRunTests.samples, "--out", whole, "-q", "--parity", parity)
      let parts = try await map(shards, "--workers", "1")
      let outcome = try await Program.run(
        ["reduce"] + parts.reversed() + ["--out", reduced, "-q", "--parity", parity])
      #expect(outcome == .init(status: .exited(0), output: "", complaints: ""))
      let difference = try await Program.shell(#"diff -r "$1" "$2""#, whole, reduced)
      #expect(difference.output == "")
    }
  }

  /// Lines of all kinds, some of them over the borders of chunks: about 4 MB.
  private static let manyLines: [UInt8] = {
    var text: [UInt8] = []
    for number in 0..<18_000 {
      switch number % 1000 {
      case 7: text += Array("no JSON\n".utf8)
      case 8: text.append(10)
      default:
        let line = Events.powershellTo4444.replacing("WS01", with: "WS\(number % 50)")
        text += Array(line.utf8)
      }
    }
    return text
  }()

  private func isSameAsHunt(_ archive: String, shards: Int) async throws -> Bool {
    let whole = try await Program.run("hunt", archive, "-q", "--format", "json")
    var sizes: [Int] = []
    var parts: [String] = []
    for shard in 1...shards {
      let part = folder.path + "/\(shard).partial"
      _ = try await Program.run("map", archive, "--shard", "\(shard)/\(shards)", "--output", part)
      sizes.append(FileManager.default.contents(atPath: part)?.count ?? 0)
      parts.append(part)
    }
    // Nobody has it all.
    if !archive.contains("damaged") {
      #expect(try #require(sizes.max()) < 3 * (try #require(sizes.min())), "\(sizes)")
    }
    let reduced = try await Program.run(["reduce", "-q", "--format", "json"] + parts.reversed())
    return reduced == whole && whole.output.contains("findings")
  }

  @Test("One large archive is read in pieces, and gives the bytes of one hunt", arguments: [2, 3])
  func pieces(shards: Int) async throws {
    let lines = try folder.write(Self.manyLines, to: "night.jsonl")
    #expect(try await isSameAsHunt(lines, shards: shards))
  }

  @Test("An archive that is damaged in one of its pieces gives the bytes of one hunt")
  func damagedPieces() async throws {
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: Self.manyLines.count, by: 300_000) {
      let end = min(start + 300_000, Self.manyLines.count)
      bytes += try ZstdFrame.packed(Self.manyLines[start..<end], .init(level: 1))
    }
    #expect(try await isSameAsHunt(folder.write(bytes, to: "night.jsonl.zst"), shards: 3))
    for place in [bytes.count / 10, bytes.count / 2, bytes.count - 20] {
      bytes[place] ^= 0x5A
      #expect(try await isSameAsHunt(folder.write(bytes, to: "damaged.jsonl.zst"), shards: 3))
    }
  }

  @Test("Pieces of different archives are refused")
  func foreignPieces() async throws {
    let night = try folder.write(Self.manyLines, to: "night.jsonl")
    let one = folder.path + "/1"
    let two = folder.path + "/2"
    _ = try await Program.run("map", night, "--shard", "1/2", "--output", one)
    _ = try folder.write(Self.manyLines + Self.manyLines, to: "night.jsonl")
    _ = try await Program.run("map", night, "--shard", "2/2", "--output", two)
    let outcome = try await Program.run("reduce", one, two)
    #expect(outcome.status == .exited(65))
    #expect(outcome.complaints.contains("dealt from another list of archives"))
  }

  @Test("Pieces of an archive in which two frames are swapped elsewhere are refused")
  func swappedFrames() async throws {
    var frames: [[UInt8]] = []
    for start in stride(from: 0, to: 3_000_000, by: 1_000_000) {
      var lines = Array(Self.manyLines[start..<start + 1_000_000])
      // Frames of the same size, whatever they hold.
      lines[lines.count - 1] = 10
      frames.append(try ZstdFrame.packed(lines[...], .init(level: 1)))
    }
    let night = try folder.write(frames.joined() + [], to: "night.jsonl.zst")
    let (one, two) = (folder.path + "/1", folder.path + "/2")
    _ = try await Program.run("map", night, "--shard", "1/2", "--output", one)
    _ = try folder.write((frames[0] + frames[2] + frames[1]), to: "night.jsonl.zst")
    _ = try await Program.run("map", night, "--shard", "2/2", "--output", two)
    let outcome = try await Program.run("reduce", one, two)
    #expect(outcome.status == .exited(65))
    #expect(outcome.complaints.contains("pieces of night.jsonl.zst that do not fit together"))
  }

  @Test("Machines that do not see the same archives are told apart, wherever these are mounted")
  func otherLists() async throws {
    for (name, line) in [("a", Events.powershellTo4444), ("b", Events.curlTo8088)] {
      for machine in ["1", "2", "3"] where machine != "3" || name == "a" {
        try folder.write(line, to: "\(machine)/\(name)/night.jsonl")
      }
    }
    func map(_ machine: String, _ shard: String) async throws -> String {
      let part = folder.path + "/\(machine)-\(shard.first ?? "0").partial"
      let outcome = try await Program.shell(
        #""$0" map "$1"/*/night.jsonl --shard "$2" --output "$3""#, folder.path + "/" + machine,
        shard, part)
      #expect(outcome == .init(status: .exited(0), output: "", complaints: ""))
      return part
    }
    let one = try await map("1", "1/2")
    let same = try await Program.run(
      "reduce", one, try await map("2", "2/2"), "-q", "--format", "json")
    let whole = try await Program.run(
      "hunt", folder.path + "/1/a/night.jsonl", folder.path + "/1/b/night.jsonl", "-q", "--format",
      "json")
    #expect(same == whole)
    let misses = try await Program.run("reduce", one, try await map("3", "2/2"))
    #expect(misses.status == .exited(65))
    #expect(
      misses.complaints.contains("1 archive of") && misses.complaints.contains("2 archives of"))
  }

  @Test("A whole part that is given twice is refused, and so is one archive in two of them")
  func overlaps() async throws {
    try folder.write(Events.powershellTo4444, to: "a/1.jsonl")
    try folder.write(Events.curlTo8088, to: "a/2.jsonl")
    let (whole, half) = (folder.path + "/whole", folder.path + "/half")
    _ = try await Program.run("map", folder.path + "/a", "--output", whole)
    _ = try await Program.run("map", folder.path + "/a/2.jsonl", "--output", half)
    for (parts, name) in [([whole, whole], "1.jsonl"), ([whole, half], "2.jsonl")] {
      let outcome = try await Program.run(["reduce"] + parts)
      #expect(outcome.status == .exited(65))
      #expect(outcome.complaints.contains("holds \(name), which is in \(whole) as well"))
    }
  }

  @Test("What is damaged or cannot be opened is in the partial, and is no failure of map")
  func damageIsData() async throws {
    try folder.write(Events.powershellTo4444, to: "a/whole.jsonl")
    try folder.write([0x28, 0xB5, 0x2F, 0xFD], to: "a/cut.jsonl.zst")
    let part = folder.path + "/part"
    let mapped = try await Program.run("map", folder.path + "/a", "--output", part)
    #expect(mapped.status == .exited(0))
    #expect(mapped.complaints.contains("cut.jsonl.zst: damaged at byte"))
    let reduced = try await Program.run("reduce", part, "-q", "--format", "json")
    #expect(
      try await Program.run("hunt", folder.path + "/a", "-q", "--format", "json") == reduced)
    #expect(reduced.status == .exited(2))
  }

  @Test("A job may tell map and reduce alike, and reduce refuses what the parts were not read with")
  func jobs() async throws {
    let archive = try folder.write(Events.powershellTo4444, to: "night.jsonl")
    let job = try folder.write("time: utc\nparity: tuned\nfail-on: high\n", to: "job.yaml")
    let part = folder.path + "/part"
    _ = try await Program.run("map", archive, "--job", job, "--output", part)
    #expect(try await Program.run("reduce", part, "--job", job).status == .exited(1))
    _ = try await Program.run("map", archive, "--output", part)
    let otherwise = try await Program.run("reduce", part, "--job", job)
    #expect(otherwise.status == .exited(64))
    #expect(otherwise.complaints.contains("was read with time record, and the job says utc"))
  }

  @Test("Parts are the same bytes whatever the workers and chunks")
  func sameBytes() async throws {
    let one = try await map(1, "--workers", "1")[0]
    let first = FileManager.default.contents(atPath: one)
    _ = try await map(1, "--workers", "4", "--chunk-size", "64K")
    #expect(FileManager.default.contents(atPath: one) == first)
  }

  /// glibc overwrites memory that is given back: whoever still reads it reads something else.
  @Test("Nothing is read from memory that was given back", arguments: ["85", "170"])
  func freedMemory(pattern: String) async throws {
    let one = FileManager.default.contents(atPath: try await map(1)[0])
    let outcome = try await Program.shell(
      #"MALLOC_PERTURB_=$3 "$0" map "$1" --output "$2""#, LedgerRunTests.samples,
      folder.path + "/perturbed", pattern)
    #expect(outcome == .init(status: .exited(0), output: "", complaints: ""))
    #expect(FileManager.default.contents(atPath: folder.path + "/perturbed") == one)
  }

  @Test("A part that is missing, there twice, or read otherwise is named")
  func misfits() async throws {
    let parts = try await map(3)
    let missing = try await Program.run("reduce", parts[0], parts[2])
    #expect(missing.status == .exited(69))
    #expect(missing.complaints.contains("part 2 of 3 is missing"))
    let twice = try await Program.run("reduce", parts[0], parts[1], parts[2], parts[1])
    #expect(twice.complaints.contains("is part 2 of 3, as"))
    let other = try await map(2, "--time", "utc")
    let mixed = try await Program.run("reduce", other[0], parts[0])
    #expect(mixed.complaints.contains("was read with time record, and"))
  }

  @Test("A damaged or foreign file is refused")
  func refusals() async throws {
    let archive = try folder.write(Events.powershellTo4444, to: "night.jsonl")
    let part = folder.path + "/part"
    _ = try await Program.run("map", archive, "--output", part)
    let bytes = Array(try #require(FileManager.default.contents(atPath: part)))
    let foreign = try await Program.run("reduce", archive)
    #expect(foreign.status == .exited(65))
    #expect(foreign.complaints.contains("no partial facts"))
    for length in [0, 10, 24, 30, bytes.count / 2, bytes.count - 1] {
      let cut = try folder.write(Array(bytes[..<length]), to: "cut")
      #expect(try await Program.run("reduce", cut).status == .exited(65))
    }
    let missing = try await Program.run("reduce", part, folder.path + "/nowhere")
    #expect(missing.status == .exited(66))
    #expect(missing.complaints.hasPrefix("\(folder.path)/nowhere: error: no such file"))
  }
}
