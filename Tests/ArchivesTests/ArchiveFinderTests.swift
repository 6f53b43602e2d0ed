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
        "._a.json: AppleDouble (._)", ".git: hidden", ".hidden.json: hidden",
        "a/._n.log: AppleDouble (._)", "again: link to a folder",
        "dangling.log: neither file nor folder", "notes.txt: name of another kind",
        "pipe.log: neither file nor folder", "x.zst: name of another kind",
        "y.jsonl.bz2: name of another kind",
      ])
    #expect(try ArchiveFinder.find(paths: [folder.path + "/"]) == found)
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
