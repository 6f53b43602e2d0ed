import Foundation
import Subprocess
import Testing

/// Suites that plan, map and reduce in a folder of their own.
protocol MapReduceSuite {
  var folder: TemporaryFolder { get }
}

extension MapReduceSuite {
  func plan(_ archive: String, _ arguments: String...) async throws -> String {
    let plan = folder.path + "/work.plan"
    let outcome = try await Program.run(["plan", archive, "--output", plan] + arguments)
    #expect(outcome == .init(status: .exited(0), output: "", complaints: ""))
    return plan
  }

  func map(_ plan: String, _ archive: String, _ arguments: String...) async throws -> String {
    let part = folder.path + "/" + UUID().uuidString
    let outcome = try await Program.run(
      ["map", "--plan", plan, archive, "--output", part] + arguments)
    #expect(outcome.status == .exited(0), "\(outcome.complaints)")
    return part
  }

  func map(_ plan: String, _ archive: String, shards: Int) async throws -> [String] {
    var parts: [String] = []
    for shard in 1...shards {
      parts.append(try await map(plan, archive, "--shard", "\(shard)/\(shards)", "--workers", "1"))
    }
    return parts
  }

  func bytes(_ path: String) throws -> [UInt8] {
    Array(try #require(FileManager.default.contents(atPath: path)))
  }

  /// How many lines of a plan are units.
  func units(_ plan: String) throws -> Int {
    String(decoding: try bytes(plan), as: UTF8.self).split(separator: "\n")
      .count { $0.hasPrefix("unit\t") }
  }
}
