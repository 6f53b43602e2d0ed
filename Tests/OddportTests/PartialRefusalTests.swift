import Foundation
import Subprocess
import Testing

/// Plans, archives and parts that are missing, damaged, changed or of something else.
@Suite struct PartialRefusalTests: MapReduceSuite {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

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
    try folder.write(Events.manyLines, to: "in/b.jsonl")
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
