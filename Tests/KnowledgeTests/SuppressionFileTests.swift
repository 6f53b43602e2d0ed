import Diagnostics
import Facts
import Foundation
import Knowledge
import Testing

@Suite struct SuppressionFileTests {
  static func file(_ text: String) throws -> SuppressionFile {
    try SuppressionFile(text, file: "known.yaml")
  }

  @Test("A suppression holds what was written")
  func reads() throws {
    let rule = try #require(
      try Self.file(
        """
        suppressions:
          - name: tests
            reason: Agreed on.
            owner: red team
            expires: 2024-06-01
            match:
              host: [WS-*, LAB-?]
              address: 10.0.0.0/8
              port: [4444, 8000-8100/tcp]
        """
      ).suppressions.first)
    #expect(rule.name == "tests")
    #expect(rule.expires?.iso8601 == "2024-06-01T00:00:00Z")
    #expect(rule.hosts.map(\.text) == ["WS-*", "LAB-?"])
    #expect(rule.addresses.map(\.description) == ["10.0.0.0/8"])
    #expect(rule.ports.map(\.description) == ["4444", "8000-8100/tcp"])
  }

  @Test(
    "What is wrong is named with its line",
    arguments: [
      ("suppresions: []", 1, "unknown key 'suppresions'"),
      ("suppressions:\n  - name: a", 2, "a suppression without reason"),
      (
        "suppressions:\n  - {name: a, reason: b, owner: c, expires: soon, match: {port: 1}}", 2,
        "expires: 'soon' is not a day"
      ),
      (
        "suppressions:\n  - {name: a, reason: b, owner: c, expires: never, match: {prot: 1}}", 2,
        "unknown key 'prot'"
      ),
      (
        "suppressions:\n  - {name: a, reason: b, owner: c, expires: never, match: {}}", 2,
        "a suppression that would hide everything"
      ),
      (
        "suppressions:\n  - {name: a, reason: b, owner: c, expires: never, match: {port: 0}}", 2,
        "port: '0' is not a port"
      ),
      (
        "suppressions:\n  - {name: a, reason: b, owner: c, expires: never, match: {port: []}}", 2,
        "port: an empty list"
      ),
      (
        "suppressions:\n  - name: a\n    reason: b\n    owner: c\n    expires: never\n"
          + "    match:\n      address: 10.0.0.1/8",
        7, "address: '10.0.0.1/8' is neither an address nor a network"
      ),
    ])
  func refuses(text: String, line: Int, message: String) throws {
    let error = #expect(throws: JobFileError.self) { try Self.file(text) }
    #expect(error?.diagnostic.location?.line == line)
    #expect(error?.diagnostic.message == message)
  }

  @Test("The shipped examples can be read, and so can a file without any")
  func examples() throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "jobs/suppressions.example.yaml").path
    #expect(try SuppressionFile(reading: path).suppressions.count == 6)
    #expect(try Self.file("suppressions:\n").suppressions.isEmpty)
  }

  @Test(
    "Wildcards",
    arguments: [
      ("*", "anything", true), ("", "", true), ("*", "", true), ("a*c", "abcbc", true),
      ("a*c", "abcb", false), ("?", "", false), ("WS-?", "ws-1", true), ("WS-?", "ws-12", false),
      ("*.exe", "x.EXE", true), ("a**b", "ab", true), ("a[*]", "a*", true), ("a[*]", "ab", false),
      ("[?]", "?", true), ("[?]", "x", false), ("[[]*", "[x", true), ("[a]", "[A]", true),
      ("[*", "[x", true), ("Ä?", "äö", true),
    ])
  func wildcards(pattern: String, text: String, fits: Bool) {
    #expect(Wildcard(pattern).matches(text) == fits)
  }

  @Test("An escaped value fits itself and nothing else")
  func escaping() {
    let letters = ["", "[", "]", "*", "?", "a", "\\"]
    let values = letters.flatMap { one in
      letters.flatMap { two in letters.map { one + two + $0 } }
    }
    for value in values {
      let pattern = Wildcard(Wildcard.escaped(value))
      #expect(Set(values.filter { pattern.matches($0) }) == [value])
    }
  }

  @Test("A pattern without a path is the program's own name")
  func paths() {
    #expect(Wildcard("cmd.exe").matches(path: #"C:\Windows\System32\cmd.exe"#))
    #expect(!Wildcard("cmd.exe").matches(path: #"C:\Temp\notcmd.exe"#))
    #expect(Wildcard(#"C:\Windows\*"#).matches(path: #"c:\windows\system32\cmd.exe"#))
    #expect(Wildcard("curl").matches(path: "/usr/bin/curl"))
  }
}
