import Diagnostics
import Foundation
import Knowledge
import Testing

@testable import Reporting

@Suite struct ReportDirectoryTests {
  /// A folder of one test's own, removed afterwards.
  final class Folder {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    init() throws {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(at: url) }
    func path(_ name: String) -> String { url.path + "/" + name }
    func names(_ name: String = "") throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: path(name)).sorted()
    }
    func text(_ name: String) throws -> String {
      try String(contentsOfFile: path(name), encoding: .utf8)
    }
    func write(_ text: String, _ name: String) throws {
      try FileManager.default.createDirectory(
        atPath: (path(name) as NSString).deletingLastPathComponent,
        withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(filePath: path(name)))
    }
  }

  static let manifest = Array(#"{"schema": "oddport.manifest/1"}"#.utf8)
  static func report(_ text: String, _ name: String = "report.json") -> [OutputFile] {
    [OutputFile(name: name, bytes: Array(text.utf8))]
  }

  @Test(
    "A report is made with the folders above it, and replaced as a whole", arguments: [true, false])
  func replaced(inOneStep: Bool) throws {
    let folder = try Folder()
    var directory = ReportDirectory(folder.path("a/b/report/"))
    directory.exchangesInOneStep = inOneStep
    try directory.replace(with: Self.report("one"), manifest: Self.manifest)
    #expect(try folder.text("a/b/report/report.json") == "one")
    try directory.replace(with: Self.report("two", "report.md"), manifest: Self.manifest)
    #expect(try folder.names("a/b/report") == ["manifest.json", "report.md"])
    #expect(try folder.names("a/b") == ["report"])
  }

  @Test("An empty directory is taken, with its permissions")
  func permissionsStay() throws {
    let folder = try Folder()
    let path = folder.path("report")
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o750])
    try ReportDirectory(path).replace(with: [], manifest: Self.manifest)
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o750)
  }

  @Test(
    "A directory that holds anything else stays untouched",
    arguments: ["notes.txt", "report.json", "manifest.json", "sub/report.json", ".hidden"])
  func strangersStay(file: String) throws {
    let folder = try Folder()
    try folder.write("mine", "report/\(file)")
    let error = try #require(throws: OutputError.self) {
      try ReportDirectory(folder.path("report")).replace(
        with: Self.report("new"), manifest: Self.manifest)
    }
    #expect(error.diagnostic.hint != nil)
    #expect(error.diagnostic.message.contains("is not part of a report"))
    #expect(try folder.text("report/\(file)") == "mine")
    #expect(try folder.names() == ["report"])
  }

  @Test("What killed runs left is removed, what a running one or the user has is not")
  func leftovers() throws {
    let folder = try Folder()
    let running = getppid()
    // No process has a number as high as this one (the kernel's limit is 4,194,304).
    try folder.write("half", "report.partial-4999999/report.json")
    try folder.write("running", "report.partial-\(running)/report.json")
    try folder.write("mine", "report.partial-4999998/diary.txt")
    try folder.write("mine", "report.partial-old/report.json")
    try ReportDirectory(folder.path("report")).replace(with: [], manifest: Self.manifest)
    #expect(
      try folder.names()
        == [
          "report", "report.partial-4999998", "report.partial-\(running)", "report.partial-old",
        ].sorted())
    #expect(try folder.names("report.partial-4999998") == ["diary.txt"])
  }

  @Test("A former report that a killed run left aside is put back before anything else")
  func formerComesBack() throws {
    let folder = try Folder()
    try folder.write(
      String(decoding: Self.manifest, as: UTF8.self), "report.former-4999999/manifest.json")
    try folder.write("mine", "report.former-4999999/diary.txt")
    #expect(throws: OutputError.self) {
      try ReportDirectory(folder.path("report")).replace(with: [], manifest: Self.manifest)
    }
    #expect(try folder.names() == ["report"])
  }

  @Test("A link to a report directory stays a link")
  func linksStay() throws {
    let folder = try Folder()
    try ReportDirectory(folder.path("real")).replace(with: [], manifest: Self.manifest)
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("latest"), withDestinationPath: "real")
    try ReportDirectory(folder.path("latest")).replace(
      with: Self.report("new"), manifest: Self.manifest)
    #expect(try folder.text("real/report.json") == "new")
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("latest")) == "real")
  }

  @Test("What cannot be replaced is refused with a way out", arguments: [".", "..", "/", "x/.."])
  func notReplaceable(path: String) throws {
    #expect(throws: OutputError.notReplaceable(path: path)) {
      try ReportDirectory(path).replace(with: [], manifest: Self.manifest)
    }
  }

  @Test("A file is replaced whole, keeps its permissions, and nothing lies beside it afterwards")
  func files() throws {
    let folder = try Folder()
    try folder.write("old", "facts")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o600], ofItemAtPath: folder.path("facts"))
    try folder.write("half", "facts.partial-4999999")
    try AtomicFile.write(Array("new".utf8), to: folder.path("facts"))
    #expect(try folder.text("facts") == "new")
    #expect(try folder.names() == ["facts"])
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.path("facts"))
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test("A run that cannot write leaves the former report as it was")
  func formerSurvives() throws {
    let folder = try Folder()
    let directory = ReportDirectory(folder.path("report"))
    try directory.replace(with: Self.report("old"), manifest: Self.manifest)
    // A stranger's directory is where this run would prepare its report.
    let own = ProcessInfo.processInfo.processIdentifier
    try folder.write("mine", "report.partial-\(own)/diary.txt")
    let error = try #require(throws: OutputError.self) {
      try directory.replace(with: Self.report("new"), manifest: Self.manifest)
    }
    #expect(error.diagnostic.message == "cannot make this directory: File exists")
    #expect(try folder.text("report/report.json") == "old")
    #expect(try folder.text("report.partial-\(own)/diary.txt") == "mine")
  }

  @Test("A device is written to, not replaced")
  func devices() throws {
    try AtomicFile.write([1, 2, 3], to: "/dev/null")
    #expect(try Disk.kind(of: "/dev/null") == .other)
  }

  @Test("Where writing fails the former file is untouched and the error says what failed")
  func failure() throws {
    let folder = try Folder()
    try folder.write("old", "report")
    #expect(throws: OutputError.notADirectory(path: folder.path("report"))) {
      try ReportDirectory(folder.path("report")).replace(with: [], manifest: Self.manifest)
    }
    let error = try #require(throws: OutputError.self) {
      try AtomicFile.write([1], to: folder.path("missing/file"))
    }
    #expect(error.diagnostic.message == "cannot open it for writing: No such file or directory")
    #expect(try folder.text("report") == "old")
  }
}
