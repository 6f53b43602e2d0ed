import Knowledge
import Reporting
import Testing

@Suite struct ManifestTests {
  static let manifest = Manifest(
    version: "1.0.0", command: "hunt", parity: .seed, settings: ["time": "record", "ports": [444]],
    inputs: SampleReports.mixed.coverage.archives.reversed().map { Manifest.File($0) },
    outputs: [
      Manifest.File(OutputFile(name: "report.json", bytes: [1, 2]), hash: { "\($0.count)bytes" })
    ])

  @Test("A manifest names every file by content, in an order of its own")
  func rendering() {
    let text = String(
      decoding: Self.manifest.rendered { String(decoding: $0, as: UTF8.self) }, as: UTF8.self)
    #expect(text.contains(#""schema": "oddport.manifest/1""#))
    #expect(text.contains(#""settings_sha256": "{\"ports\":[444],\"time\":\"record\"}""#))
    #expect(text.contains(#""sha256": "2bytes""#))
    let names = text.split(separator: "\n").filter { $0.contains("\"name\"") }
    #expect(
      names.map { $0.filter { $0 != " " } } == [
        #""name":"copy-of-night-01.jsonl.zst","#, #""name":"night-01.jsonl.zst","#,
        #""name":"night-02.jsonl.zst","#, #""name":"night-03.jsonl.zst","#,
        #""name":"report.json","#,
      ])
    #expect(text.hasSuffix("}\n"))
  }
}
