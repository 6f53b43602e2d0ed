import Diagnostics
import Facts
import Knowledge
import Testing

@Suite struct HuntSettingsTests {
  /// All settings, none of them at its default.
  static func changed() throws -> HuntSettings {
    var settings = HuntSettings()
    let values: [String: [String]] = [
      "accept": ["damaged", "passed-over"], "keep": ["7"], "max-age": ["26h"],
      "csv-bom": ["true"], "host": ["WS-*"], "min-severity": ["high"], "since": ["24h"],
      "sort": ["last-seen"], "top": ["5"], "verbose": ["true"],
      "textfile": ["oddport.prom"],
      "archives": ["nights/", "-", "it's \"new\"\\ \u{1B}[0m ü"], "assume-tz": ["-03:30"],
      "check-all": ["true"], "chunk-size": ["1"], "time": ["utc"], "color": ["always"],
      "dedupe": ["true"], "fail-on": ["medium"], "format": ["csv", "json"],
      "from": ["2024-05-01T10:00:00.250+02:00"], "high-risk": ["python3"],
      "host-field": ["agent.name"],
      "intel": ["feed.csv"], "ledger": ["nights.ledger"], "max-line": ["3M"],
      "max-ratio": ["200"], "memory": ["300M"], "max-window": ["128M"], "only-new": ["true"],
      "only-published": ["true"], "out": ["# reports: 1"],
      "parity": ["tuned"], "port": ["6666", "31000-31010/udp"],
      "quiet": ["true"], "sigma": ["rule.yml"], "suppressions": ["known.yaml"],
      "to": ["2024-06-01"],
      "validity": ["apply"], "width": ["132"],
      "weight": ["beacon=40", "rare=0"], "window": ["30d"], "workers": ["3"],
    ]
    for setting in SettingTable.all {
      try settings.set(setting, to: #require(values[setting.name], "\(setting.name)"))
    }
    return settings
  }

  @Test("The canonical job gives back the settings it was made of")
  func roundTrip() throws {
    for settings in [HuntSettings(), try Self.changed()] {
      let job = try JobFile(settings.job(), file: "job.yaml")
      #expect(job.settings == settings)
    }
  }

  @Test("No setting is left out of the canonical job")
  func allKeysAreThere() throws {
    let before = HuntSettings()
    let after = try Self.changed()
    for setting in SettingTable.all {
      #expect(setting.texts(in: before) != setting.texts(in: after))
    }
  }

  @Test("The canonical job is sorted and names neither cores nor paths where none were given")
  func defaults() {
    #expect(
      HuntSettings().job() == """
        check-all: false
        chunk-size: 32M
        color: auto
        csv-bom: false
        dedupe: false
        fail-on: never
        keep: 30
        max-age: never
        max-line: 64M
        max-ratio: 10000
        max-window: 2G
        memory: 512M
        min-severity: low
        only-new: false
        only-published: false
        parity: seed
        quiet: false
        since: never
        sort: report
        time: record
        top: all
        validity: mark
        verbose: false
        width: auto
        window: all
        workers: auto

        """)
  }

  @Test("What decides the report holds no path, no speed and no taste")
  func reportKeys() throws {
    #expect(
      try Self.changed().job(\.decidesReport) == """
        accept:
          - damaged
          - passed-over
        assume-tz: -03:30
        check-all: true
        dedupe: true
        from: 2024-05-01T08:00:00.250Z
        high-risk:
          - "python3"
        host-field: "agent.name"
        max-line: 3M
        max-ratio: 200
        max-window: 128M
        only-new: true
        only-published: true
        parity: tuned
        port:
          - 6666
          - 31000-31010/udp
        time: utc
        to: 2024-06-01T00:00:00Z
        validity: apply
        weight:
          - beacon=40
          - rare=0
        window: 30d

        """)
  }

  @Test(
    "A size is a number of bytes, or of powers of 1,024",
    arguments: [
      ("1", 1), ("65536", 65_536), ("512K", 524_288), ("512k", 524_288), ("64MiB", 67_108_864),
      ("1G", 1_073_741_824),
    ])
  func sizes(text: String, bytes: Int) throws {
    var settings = HuntSettings()
    try settings.set(#require(SettingTable.named("max-line")), to: [text])
    #expect(settings.maximumLineBytes == bytes)
  }

  @Test(
    "A size that is none, or too large, is refused",
    arguments: ["", "0", "K", "-1", "+1", "1.5M", "64MB", "64 M", "2G", "1iB", "9999999999999999G"])
  func noSizes(text: String) {
    expectRefusal("max-line", text)
  }

  @Test(
    "A zone is UTC or an offset",
    arguments: [("UTC", 0), ("Z", 0), ("+09:00", 32_400), ("-0330", -12_600), ("+14:00", 50_400)])
  func zones(text: String, secondsEast: Int64) throws {
    var settings = HuntSettings()
    try settings.set(#require(SettingTable.named("assume-tz")), to: [text])
    #expect(settings.assumedSecondsEast == secondsEast)
  }

  @Test(
    "A zone's name, or an offset that no zone has, is refused",
    arguments: ["", "Europe/Berlin", "CET", "+9", "+25:00", "09:00", "+09:00 "])
  func noZones(text: String) {
    expectRefusal("assume-tz", text)
  }

  @Test(
    "A time is a day or has a zone, and exists",
    arguments: [
      "", "yesterday", "2024-02-30", "2024-05-01T10:00:00", "2024-05-01 10:00", "2024-13-01",
      "05/01/2024",
    ])
  func noTimes(text: String) {
    expectRefusal("from", text)
    expectRefusal("to", text)
  }

  @Test(
    "A number stays in its range",
    arguments: [
      ("workers", "0"), ("workers", "1025"), ("workers", "two"), ("width", "39"),
      ("max-ratio", "0"), ("max-ratio", "auto"), ("max-window", "3G"), ("max-window", "1000"),
      ("host-field", "a..b"), ("host-field", ""), ("out", ""), ("archives", ""),
    ])
  func ranges(name: String, text: String) {
    expectRefusal(name, text)
  }

  @Test("A refusal leaves the settings as they were and names what is taken")
  func refusal() throws {
    var settings = HuntSettings()
    let error = #expect(throws: SettingError.self) {
      try settings.set(#require(SettingTable.named("color")), to: ["allways"])
    }
    #expect(settings == HuntSettings())
    #expect(
      error?.diagnostic(at: nil).description == """
        error: --color: invalid value 'allways'
          hint: did you mean 'always'?
        """)
  }

  @Test("A span that ends before it starts is a contradiction")
  func span() throws {
    var settings = HuntSettings()
    settings.from = .init(milliseconds: 1000)
    settings.to = .init(milliseconds: 1001)
    #expect(throws: Never.self) { try settings.check() }
    settings.to = settings.from
    #expect(throws: SettingError.self) { try settings.check() }
  }

  @Test("Several formats need a folder")
  func formatsNeedAFolder() throws {
    var settings = HuntSettings()
    settings.formats = [.json, .csv]
    #expect(throws: SettingError.self) { try settings.check() }
    settings.out = "report"
    #expect(throws: Never.self) { try settings.check() }
  }

  @Test("What a choice takes is what its setting says it takes")
  func allowedIsTrue() {
    #expect(SettingTable.named("parity")?.allowed == words(Parity.self))
    #expect(SettingTable.named("time")?.allowed == words(TimeSource.self))
    #expect(SettingTable.named("fail-on")?.allowed == words(HuntSettings.FailOn.self))
    #expect(SettingTable.named("color")?.allowed == words(HuntSettings.Color.self))
  }

  private func words<Choice: CaseIterable & RawRepresentable<String>>(_: Choice.Type) -> String {
    let names = Choice.allCases.map(\.rawValue)
    return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
  }

  private func expectRefusal(
    _ name: String, _ text: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    var settings = HuntSettings()
    #expect(throws: SettingError.self, sourceLocation: sourceLocation) {
      try settings.set(#require(SettingTable.named(name)), to: [text])
    }
  }
}
