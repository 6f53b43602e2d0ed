import Diagnostics
import Facts
import Knowledge
import Testing

@Suite struct JobFileTests {
  static func read(_ text: String) throws -> JobFile {
    try JobFile(text, file: "jobs/nightly.yaml")
  }

  /// What is said about a job: all diagnostics, each on lines of its own.
  static func complaint(about text: String) -> String {
    let error = #expect(throws: JobFileError.self) { try read(text) }
    return error.map { $0.diagnostics.map(\.description).joined(separator: "\n") } ?? "nothing"
  }

  @Test("A job says what the options say, under the same names")
  func aJobIsRead() throws {
    let job = try Self.read(
      """
      # every night
      archives:
        - nights/
        - "*.jsonl.zst"
      parity: tuned
      from: 2024-05-01
      to: 2024-05-02T00:00:00+09:00
      assume-tz: -03:30
      workers: 4
      max-line: 512K
      check-all: true
      format: [csv, json]
      out: reports/tonight
      fail-on: high
      """)
    var expected = HuntSettings()
    expected.archives = ["nights/", "*.jsonl.zst"]
    expected.parity = .tuned
    expected.from = .init(milliseconds: 1_714_521_600_000)
    expected.to = .init(milliseconds: 1_714_575_600_000)
    expected.assumedSecondsEast = -12_600
    expected.workers = 4
    expected.maximumLineBytes = 524_288
    expected.checkAll = true
    expected.formats = [.json, .csv]
    expected.out = "reports/tonight"
    expected.failOn = .high
    #expect(job.settings == expected)
    #expect(job.place(of: "parity") == .init(file: "jobs/nightly.yaml", line: 5))
    #expect(job.place(of: "color") == nil)
  }

  @Test("One archive or format needs no list")
  func oneNeedsNoList() throws {
    let job = try Self.read("archives: nights/\nformat: json\n")
    #expect(job.settings.archives == ["nights/"])
    #expect(job.settings.formats == [.json])
  }

  @Test(
    "A job without keys leaves the defaults",
    arguments: ["", "\n", "# parity: tuned\n", "---\n", "{}\n", "null\n"])
  func nothingIsSaid(text: String) throws {
    #expect(try Self.read(text).settings == HuntSettings())
  }

  @Test(
    "A mistake is named with its line and with what helps",
    arguments: [
      (
        "parity: tuned\n\nchek-all: true\n",
        "3: error: unknown key 'chek-all'\n  hint: did you mean 'check-all'?"
      ),
      ("Parity: tuned\n", "1: error: unknown key 'Parity'\n  hint: did you mean 'parity'?"),
      ("fail_on: high\n", "1: error: unknown key 'fail_on'\n  hint: did you mean 'fail-on'?"),
      ("--out: here\n", "1: error: unknown key '--out'\n  hint: did you mean 'out'?"),
      (
        "parity: seeed\n",
        "1: error: parity: invalid value 'seeed'\n  hint: did you mean 'seed'?"
      ),
      (
        "parity: exact\n",
        "1: error: parity: invalid value 'exact'\n"
          + "  hint: it takes strict, seed, kql or tuned"
      ),
      (
        "parity:\nworkers: 2\n",
        "1: error: parity: has no value\n"
          + "  hint: it takes strict, seed, kql or tuned; without the line the default holds"
      ),
      (
        "parity: [seed, tuned]\n",
        "1: error: parity: takes one value\n  hint: it takes strict, seed, kql or tuned"
      ),
      (
        "workers:\n  most: 3\n",
        "2: error: workers: takes one value\n"
          + "  hint: it takes auto, or a whole number from 1 to 1024"
      ),
      (
        "workers: 0\n",
        "1: error: workers: 0 is out of range\n"
          + "  hint: it takes auto, or a whole number from 1 to 1024"
      ),
      (
        "check-all: yes\n",
        "1: error: check-all: 'yes' is neither true nor false\n  hint: it takes true or false"
      ),
      (
        "from: 2024-05-01T10:00:00\n",
        "1: error: from: '2024-05-01T10:00:00' names no zone\n"
          + "  hint: add Z for UTC, or an offset such as +09:00"
      ),
      (
        "archives:\n  - nights/\n  - [a, b]\n",
        "3: error: archives: an entry of the list is not a plain value\n"
          + "  hint: it takes files, folders, or - for standard input"
      ),
      (
        "format: [json, cvs]\n",
        "1: error: format: invalid value 'cvs'\n  hint: did you mean 'csv'?"
      ),
      (
        "parity: seed\nparity: tuned\n",
        "1: error: the key 'parity' appears twice\n  hint: leave one of them"
      ),
      (
        "- parity\n",
        "1: error: holds no keys\n  hint: a job consists of lines such as 'parity: tuned'"
      ),
      (
        "a: 1\n\"\\e[31mred\": 2\n",
        "1: error: unknown key 'a'\n  hint: \(allKeys)\n"
          + "jobs/nightly.yaml:2: error: unknown key '\\u{1B}[31mred'\n  hint: \(allKeys)"
      ),
    ])
  func mistakes(text: String, expected: String) {
    #expect(Self.complaint(about: text) == "jobs/nightly.yaml:" + expected)
  }

  static let allKeys =
    "the keys are " + SettingTable.names.joined(separator: ", ")

  @Test(
    "What is no YAML is refused with its line",
    arguments: [
      ("parity: seed\n\tworkers: 2\n", 2), ("archives:\n  - *.zst\n", 2), ("a: [1, 2\n", 2),
      ("parity: seed\n---\nparity: tuned\n", 2), ("out: *nowhere\n", 1),
      (String(repeating: "[", count: 100_000), 1),
    ])
  func noYAML(text: String, line: Int) throws {
    let error = try #require(throws: JobFileError.self) { try Self.read(text) }
    #expect(error.diagnostic.location == .init(file: "jobs/nightly.yaml", line: line))
    #expect(error.diagnostic.hint != nil)
  }

  @Test("Everything that is wrong is said at once")
  func allAtOnce() {
    let complaint = Self.complaint(about: "parity: x\nworkers: 2\nwidth: y\nquite: true\n")
    let places = complaint.split(separator: "\n").compactMap { line in
      line.hasPrefix("jobs/") ? String(line.prefix { $0 != " " }) : nil
    }
    #expect(places == [1, 3, 4].map { "jobs/nightly.yaml:\($0):" })
  }

  @Test("A file of more than 1 MiB is not parsed")
  func tooLarge() {
    let text = "# " + String(repeating: "x", count: YAMLFile.maximumBytes)
    #expect(
      Self.complaint(about: text) == "jobs/nightly.yaml: error: is larger than 1 MiB\n"
        + "  hint: is it a job? Archives come after the options")
  }

  @Test(
    "A file that cannot be read is named with the reason",
    arguments: [
      ("no/such/job.yaml", "cannot be read: No such file or directory"),
      ("/", "cannot be read: Is a directory"),
      ("/dev/zero", "is larger than 1 MiB"),
    ])
  func unreadable(path: String, message: String) throws {
    let error = try #require(throws: JobFileError.self) {
      try JobFile(reading: path)
    }
    #expect(error.diagnostic.location == .init(file: path))
    #expect(error.diagnostic.message == message)
  }
}
