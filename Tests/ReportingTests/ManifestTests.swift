import Knowledge
import Reporting
import Testing

@Suite struct ManifestTests {
  static let manifest = Manifest(
    version: "1.0.0", command: "hunt", parity: .seed, settings: ["time": "record", "ports": [444]],
    inputs: SampleReports.mixed.coverage.archives.reversed().map { Manifest.File($0) },
    outputs: [
      Manifest.File(OutputFile(name: "report.json", bytes: Array("abc".utf8)))
    ])

  @Test("A manifest names every file by content, in an order of its own")
  func rendering() {
    let text = String(decoding: Self.manifest.rendered(), as: UTF8.self)
    #expect(text.contains(#""schema": "oddport.manifest/1""#))
    // As sha256sum gives them for {"ports":[444],"time":"record"} and for abc.
    #expect(
      text.contains(
        #""settings_sha256": "f307ef171364c301dc58aa392125984847919e7600bab3546b75bfb117cc43e6""#
      ))
    #expect(
      text.contains(
        #""sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad""#))
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
