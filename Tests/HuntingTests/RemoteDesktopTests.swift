import Facts
import Knowledge
import Testing

@testable import Hunting

/// Changes of the port on which Remote Desktop listens.
@Suite struct RemoteDesktopTests {
  @Test(arguments: [
    ("DWORD (0x00008462)", 33_890), ("DWORD (0x00000d3d)", 3389), ("33890", 33_890),
    ("0x8462", 33_890), ("DWORD (33890)", 33_890),
  ]) func reads(details: String, port: Int) { #expect(registryNumber(details) == port) }

  @Test(arguments: [
    "", "Binary Data", "DWORD (0x00000000)", "0x10000", "-1", "+80", "DWORD ()", "0x",
  ])
  func refuses(details: String) { #expect(registryNumber(details) == nil) }

  @Test func aChangeIsFoundWithWhatCameInAfterwards() throws {
    var table = FactTable()
    change(&table, "DWORD (0x00008462)", at: 1000)
    // An accepted connection before the change, on another day, is none of its.
    table.absorb(
      call(&table, at: 1_714_000_000, address: "198.51.100.1", port: "33890", direction: .inbound))
    table.absorb(
      call(
        &table, at: 1_714_558_000 + 2000, address: "198.51.100.77", port: "33890",
        direction: .inbound))
    let found = hunt(table, by: HuntRules(parity: .seed)).remoteDesktopChanges
    let first = try #require(found.first)
    #expect(found.count == 1)
    #expect(first.newPort == 33_890)
    #expect(first.oldPort == nil)
    #expect(!first.isRestored)
    #expect(first.followUp.addresses == ["198.51.100.77"])
    #expect(first.followUp.connectionCount == 1)
  }

  @Test func theChangeBeforeTellsTheOldPort() {
    var table = FactTable()
    change(&table, "DWORD (0x00000d3d)", at: 2000)
    change(&table, "DWORD (0x00008462)", at: 1000)
    change(&table, "DWORD (0x00008462)", at: 1000)
    let found = hunt(table, by: HuntRules(parity: .seed)).remoteDesktopChanges
    #expect(found.map(\.newPort) == [33_890, 3389])
    #expect(found.map(\.oldPort) == [nil, 33_890])
    #expect(found.map(\.isRestored) == [false, true])
  }

  @Test func otherPortNumbersAreNoRemoteDesktop() {
    var table = FactTable()
    change(&table, "DWORD (0x00008462)", at: 1000, target: #"HKLM\SOFTWARE\Thing\PortNumber"#)
    #expect(hunt(table, by: HuntRules(parity: .seed)).remoteDesktopChanges.isEmpty)
  }

  private func change(
    _ table: inout FactTable, _ details: String, at second: Int64,
    target: String =
      #"HKLM\System\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp\PortNumber"#
  ) {
    var change = RegistryChange(place: Place(archive: 0, line: Int(second), offset: Int(second)))
    change.host = table.texts.intern("WS01")
    change.image = table.texts.intern(#"C:\Windows\regedit.exe"#)
    change.user = table.texts.intern("EXAMPLE\\alice")
    change.target = table.texts.intern(target)
    change.details = table.texts.intern(details)
    change.time = UTCTime(milliseconds: (1_714_558_000 + second) * 1000)
    table.absorb(change)
  }
}
