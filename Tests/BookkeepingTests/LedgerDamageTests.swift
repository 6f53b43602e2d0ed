import Archives
import Bookkeeping
import Facts
import Foundation
import Hunting
import Knowledge
import Scanning
import Testing

/// Whatever has become of the file, asking it ends with an answer or with an error that says what is wrong.
@Suite final class LedgerDamageTests {
  let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
  var path: String { folder + "/nights.ledger" }
  var damaged: String { folder + "/damaged.ledger" }

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func make() async throws -> [UInt8] {
    try await LedgerTests.add(
      [LedgerTests.days[0]], to: Ledger(path, for: .adding(["time": "record"])))
    return try Array(Data(contentsOf: URL(filePath: path)))
  }

  /// Asks everything there is to ask.
  ///
  /// - Returns: What the check says, and whether everything else gave an answer.
  private func ask(_ bytes: [UInt8]) async throws -> (problems: [String], isAnswered: Bool) {
    try Data(bytes).write(to: URL(filePath: damaged))
    for more in ["-wal", "-shm", "-journal"] {
      try? FileManager.default.removeItem(atPath: damaged + more)
    }
    var isAnswered = true
    do {
      let ledger = try Ledger(damaged, for: .asking)
      let recalled = try await ledger.recall(.hunt(), workers: 2)
      var verdict = hunt(
        recalled.scan.facts, by: HuntRules(parity: .tuned), totals: recalled.totals,
        groups: recalled.groups)
      _ = try await ledger.recall(RecallPlan { _ in true }, workers: 2)
      _ = try ledger.status()
      _ = try ledger.knownArchives()
      _ = try ledger.outdated()
      _ = try ledger.keepNews(in: &verdict)
    } catch {
      isAnswered = false
    }
    do {
      return (try Ledger.problems(of: damaged), isAnswered)
    } catch LedgerError.newer {
      return (["newer"], isAnswered)
    }
  }

  @Test("Any byte that is not what was written is found, wherever it lies")
  func flips() async throws {
    let bytes = try await make()
    #expect(try await ask(bytes) == ([], true))
    let steps =
      Array(stride(from: 0, to: 100, by: 3)) + Array(stride(from: 100, to: bytes.count, by: 1571))
    for (number, at) in steps.enumerated() {
      var flipped = bytes
      flipped[at] ^= [0x01, 0x80, 0xFF, 0x20][number % 4]
      let (problems, _) = try await ask(flipped)
      #expect(!problems.isEmpty, "byte \(at) of \(bytes.count)")
    }
  }

  @Test("What is damaged is named: the page, the table, and whose facts they are")
  func places() async throws {
    let bytes = try await make()
    let archives = try await Ledger(path, for: .asking).recall(RecallPlan { _ in true }, workers: 2)
      .scan.archives
    var named: Set<String> = []
    for page in 1..<bytes.count / 4096 {
      var flipped = bytes
      flipped[page * 4096 + 4000] ^= 1
      let (problems, _) = try await ask(flipped)
      #expect(
        problems.first
          == "page \(page + 1) of \(bytes.count / 4096) has been altered since it was written")
      named.formUnion(problems.dropFirst().filter { $0.contains("damaged") })
    }
    for table in ["archive", "text", "connection_total"] {
      #expect(
        named.contains("\(table) is damaged")
          || named.contains { $0.hasPrefix("\(table) is damaged in") })
    }
    #expect(
      archives.contains { named.contains("connection is damaged in archive \($0.sha256)") })
  }

  @Test("What follows the last page is not part of a ledger")
  func trailingBytes() async throws {
    let bytes = try await make()
    #expect(try await ask(bytes + [UInt8](repeating: 7, count: 3 * 4096)) == ([], true))
  }

  @Test("Rows that somebody has changed by other means are found")
  func otherHands() async throws {
    var bytes = try await make()
    let image = Array("powershell".utf8)
    let at = try #require(
      bytes.indices.dropLast(image.count).first { Array(bytes[$0..<$0 + image.count]) == image })
    bytes.replaceSubrange(at..<at + image.count, with: Array("PowerShell".utf8))
    #expect(try await !ask(bytes).problems.isEmpty)
  }

  @Test("A ledger of an earlier version gets checksums when a run writes to it")
  func upgrade() async throws {
    let bytes = try Array(
      Data(
        contentsOf: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
          .appending(path: "OddportTests/Golden/version-1.ledger")))
    try Data(bytes).write(to: URL(filePath: path))
    #expect(!Ledger.hasChecksums(path))
    #expect(try Ledger.problems(of: path).isEmpty)
    let before = try await Ledger(path, for: .asking).recall(RecallPlan { _ in true }, workers: 2)
    #expect(try Array(Data(contentsOf: URL(filePath: path))) == bytes)
    _ = try Ledger(path, for: .upkeep)
    #expect(Ledger.hasChecksums(path))
    #expect(try Ledger.problems(of: path).isEmpty)
    let after = try await Ledger(path, for: .asking).recall(RecallPlan { _ in true }, workers: 2)
    #expect(after.scan.archives == before.scan.archives)
    #expect(after.scan.facts.keys.count == before.scan.facts.keys.count)
    #expect(!after.scan.facts.keys.isEmpty)
    var flipped = try Array(Data(contentsOf: URL(filePath: path)))
    for at in [20, 63, 5000, flipped.count - 1] {
      flipped[at] ^= 1
      #expect(try await !ask(flipped).problems.isEmpty, "byte \(at)")
      flipped[at] ^= 1
    }
  }

  @Test("Cut off anywhere")
  func cuts() async throws {
    let bytes = try await make()
    for at in [0, 1, 15, 16, 99, 100, 511, 4095, 4096, 5000]
      + stride(from: 8192, to: bytes.count, by: 9973)
    {
      let (problems, isAnswered) = try await ask(Array(bytes[..<at]))
      #expect(!problems.isEmpty && !isAnswered, "\(at) of \(bytes.count)")
    }
  }

  @Test("Pages that hold other pages' bytes")
  func swappedPages() async throws {
    let bytes = try await make()
    let pages = bytes.count / 4096
    for page in stride(from: 1, to: pages - 1, by: 3) {
      let next = Array(bytes[(page + 1) * 4096..<(page + 2) * 4096])
      // Those of empty tables are alike.
      guard next != Array(bytes[page * 4096..<(page + 1) * 4096]) else { continue }
      var other = bytes
      other.replaceSubrange(page * 4096..<(page + 1) * 4096, with: next)
      let (problems, _) = try await ask(other)
      #expect(!problems.isEmpty, "page \(page)")
    }
  }
}
