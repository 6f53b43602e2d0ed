import Foundation
import SampleNights
import Subprocess
import Testing

/// Parts of a hunt, by any machines in any order, give its bytes.
@Suite struct MapReduceTests: MapReduceSuite {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

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
    let lines = try folder.write(Events.manyLines, to: "night.jsonl")
    #expect(try await isSameForAllTrees(lines, target: "700K"))
  }

  @Test("So do frames, whole or damaged", arguments: [nil, 0.1, 0.5, 0.97])
  func damagedPieces(at damage: Double?) async throws {
    var bytes = Array(try Self.frames(of: Events.manyLines).joined())
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
    let frames = try Self.frames(of: Events.manyLines)
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
      Array(try Self.frames(of: Events.manyLines).joined()), to: "night.jsonl.zst")
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
}
