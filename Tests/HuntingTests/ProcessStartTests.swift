import Facts
import Hunting
import Knowledge
import Testing

/// Which start a connection's process is given.
@Suite struct ProcessStartTests {
  private static let guid = ProcessGuid(high: 1, low: 2)

  private static func parent(
    startedOn hosts: [String], as image: String, connectingOn host: String, parity: Parity,
    source: Source = .windowsSysmon
  ) -> String? {
    var facts = FactTable()
    for name in hosts {
      var start = ProcessStart()
      start.host = facts.texts.intern(name)
      start.process = guid
      start.image = facts.texts.intern(image)
      start.parent = facts.texts.intern(#"C:\winword.exe"#)
      facts.absorb(start)
    }
    var connection = Connection(place: Place(archive: 0, line: 1, offset: 0))
    connection.host = facts.texts.intern(host)
    connection.image = facts.texts.intern(#"C:\Windows\powershell.exe"#)
    connection.process = guid
    connection.source = source
    connection.port = facts.texts.intern("4444")
    facts.absorb(connection)
    return hunt(facts, by: HuntRules(parity: parity)).findings.first?.parentImage
  }

  @Test(
    "Under tuned a host spelled otherwise finds its own starts, if only one host fits",
    arguments: [
      (["WS01"], "ws01.example.test", true), (["ws01.EXAMPLE.test"], "WS01", true),
      (["WS01.example.test"], "ws01.example.test", true), (["WS011"], "WS01", false),
      (["WS01.a.test", "WS01.b.test"], "WS01", false), (["WS01.a.test"], "WS01.b.test", false),
    ])
  func spellings(hosts: [String], host: String, joins: Bool) {
    let image = #"C:\Windows\powershell.exe"#
    let found = Self.parent(
      startedOn: hosts, as: image, connectingOn: host, parity: .tuned)
    #expect(found == (joins ? #"C:\winword.exe"# : ""))
    #expect(
      Self.parent(startedOn: hosts, as: image, connectingOn: host, parity: .seed) == "")
  }

  @Test(
    "A process with the same ProcessGuid and another image lends no parent",
    arguments: [
      (#"c:\windows\PowerShell.exe"#, true), (#"C:\Windows\cmd.exe"#, false), ("", true),
      ("<unknown process>", true),
    ])
  func sharedGuids(image: String, joins: Bool) {
    for (parity, source) in [(Parity.seed, Source.linuxSysmon), (.tuned, .windowsSysmon)] {
      let found = Self.parent(
        startedOn: ["WS01"], as: image, connectingOn: "WS01", parity: parity, source: source)
      #expect(found == (joins ? #"C:\winword.exe"# : ""))
    }
  }
}
