import Foundation
import SampleNights
import Subprocess
import Testing

@Suite struct MapReduceTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func plan(_ archive: String, _ arguments: String...) async throws -> String {
    let plan = folder.path + "/work.plan"
    let outcome = try await Program.run(["plan", archive, "--output", plan] + arguments)
    #expect(outcome == .init(status: .exited(0), output: "", complaints: ""))
    return plan
  }

  private func map(_ plan: String, _ archive: String, _ arguments: String...) async throws -> String
  {
    let part = folder.path + "/" + UUID().uuidString
    let outcome = try await Program.run(
      ["map", "--plan", plan, archive, "--output", part] + arguments)
    #expect(outcome.status == .exited(0), "\(outcome.complaints)")
    return part
  }

  private func map(_ plan: String, _ archive: String, shards: Int) async throws -> [String] {
    var parts: [String] = []
    for shard in 1...shards {
      parts.append(try await map(plan, archive, "--shard", "\(shard)/\(shards)", "--workers", "1"))
    }
    return parts
  }

  private func bytes(_ path: String) throws -> [UInt8] {
    Array(try #require(FileManager.default.contents(atPath: path)))
  }

  /// How many lines of a plan are units.
  private func units(_ plan: String) throws -> Int {
    String(decoding: try bytes(plan), as: UTF8.self).split(separator: "\n")
      .count { $0.hasPrefix("unit\t") }
  }

  @Test("Any number of parts, in any order, gives the bytes of one hunt", arguments: [1, 2, 5, 80])
  func split(shards: Int) async throws {
    let (whole, reduced) = (folder.path + "/whole", folder.path + "/reduced")
    let plan = try await plan(LedgerRunTests.samples, "--target", "1K")
    let parts = try await map(plan, LedgerRunTests.samples, shards: shards)
    for parity in ["seed", "strict", "tuned"] {
      _ = try await Program.run(
        "hunt", LedgerRunTests.samples, "--out", whole, "-q", "--parity", parity)
      let outcome = try await Program.run(
        ["reduce"] + parts.reversed()
          + ["--expect", plan, "--out", reduced, "-q", "--parity", parity])
      #expect(outcome == .init(status: .exited(0), output: "", complaints: ""))
      let difference = try await Program.shell(#"diff -r "$1" "$2""#, whole, reduced)
      #expect(difference.output == "")
    }
  }

  /// Lines of all kinds, some of them over the borders of units: about 4 MB.
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

  private static func frames(of bytes: [UInt8]) throws -> [[UInt8]] {
    try stride(from: 0, to: bytes.count, by: 300_000).map { start in
      try ZstdFrame.packed(bytes[start..<min(start + 300_000, bytes.count)], .init(level: 1))
    }
  }

  /// Trees of all shapes over the units of a plan: left-leaning, balanced, and neighbours apart.
  private func isSameForAllTrees(_ archive: String, target: String) async throws -> Bool {
    let whole = try await Program.run("hunt", archive, "-q", "--format", "json")
    let plan = try await plan(archive, "--target", target)
    let count = try units(plan)
    #expect(count > 3)
    var parts: [String] = []
    for unit in 1...count { parts.append(try await map(plan, archive, "--unit", "\(unit)")) }
    let orders: [[String]] = [
      parts, parts.reversed(),
      stride(from: 0, to: count, by: 2).map { parts[$0] }
        + stride(from: 1, to: count, by: 2).map { parts[$0] },
    ]
    let all = folder.path + "/all"
    _ = try await Program.run(["reduce", "--partial", "--output", all] + parts)
    let expected = try bytes(all)
    let once = try await map(plan, archive)
    #expect(try bytes(once) == expected)
    for order in orders {
      for fan in [2, 3] {
        var level = order
        while level.count > 1 {
          var next: [String] = []
          for start in stride(from: 0, to: level.count, by: fan) {
            let merged = folder.path + "/" + UUID().uuidString
            let group = level[start..<min(start + fan, level.count)]
            let outcome = try await Program.run(
              ["reduce", "--partial", "--output", merged] + group)
            #expect(outcome == .init(status: .exited(0), output: "", complaints: ""))
            next.append(merged)
          }
          level = next
        }
        #expect(try bytes(level[0]) == expected)
      }
    }
    let reduced = try await Program.run("reduce", all, "-q", "--format", "json", "--expect", plan)
    let flat = try await Program.run(["reduce", "-q", "--format", "json"] + orders[2])
    #expect(flat == reduced)
    return reduced == whole && whole.output.contains("findings")
  }

  @Test("Units of plain text merge to the bytes of one hunt by trees of any shape")
  func pieces() async throws {
    let lines = try folder.write(Self.manyLines, to: "night.jsonl")
    #expect(try await isSameForAllTrees(lines, target: "700K"))
  }

  @Test("So do frames, whole or damaged", arguments: [nil, 0.1, 0.5, 0.97])
  func damagedPieces(at damage: Double?) async throws {
    var bytes = Array(try Self.frames(of: Self.manyLines).joined())
    if let damage { bytes[Int(Double(bytes.count) * damage)] ^= 0x5A }
    let archive = try folder.write(bytes, to: "night.jsonl.zst")
    #expect(try await isSameForAllTrees(archive, target: "1"))
  }

  @Test("So do lines that are longer than a unit, or too long to be read")
  func longLines() async throws {
    let long = #"{"EventID":11,"x":"\#(String(repeating: "x", count: 2_500_000))"}"# + "\n"
    let text = Events.powershellTo4444 + long + Events.curlTo8088 + long + "{\n" + long.dropLast()
    let archive = try folder.write(text, to: "night.jsonl")
    #expect(try await isSameForAllTrees(archive, target: "1M"))
    let whole = try await Program.run(
      "hunt", archive, "-q", "--format", "json", "--max-line", "2M")
    let plan = try await plan(archive, "--target", "1M", "--max-line", "2M")
    let parts = try await map(plan, archive, shards: 4)
    #expect(try await Program.run(["reduce", "-q", "--format", "json"] + parts) == whole)
    #expect(whole.output.contains("longer than 2097152 bytes"))
  }

  @Test("A plan is the same wherever the archives are mounted, and its units tell namesakes apart")
  func mounts() async throws {
    for machine in ["1", "2"] {
      for (name, line) in [("a", Events.powershellTo4444), ("b", Events.curlTo8088)] {
        try folder.write(line, to: "\(machine)/\(name)/night.jsonl")
      }
    }
    func plan(_ machine: String) async throws -> Program.Outcome {
      try await Program.run("plan", folder.path + "/\(machine)/a", folder.path + "/\(machine)/b")
    }
    let one = try await plan("1")
    #expect(try await plan("2") == one)
    let file = try folder.write(one.output, to: "plan")
    var parts: [String] = []
    for (machine, unit) in [("1", "1"), ("2", "2")] {
      let part = folder.path + "/\(unit).partial"
      let outcome = try await Program.run(
        "map", "--plan", file, "--unit", unit, "--output", part, folder.path + "/\(machine)/b",
        folder.path + "/\(machine)/a/")
      #expect(outcome == .init(status: .exited(0), output: "", complaints: ""))
      parts.append(part)
    }
    let whole = try await Program.run(
      "hunt", folder.path + "/1/a", folder.path + "/1/b", "-q", "--format", "json")
    #expect(try await Program.run(["reduce", "-q", "--format", "json"] + parts) == whole)
  }

  @Test("A file name may hold anything")
  func names() async throws {
    let outcome = try await Program.shell(
      #"""
      mkdir "$1/in" && cd "$1/in" && printf '%s' "$2" | tee "$(printf 'tab\tline\nback\\slash\351.jsonl')" \
        "$(printf 'e\314\201\r.jsonl')" >/dev/null && cd .. &&
        "$0" plan in --output plan && "$0" map --plan plan in --output part && "$0" reduce part -q --format json
      """#, folder.path, Events.powershellTo4444)
    #expect(outcome.status == .exited(0))
    let whole = try await Program.run("hunt", folder.path + "/in", "-q", "--format", "json")
    #expect(outcome == whole)
  }

  @Test("A unit reads its own bytes and no others")
  func ownBytes() async throws {
    let frames = try Self.frames(of: Self.manyLines)
    let bytes = Array(frames.joined())
    let archive = try folder.write(bytes, to: "night.jsonl.zst")
    let plan = try await plan(archive, "--target", "1")
    #expect(try units(plan) > 3)
    let expected = try self.bytes(try await map(plan, archive, "--unit", "2"))
    // What is elsewhere may be anything: this machine has only the second unit.
    let lines = String(decoding: try self.bytes(plan), as: UTF8.self).split(separator: "\n")
    let fields = try #require(lines.first { $0.hasPrefix("unit\t2\t") }).split(separator: "\t")
    let (start, end) = (try #require(Int(fields[5])), try #require(Int(fields[6])))
    let own = bytes[start..<end]
    let sparse = bytes.indices.map { (start..<end).contains($0) ? bytes[$0] : 0 }
    try folder.write(sparse, to: "sparse/night.jsonl.zst")
    let part = try await map(plan, folder.path + "/sparse", "--unit", "2")
    #expect(try self.bytes(part) == expected)
    // And an object store gives these bytes alone.
    let range = try folder.write(Array(own), to: "range")
    let piped = try await Program.shell(
      #""$0" map --plan "$1" --unit 2 - <"$2" >"$3""#, plan, range, folder.path + "/piped")
    #expect(piped == .init(status: .exited(0), output: "", complaints: ""))
    #expect(try self.bytes(folder.path + "/piped") == expected)
    let short = try await Program.shell(
      #"head -c 100 "$2" | "$0" map --plan "$1" --unit 2 - --on-bad fail"#, plan, range)
    #expect(short.status == .exited(66))
    #expect(short.complaints.contains("standard input holds 100 bytes of \(end - start)"))
  }

  @Test("Standard input has a name, planned or read")
  func namedStream() async throws {
    let archive = try folder.write(
      Array(try Self.frames(of: Self.manyLines).joined()), to: "night.jsonl.zst")
    let planned = try await Program.shell(
      #""$0" plan - --name night.jsonl.zst --target 1 <"$1""#, archive)
    let expected = try await bytes(plan(archive, "--target", "1"))
    #expect(planned.output == String(decoding: expected, as: UTF8.self))
    let read = try await Program.shell(
      #"""
      "$0" map - --name night.jsonl.zst <"$1" >"$1.partial" && "$0" reduce "$1.partial" -q --format json
      """#, archive)
    #expect(try await Program.run("hunt", archive, "-q", "--format", "json") == read)
  }

  @Test(
    "A unit that changed since the plan is refused, whatever its size",
    arguments: ["8088", "80880"])
  func changed(port: String) async throws {
    let archive = try folder.write(Events.powershellTo4444, to: "night.jsonl")
    let plan = try await plan(archive)
    try folder.write(Events.powershellTo4444.replacing("4444", with: port), to: "night.jsonl")
    let outcome = try await Program.run("map", "--plan", plan, archive)
    #expect(outcome.status == .exited(65))
    #expect(outcome.complaints.contains("is not what it was when the plan was made"))
  }

  @Test("An archive that is missing or cannot be opened is in the partial, unless that is to fail")
  func missing() async throws {
    try folder.write(Events.powershellTo4444, to: "in/a.jsonl")
    try folder.write(Self.manyLines, to: "in/b.jsonl")
    let archives = folder.path + "/in"
    let plan = try await plan(archives, "--target", "1M")
    _ = try await Program.shell(
      #"mv "$1/b.jsonl" "$1/../b.jsonl"; echo note >"$1/c.txt""#, archives)
    let failing = try await Program.run("map", "--plan", plan, archives, "--on-bad", "fail")
    #expect(failing.status == .exited(66))
    let gone = try await map(plan, archives)
    let reduced = try await Program.run("reduce", gone, "-q", "--format", "json")
    #expect(reduced.status == .exited(2))
    #expect(reduced.output.contains("no such file or folder"))
    #expect(reduced.complaints.contains("b.jsonl: error: no such file"))
    // Gone on one machine only: what was read before it counts, as of a damaged one.
    let first = try await map(plan, archives, "--unit", "1")
    _ = try await Program.shell(#"mv "$1/../b.jsonl" "$1""#, archives)
    let second = try await map(plan, archives, "--unit", "2")
    _ = try await Program.shell(#"mv "$1/b.jsonl" "$1/../b.jsonl""#, archives)
    let rest = try await map(plan, archives, "--unit", "3-\(units(plan))")
    let partial = try await Program.run("reduce", rest, first, second, "--format", "json")
    #expect(partial.status == .exited(2))
    #expect(
      partial.output.contains("cannot be read: no such file")
        || partial.output.contains("no such file"))
    #expect(partial.output.contains("WS3"))
    let root = try await Program.run("map", "--plan", plan, archives + "-not-mounted")
    #expect(root.status == .exited(66))
  }

  @Test("What is damaged is in the partial, and is no failure of map unless it is to be one")
  func damageIsData() async throws {
    try folder.write(Events.powershellTo4444, to: "a/whole.jsonl")
    try folder.write([0x28, 0xB5, 0x2F, 0xFD], to: "a/cut.jsonl.zst")
    try folder.write("{}", to: "a/note.txt.part")
    let part = folder.path + "/part"
    let mapped = try await Program.run("map", folder.path + "/a", "--output", part)
    #expect(mapped.status == .exited(0))
    #expect(mapped.complaints.contains("cut.jsonl.zst: damaged at byte"))
    let hunted = try await Program.run("hunt", folder.path + "/a", "-q", "--format", "json")
    #expect(try await Program.run("reduce", part, "-q", "--format", "json") == hunted)
    #expect(hunted.status == .exited(2))
    let plan = try await plan(folder.path + "/a")
    let parts = try await map(plan, folder.path + "/a", shards: 3)
    #expect(try await Program.run(["reduce", "-q", "--format", "json"] + parts) == hunted)
    let failing = try await Program.run("map", folder.path + "/a", "--on-bad", "fail")
    #expect(failing.status == .exited(65))
  }

  @Test("An archive in two partials is refused")
  func overlaps() async throws {
    try folder.write(Events.powershellTo4444, to: "a/1.jsonl")
    try folder.write(Events.curlTo8088, to: "a/2.jsonl")
    let (whole, half) = (folder.path + "/whole", folder.path + "/half")
    _ = try await Program.run("map", folder.path + "/a", "--output", whole)
    _ = try await Program.run("map", folder.path + "/a/2.jsonl", "--output", half)
    let twice = try await Program.run("reduce", whole, whole)
    #expect(twice.status == .exited(65))
    #expect(twice.complaints.contains("holds unit 1, which is in \(whole) as well"))
    let both = try await Program.run("reduce", whole, half)
    #expect(both.status == .exited(65))
    #expect(both.complaints.contains("holds 2.jsonl, which is in"))
    let merged = try await Program.run("reduce", "--partial", whole, half)
    #expect(merged.status == .exited(65))
  }

  @Test("Partials of several plans make one report")
  func severalPlans() async throws {
    let one = try folder.write(Events.powershellTo4444, to: "a/1.jsonl")
    let two = try folder.write(Events.curlTo8088, to: "b/2.jsonl")
    let parts = [folder.path + "/1", folder.path + "/2"]
    _ = try await Program.run("map", one, "--output", parts[0])
    _ = try await Program.run("map", two, "--output", parts[1])
    let both = folder.path + "/both"
    let whole = try await Program.run("hunt", one, two, "-q", "--format", "json")
    #expect(try await Program.run(["reduce", "-q", "--format", "json"] + parts) == whole)
    _ = try await Program.run(["reduce", "--partial", "--output", both] + parts)
    #expect(try await Program.run("reduce", both, "-q", "--format", "json") == whole)
  }

  @Test("A ledger that partials were imported into answers as one that has read the archives")
  func ledgerImport() async throws {
    let plan = try await plan(LedgerRunTests.samples, "--target", "4K")
    let parts = try await map(plan, LedgerRunTests.samples, shards: 3)
    let (read, imported) = (folder.path + "/read.ledger", folder.path + "/imported.ledger")
    _ = try await Program.run("ledger", "add", LedgerRunTests.samples, "--ledger", read)
    let some = try await Program.run("ledger", "import", imported, parts[0])
    #expect(some.status == .exited(69))
    let outcome = try await Program.run(["ledger", "import", imported] + parts)
    #expect(outcome.status == .exited(0), "\(outcome.complaints)")
    #expect(outcome.output.hasSuffix("known 0, refused 0\n"))
    for ask in [["hunt", "-q"], ["sweep", "--port", "8088"], ["hunt", "--window", "1d"]] {
      let expected = try await Program.run(ask + ["--ledger", read, "--format", "json"])
      #expect(
        try await Program.run(ask + ["--ledger", imported, "--format", "json"]) == expected)
      #expect(expected.output.contains("findings"))
    }
    for table in ["archives", "connections", "processes"] {
      let expected = try await Program.run("ledger", "export", read, table)
      func rows(_ outcome: Program.Outcome) -> [Substring] {
        outcome.output.split(separator: "\n").sorted()
      }
      let exported = try await Program.run("ledger", "export", imported, table)
      #expect(rows(exported).count == rows(expected).count)
    }
    let again = try await Program.run(["ledger", "import", imported] + parts)
    #expect(again.output.hasPrefix("imported 0, known "))
    // Nor are they read again.
    let added = try await Program.run(
      "hunt", LedgerRunTests.samples, "--ledger", imported, "-q", "--format", "json")
    let whole = try await Program.run("hunt", "--ledger", read, "-q", "--format", "json")
    #expect(added.output == whole.output)
  }

  @Test("An archive that may have grown out of a known one is named and not imported")
  func ledgerImportOfGrown() async throws {
    let night = try folder.write(Events.powershellTo4444, to: "night.jsonl")
    let (ledger, part) = (folder.path + "/ledger", folder.path + "/part")
    _ = try await Program.run("ledger", "add", night, "--ledger", ledger)
    _ = try folder.write(Events.powershellTo4444 + Events.curlTo8088, to: "night.jsonl")
    _ = try await Program.run("map", night, "--output", part)
    let outcome = try await Program.run("ledger", "import", ledger, part)
    #expect(outcome.status == .exited(2))
    #expect(outcome.output == "imported 0, known 0, refused 1\n")
    #expect(outcome.complaints.contains("night.jsonl: is not imported"))
    _ = try await Program.run("map", night, "--from", "2020-01-01", "--output", part)
    #expect(try await Program.run("ledger", "import", ledger, part).status == .exited(64))
  }

  @Test("A job may tell plan, map and reduce alike, and what differs from the plan is refused")
  func jobs() async throws {
    let archive = try folder.write(Events.powershellTo4444, to: "night.jsonl")
    let job = try folder.write("time: utc\nparity: tuned\nfail-on: high\n", to: "job.yaml")
    let plan = try await plan(archive, "--job", job)
    let part = try await map(plan, archive, "--job", job)
    #expect(try await Program.run("reduce", part, "--job", job).status == .exited(1))
    let other = try await self.plan(archive)
    let mapped = try await Program.run("map", "--plan", other, archive, "--job", job)
    #expect(mapped.status == .exited(64))
    #expect(mapped.complaints.contains("the plan was made with time record, and the job says utc"))
    let given = try await Program.run("map", "--plan", other, archive, "--time", "utc")
    #expect(given.status == .exited(64))
    let reduced = try await Program.run("reduce", try await map(other, archive), "--job", job)
    #expect(reduced.complaints.contains("it was read with time record, and the job says utc"))
  }

  @Test("Parts are the same bytes whatever the workers and chunks")
  func sameBytes() async throws {
    let plan = try await plan(LedgerRunTests.samples, "--target", "4K")
    let first = try await bytes(map(plan, LedgerRunTests.samples, "--workers", "1"))
    for arguments in [["--workers", "4", "--chunk-size", "64K"], ["--workers", "2"]] {
      let part = folder.path + "/again"
      _ = try await Program.run(
        ["map", "--plan", plan, LedgerRunTests.samples, "--output", part] + arguments)
      #expect(try bytes(part) == first)
    }
  }

  /// glibc overwrites memory that is given back: whoever still reads it reads something else.
  @Test("Nothing is read from memory that was given back", arguments: ["85", "170"])
  func freedMemory(pattern: String) async throws {
    let one = folder.path + "/one"
    _ = try await Program.run("map", LedgerRunTests.samples, "--output", one)
    let outcome = try await Program.shell(
      #"MALLOC_PERTURB_=$3 "$0" map "$1" --output "$2""#, LedgerRunTests.samples,
      folder.path + "/perturbed", pattern)
    #expect(outcome == .init(status: .exited(0), output: "", complaints: ""))
    #expect(try bytes(folder.path + "/perturbed") == bytes(one))
  }

  @Test("Units that are missing, there twice, of another plan or read otherwise are named")
  func misfits() async throws {
    let plan = try await plan(LedgerRunTests.samples)
    let parts = try await map(plan, LedgerRunTests.samples, shards: 3)
    let missing = try await Program.run("reduce", parts[0], parts[2])
    #expect(missing.status == .exited(69))
    #expect(missing.complaints.contains("are missing: "))
    #expect(missing.complaints.contains("oddport map --plan PLAN --unit "))
    let named = try await Program.run("reduce", parts[0], parts[2], "--expect", plan)
    #expect(named.status == .exited(69))
    #expect(named.complaints.contains(".jsonl.zst, bytes 0 to"))
    let twice = try await Program.run("reduce", parts[0], parts[1], parts[2], parts[1])
    #expect(twice.status == .exited(65))
    #expect(twice.complaints.contains("which is in \(parts[1]) as well"))
    let other = try await self.plan(LedgerRunTests.samples, "--time", "utc")
    let otherwise = try await map(other, LedgerRunTests.samples, "--unit", "1")
    let mixed = try await Program.run("reduce", otherwise, parts[0])
    #expect(mixed.complaints.contains("was read with time record, and"))
    let archive = try folder.write(Events.powershellTo4444, to: "night.jsonl")
    let foreign = folder.path + "/foreign"
    _ = try await Program.run("map", archive, "--output", foreign)
    let different = try await Program.run("reduce", parts[0], foreign)
    #expect(different.status == .exited(65))
    #expect(different.complaints.contains("are of different plans"))
    let expected = try await Program.run("reduce", foreign, "--expect", other)
    #expect(expected.status == .exited(65))
    #expect(expected.complaints.contains("is not the one that is expected"))
  }

  @Test("A damaged or foreign plan is refused")
  func planRefusals() async throws {
    let archive = try folder.write(Events.powershellTo4444, to: "night.jsonl")
    let plan = try bytes(try await plan(archive))
    for at in stride(from: 0, to: plan.count, by: 7) {
      var changed = plan
      changed[at] ^= 1
      let file = try folder.write(changed, to: "changed")
      #expect(try await Program.run("map", "--plan", file, archive).status == .exited(65))
    }
    let cut = try folder.write(Array(plan.dropLast(80)), to: "cut")
    #expect(try await Program.run("map", "--plan", cut, archive).status == .exited(65))
    #expect(
      try await Program.run("map", "--plan", folder.path + "/none", archive).status == .exited(66))
  }

  @Test("A damaged or foreign file is refused")
  func refusals() async throws {
    let archive = try folder.write(Events.powershellTo4444, to: "night.jsonl")
    let part = folder.path + "/part"
    _ = try await Program.run("map", archive, "--output", part)
    let bytes = try bytes(part)
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

  @Test(
    "What cannot be meant is refused",
    arguments: [
      ["map", "in", "--shard", "1/2"], ["map", "in", "--unit", "1"], ["plan", "-"],
      ["map", "in", "--name", "x"], ["map", "--plan", "p", "in", "--unit", "2-1"],
      ["reduce", "part", "--output", "x"], ["reduce", "--partial", "part", "--parity", "strict"],
      ["plan", "in", "--chunk-size", "1M"], ["plan", "in", "--target", "0"],
    ])
  func usage(arguments: [String]) async throws {
    let outcome = try await Program.shell(
      #"cd "$1"; shift; mkdir in; touch part p; exec "$0" "$@""#,
      arguments: [folder.path] + arguments)
    #expect(outcome.status == .exited(64), "\(outcome)")
  }
}
