import Facts
import Foundation
import Telemetry
import Testing

/// Exports join the keys of nested objects by dots: `process.parent.executable`.
@Suite struct JoinedKeyTests {
  private static func joined(_ object: [String: Any], _ prefix: String = "") -> [String: Any] {
    object.reduce(into: [:]) { fields, member in
      if let inner = member.value as? [String: Any], !inner.isEmpty {
        fields.merge(joined(inner, prefix + member.key + ".")) { first, _ in first }
      } else {
        fields[prefix + member.key] = member.value
      }
    }
  }

  private static func joined(_ line: String) throws -> String {
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    let data = try JSONSerialization.data(
      withJSONObject: joined(#require(object)), options: .sortedKeys)
    return String(decoding: data, as: UTF8.self)
  }

  /// Wazuh's doubled backslashes are known by its nesting, and values at their type by theirs.
  private static let lines =
    (Shapes.catalogue.map { ($0.name, $0.line) } + Shapes.all.map { ($0.name, $0.sample) })
    .filter { name, line in !["wazuh", "typed_values"].contains(name) && line.first == "{" }

  @Test("Every form means the same with joined keys", arguments: lines)
  func same(name: String, line: String) throws {
    let (before, after) = (ShapeTests.table(line), try ShapeTests.table(Self.joined(line)))
    #expect(after.keys.count == before.keys.count)
    for (a, b) in zip(before.keys, after.keys) {
      for field in [\ConnectionKey.host, \.image, \.user, \.parent, \.address, \.port] {
        #expect(before.texts[a[keyPath: field]] == after.texts[b[keyPath: field]])
      }
      #expect(a.direction == b.direction && a.day == b.day)
    }
    #expect(after.processes.count == before.processes.count)
    for (key, a) in before.processes {
      let b = try #require(after.processes.values.first)
      for field in [\ProcessFact.image, \.parent, \.user, \.originalFileName, \.commandLine] {
        #expect(before.texts[a[keyPath: field]] == after.texts[b[keyPath: field]])
      }
      #expect(after.processes.keys.first?.process == key.process || key.process.text != nil)
    }
    #expect(after.registryChanges.count == before.registryChanges.count)
  }

  @Test("What is said of the parent is not said of the process")
  func parent() throws {
    let line =
      #"{"@timestamp":"2024-05-01T10:00:01.376Z","event":{"code":"1","provider":"Microsoft-Windows-Sysmon","created":"2024-05-01T10:00:01.376Z"},"winlog":{"channel":"Microsoft-Windows-Sysmon/Operational","computer_name":"WS01","event_id":"1"},"process":{"entity_id":"{11111111-2222-3333-4444-555555555555}","executable":"C:\\x.exe","parent":{"executable":"C:\\w.exe","pe":{"original_file_name":"W.EXE"},"image":"w.exe","hashes":"MD5=00","integrity_level":"High","user":"bob"}}}"#
    for line in [line, try Self.joined(line)] {
      let table = ShapeTests.table(line)
      let fact = try #require(table.processes.values.first)
      #expect(table.texts[fact.image] == #"C:\x.exe"#)
      #expect(table.texts[fact.parent] == #"C:\w.exe"#)
      #expect(fact.originalFileName == .none && fact.user == .none)
      #expect(fact.details.hashes == .none && fact.details.integrityLevel == .none)
    }
  }
}
