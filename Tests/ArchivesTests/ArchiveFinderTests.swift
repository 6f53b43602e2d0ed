import Archives
import Glibc
import Testing

@Suite struct ArchiveFinderTests {
  @Test("A folder gives its archives by name, and counts what it leaves out")
  func folder() throws {
    let folder = TemporaryFolder()
    for name in [
      "b.jsonl.zst", "a/z.ndjson", "a/b/c.json.gz", "a.log", "B.json", "notes.txt", "._a.json",
      ".hidden.json", ".git/x.json", "x.zst", "y.jsonl.bz2", "a/._n.log",
    ] {
      folder.write([], name)
    }
    unsafe symlink(folder.path + "/a", folder.path + "/again")
    unsafe symlink(folder.path + "/a.log", folder.path + "/same.log")
    unsafe symlink("nowhere", folder.path + "/dangling.log")
    unsafe mkfifo(folder.path + "/pipe.log", 0o600)
    let found = try ArchiveFinder.find(paths: [folder.path])
    #expect(
      found.archives.map(\.name) == [
        "B.json", "a.log", "a/b/c.json.gz", "a/z.ndjson", "b.jsonl.zst",
      ])
    #expect(
      found.skipped.map { "\($0.name): \($0.reason.rawValue)" } == [
        "._a.json: AppleDouble (._)", ".git: checksum, signature or file of the system",
        ".hidden.json: hidden",
        "a/._n.log: AppleDouble (._)", "again: link to a folder",
        "dangling.log: neither file nor folder", "notes.txt: empty",
        "pipe.log: neither file nor folder", "x.zst: empty",
        "y.jsonl.bz2: packing that is not read",
      ])
    #expect(try ArchiveFinder.find(paths: [folder.path + "/"]) == found)
  }

  @Test(
    "What nobody would expect events in is listed and harmless, what looks like an archive is not")
  func harmless() throws {
    let folder = TemporaryFolder()
    let harmless = [
      ".bashrc", ".night.jsonl", "README", "README.txt", "SHA256SUMS", "fetch.sh", "index.html",
      "lost+found/x.jsonl", "n.jsonl.md5", "n.jsonl.sha256", "nightly.yaml", "notes.md",
    ]
    let telling = [
      ".n.jsonl.zst.a1B2c3", "events.xml", "n.evtx", "n.jsonl.part", "n.jsonl.xz", "sysmon.txt",
    ]
    for name in harmless + telling { folder.write(Array("hello".utf8), name) }
    folder.write(Array("{}".utf8), "README.old")
    let found = try ArchiveFinder.find(paths: [folder.path])
    #expect(found.archives.map(\.name) == ["README.old"])
    func names(_ isHarmless: Bool) -> [String] {
      found.skipped.filter { $0.reason.isHarmless == isHarmless }.map(\.name)
    }
    #expect(names(true) == harmless.map { $0.hasPrefix("lost+found") ? "lost+found" : $0 })
    #expect(names(false) == telling)
  }

  @Test("Inputs of one name are told apart by the folders above them, wherever those are mounted")
  func units() throws {
    var units: [[String]] = []
    for mount in ["mnt", "srv/x"] {
      let folder = TemporaryFolder()
      for name in ["a/1/n.jsonl", "a/2/n.jsonl", "b/1/n.jsonl", "b/1/m.jsonl"] {
        folder.write([], mount + "/" + name)
      }
      let root = folder.path + "/" + mount
      let found = try ArchiveFinder.find(
        paths: [root + "/a/1/n.jsonl", root + "/a/2", root + "/b/1/n.jsonl", root + "/b/1/m.jsonl"])
      #expect(found.archives.map(\.name) == ["m.jsonl", "n.jsonl", "n.jsonl", "n.jsonl"])
      units.append(found.archives.map(\.unit))
    }
    #expect(units[0] == ["m.jsonl", "2/n.jsonl", "a/1/n.jsonl", "b/1/n.jsonl"])
    #expect(units[1] == units[0])
  }

  @Test("Names only exclude, the content decides")
  func content() throws {
    let folder = TemporaryFolder()
    for name in ["x.log-20240501.zst", "x.jsonl.1", "A.JSONL.ZST", "x.json_old"] {
      folder.write([], name)
    }
    folder.write(Array("{}".utf8), "events")
    folder.write([0xEF, 0xBB, 0xBF] + Array(" [".utf8), "array.txt")
    folder.write([0x28, 0xB5, 0x2F, 0xFD], "packed")
    folder.write(Array("hello".utf8), "readme")
    folder.write(Array("BZhxx".utf8), "other")
    folder.write([], "x.jsonl.sha256")
    folder.write([], "x.jsonl.part")
    let found = try ArchiveFinder.find(paths: [folder.path])
    #expect(
      found.archives.map(\.name) == [
        "A.JSONL.ZST", "array.txt", "events", "packed", "x.json_old", "x.jsonl.1",
        "x.log-20240501.zst",
      ])
    #expect(
      found.skipped.map { "\($0.name): \($0.reason.rawValue)" } == [
        "other: packing that is not read", "readme: document, program or configuration",
        "x.jsonl.part: name of a file that is still being written",
        "x.jsonl.sha256: checksum, signature or file of the system",
      ])
  }

  @Test("A name that is not UTF-8 is read, and shown escaped")
  func notUTF8() throws {
    let folder = TemporaryFolder()
    folder.write(Array("{}\n".utf8), "plain.jsonl")
    let name: [UInt8] = Array((folder.path + "/b").utf8) + [0xE9] + Array("\u{E9}.jsonl".utf8)
    let file = unsafe open(name.map { CChar(bitPattern: $0) } + [0], O_CREAT | O_WRONLY, 0o600)
    #expect(unsafe write(file, "{}\n", 3) == 3)
    close(file)
    let found = try ArchiveFinder.find(paths: [folder.path])
    #expect(found.archives.map(\.name) == [#"b\xE9\#u{E9}.jsonl"#, "plain.jsonl"])
    #expect(found.skipped.isEmpty)
    #expect(try Archive(found.archives[0]).bytes == 3)
    #expect(found.archives[0].bytesOnDisk == 3)
  }

  @Test("A folder without archives is named, and one that cannot be listed does not end the search")
  func emptyFolders() throws {
    let folder = TemporaryFolder()
    folder.write(Array("hello".utf8), "empty/readme")
    folder.write(Array("{}".utf8), "full/x.jsonl")
    let found = try ArchiveFinder.find(paths: [folder.path + "/empty", folder.path + "/full"])
    #expect(found.emptyFolders == ["empty"])
    #expect(found.archives.map(\.name) == ["x.jsonl"])
  }

  @Test("The same file is read once, whatever the order of the arguments")
  func duplicates() throws {
    let folder = TemporaryFolder()
    folder.write([], "in/a.log")
    folder.write([], "in/b.log")
    unsafe link(folder.path + "/in/b.log", folder.path + "/hard.log")
    let paths = [folder.path, folder.path + "/in", folder.path + "/in/a.log", "-", "-"]
    let found = try ArchiveFinder.find(paths: paths)
    #expect(found.archives.map(\.name) == ["-", "a.log", "b.log"])
    #expect(try ArchiveFinder.find(paths: paths.reversed()) == found)
  }

  @Test("A file is taken whatever its name, a pipe is a stream")
  func files() throws {
    let folder = TemporaryFolder()
    folder.write([], "._odd.name")
    unsafe mkfifo(folder.path + "/pipe", 0o600)
    let found = try ArchiveFinder.find(paths: [folder.path + "/._odd.name", folder.path + "/pipe"])
    #expect(found.archives.map(\.name) == ["._odd.name", "pipe"])
    #expect(found.archives.map(\.kind) == [.file, .stream])
    #expect(try ArchiveFinder.find(paths: ["-"]).archives == [.standardInput])
  }

  @Test("A path that is not there is an error")
  func missing() {
    #expect(throws: ArchiveError.missing(path: "/nowhere/at/all")) {
      try ArchiveFinder.find(paths: ["/nowhere/at/all"])
    }
  }
}
