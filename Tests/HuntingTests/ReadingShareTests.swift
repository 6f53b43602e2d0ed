import Facts
import Knowledge
import Testing

@testable import Hunting

/// How much of an archive may be lost before the reading is partial.
@Suite struct ReadingShareTests {
  private static func reading(_ coverage: Coverage...) -> ReadingVerdict {
    var evidence = ReadingEvidence()
    for (index, coverage) in coverage.enumerated() {
      var archive = ArchiveRecord(
        name: "\(index).jsonl", sha256: "", bytes: 1, unpackedBytes: 1, container: .plain, frames: 0
      )
      archive.coverage = coverage
      evidence.archives.append(archive)
    }
    evidence.run.foundArchives = coverage.count
    return evidence.verdict
  }

  private static func coverage(
    irrelevant: Int = 0, connections: Int = 0, starts: Int = 0, broken: [EventKind: Int] = [:],
    otherBroken: Int = 0, reason: RejectionReason = .malformed
  ) -> Coverage {
    var coverage = Coverage()
    coverage.lines.irrelevant = irrelevant
    coverage.lines.observations = connections + starts
    coverage.events[EventClass(shape: "flat", kind: .connection)] = connections
    coverage.events[EventClass(shape: "flat", kind: .processStart)] = starts
    coverage.rejectedEvents = broken
    coverage.lines.rejected[reason] = broken.values.reduce(otherBroken, +)
    return coverage
  }

  @Test("Lines of others do not hide that most connections were rejected")
  func diluted() {
    let lost = Self.reading(
      Self.coverage(irrelevant: 9000, connections: 20, starts: 500, broken: [.connection: 100]))
    #expect(lost.notes.map(\.reason) == [.mostlyRejected])
    #expect(lost.notes.first?.details == ["100 of 120 connections"])
    let starts = Self.reading(
      Self.coverage(irrelevant: 9000, connections: 2000, broken: [.processStart: 3]))
    #expect(starts.notes.first?.details == ["3 of 3 process starts"])
  }

  @Test("A few broken lines, and text between events, are no gap")
  func calm() {
    #expect(
      Self.reading(
        Self.coverage(irrelevant: 90_000, connections: 2000, broken: [.connection: 100])
      ).level == .complete)
    #expect(
      Self.reading(Self.coverage(irrelevant: 900, connections: 20, otherBroken: 300)).level
        == .complete)
  }

  @Test("Lines that nobody could look into may be events")
  func unread() {
    for reason in [RejectionReason.tooLong, .utf16] {
      let lost = Self.coverage(irrelevant: 90, connections: 20, otherBroken: 30, reason: reason)
      #expect(Self.reading(lost).notes.first?.details == ["30 of 50 lines that may be events"])
    }
  }

  @Test("A sender that always sent events is missed when an archive has none")
  func quietSender() {
    func notes(before: Int, days: Int32 = 8, _ coverage: Coverage) -> [ReadingNote] {
      var evidence = ReadingEvidence()
      var host = HostCoverage()
      host.hours.add(.init(476_000, events: 1))
      host.hours.add(.init(476_000 + days * 24, events: 1))
      evidence.hosts = [NamedHost(name: "WS01", heard: host)]
      for (name, coverage) in [
        ("a-1.jsonl", Self.coverage(connections: 3)), ("b-7.jsonl", coverage),
      ] {
        var archive = ArchiveRecord(
          name: name, sha256: "", bytes: 1, unpackedBytes: 1, container: .plain, frames: 0)
        archive.coverage = coverage
        evidence.archives.append(archive)
      }
      evidence.archivesWithEvents = ["b-#.jsonl": before]
      evidence.run.foundArchives = 2
      return evidence.verdict.notes
    }
    #expect(notes(before: 5, Coverage()).map(\.reason) == [.archiveNotRecognised])
    #expect(notes(before: 5, Coverage()).first?.names == ["b-7.jsonl"])
    #expect(notes(before: 0, Coverage()).isEmpty)
    // No weekend was seen yet.
    #expect(notes(before: 5, days: 6, Coverage()).isEmpty)
    #expect(notes(before: 5, Self.coverage(connections: 1)).isEmpty)
    var other = Self.coverage(irrelevant: 9)
    other.firstNaming = NamingLine(place: Place(archive: 0, line: 1, offset: 0), isOtherEvent: true)
    #expect(notes(before: 9, other).first?.details == ["other events of Sysmon"])
  }

  @Test("An archive of other events of Sysmon is known for what it is, and alone it says nothing")
  func otherEvents() {
    var other = Self.coverage(irrelevant: 100)
    other.firstNaming = NamingLine(place: Place(archive: 0, line: 1, offset: 0), isOtherEvent: true)
    #expect(Self.reading(other, Self.coverage(connections: 3)).level == .complete)
    #expect(Self.reading(other).notes.map(\.reason) == [.nothingRecognised])
    #expect(Self.reading(other).notes.first?.details == ["other events of Sysmon"])
    other.firstNaming?.isOtherEvent = false
    #expect(
      Self.reading(other, Self.coverage(connections: 3)).notes.map(\.reason)
        == [.archiveNotRecognised])
  }
}
