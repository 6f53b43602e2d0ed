import Subprocess
import Testing

/// What a feed says, and that it says the same in another form.
@Suite struct IntelRunTests {
  static let shipped = LedgerRunTests.root + "/intel/t1571.csv"
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("A feed that was converted to CSV is the same feed")
  func csv() async throws {
    let once = try await Program.run("intel", "convert", "--to", "csv", Self.shipped)
    let copy = try folder.write(once.output, to: "copy.csv")
    let twice = try await Program.run("intel", "convert", "--to", "csv", copy)
    #expect(once.status == .exited(0))
    #expect(once.output == twice.output)
    let check = try await Program.run("intel", "check", copy)
    #expect(check.status == .exited(0))
  }

  @Test("A plain list keeps ports, addresses and labels, and says what it has no place for")
  func list() async throws {
    let feed = try folder.write(
      """
      port,protocol,address,direction,actor
      6666,tcp,,callback,"Some, body #1"
      ,,198.51.100.0/24,callback,
      99,,2001:db8::1,callback,
      5190,tcp,,listener,DarkVishnya

      """, to: "feed.csv")
    let outcome = try await Program.run("intel", "convert", "--to", "list", feed)
    #expect(
      outcome.output == "6666/tcp,Some; body 1\n198.51.100.0/24\n[2001:db8::1]:99\n")
    #expect(outcome.complaints.hasPrefix("1 left out"))
    let list = try folder.write(outcome.output, to: "list.txt")
    let check = try await Program.run("intel", "check", list)
    #expect(check.output.hasPrefix("list.txt: plain list, 3 taken, 0 refused"))
  }
}
