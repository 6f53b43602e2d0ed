package import Archives
import Diagnostics
package import Facts

/// An archive as a plan knows it.
package struct PlannedArchive: Hashable, Sendable {
  /// As the report names it.
  package var name: String
  /// The name, and as many folders above it as tell it from the others of the plan.
  package var unit: String
  /// On disk.
  package var bytes: Int
  /// Of all its bytes on disk, in lower-case hexadecimal.
  package var sha256: String
  package var container: Container

  package init(
    name: String, unit: String, bytes: Int, sha256: String, container: Container
  ) {
    self.name = name
    self.unit = unit
    self.bytes = bytes
    self.sha256 = sha256
    self.container = container
  }

  /// By name, then by hash, as a report has them; by what else tells them apart where these are the same.
  package static func isOrdered(_ a: Self, before b: Self) -> Bool {
    for key in [\Self.name, \.sha256, \.unit] where a[keyPath: key] != b[keyPath: key] {
      return a[keyPath: key].utf8.lexicographicallyPrecedes(b[keyPath: key].utf8)
    }
    return false
  }
}

/// What one task reads: an archive, or a range of its bytes that begins and ends on borders of frames.
package struct PlannedUnit: Equatable, Sendable {
  /// From 1.
  package var number: Int
  package var archive: PlannedArchive
  /// On disk.
  package var range: Range<Int>
  /// What the archive unpacks to before the range, as far as headers tell.
  package var unpackedBytesBefore: Int
  /// Of the bytes of the range, in lower-case hexadecimal.
  package var sha256: String

  package init(
    number: Int, archive: PlannedArchive, range: Range<Int>, unpackedBytesBefore: Int,
    sha256: String
  ) {
    self.number = number
    self.archive = archive
    self.range = range
    self.unpackedBytesBefore = unpackedBytesBefore
    self.sha256 = sha256
  }

  var isWhole: Bool { range == 0..<archive.bytes }
}

/// A run of several machines, cut into units. The same archives and settings give the same plan, wherever the
/// archives are mounted.
package struct WorkPlan: Equatable, Sendable {
  /// The settings that decide which facts are read, by name.
  package var reading: [String: String]
  /// How many archives were found, those that cannot be opened among them.
  package var foundArchives: Int
  /// What was found and is not read.
  package var unread: [UnreadInput]
  /// By the archive's name, then by range; numbered from 1.
  package var units: [PlannedUnit]

  package init(
    reading: [String: String], foundArchives: Int, unread: [UnreadInput], units: [PlannedUnit]
  ) {
    self.reading = reading
    self.foundArchives = foundArchives
    self.unread = unread.sorted {
      ($0.name, $0.kind.rawValue, $0.reason) < ($1.name, $1.kind.rawValue, $1.reason)
    }
    self.units = units
  }

  /// The units of whole archives, each read in one go.
  package static func units(ofWhole archives: [PlannedArchive]) -> [PlannedUnit] {
    archives.sorted(by: PlannedArchive.isOrdered).enumerated().map { index, archive in
      PlannedUnit(
        number: index + 1, archive: archive, range: 0..<archive.bytes, unpackedBytesBefore: 0,
        sha256: archive.sha256)
    }
  }

  /// The numbers of the units that one of `count` machines reads: neighbours, of about as many bytes as the
  /// others'.
  ///
  /// - Parameter number: Which machine, from 1.
  package func share(_ number: Int, of count: Int) -> [Int] {
    // One more for each unit: also an empty archive belongs to somebody.
    let total = units.reduce(0) { $0 + $1.range.count + 1 }
    var before = 0
    return units.compactMap { unit in
      let middle = before + (unit.range.count + 1) / 2
      before += unit.range.count + 1
      let owner = Int(UInt128(middle) * UInt128(count) / UInt128(total))
      return min(owner, count - 1) == number - 1 ? unit.number : nil
    }
  }
}

// MARK: - Cutting

/// Cuts archives into units, and takes the hashes by which those who read them know that they are the same.
///
/// - Parameters:
///   - files: Files, or standard input under a name, which is kept in a file without a name meanwhile.
///   - target: A unit is of at least this many bytes on disk, unless its archive ends; as near to it as
///     frames allow.
///   - progress: Told how many bytes on disk have been dealt with since the last call.
/// - Returns: The units, and what cannot be opened.
/// - Throws: `CancellationError`.
/// - Complexity: O(*n*) in the bytes on disk, which are all read once.
package func plannedUnits(
  of files: [InputFile], targetBytes target: Int, _ options: ScanOptions = ScanOptions(),
  progress: @escaping @Sendable (Int) -> Void = { _ in }
) async throws -> (units: [PlannedUnit], unreadable: [UnreadInput]) {
  var archives: [[PlannedUnit]] = []
  var unreadable: [UnreadInput] = []
  try await mapReduce(
    files, atMost: options.workers,
    map: { file -> (InputFile, Result<[PlannedUnit], ArchiveError>) in
      do {
        let units = try cut(file, targetBytes: target)
        progress(file.bytesOnDisk)
        return (file, .success(units))
      } catch let error as ArchiveError {
        return (file, .failure(error))
      }
    },
    reduce: { (outcome: (InputFile, Result<[PlannedUnit], ArchiveError>)) in
      switch outcome.1 {
      case .success(let units): archives.append(units)
      case .failure(let error):
        unreadable.append(UnreadInput(unreadable: outcome.0.name, error))
      }
      return FollowUp()
    })
  archives.sort { PlannedArchive.isOrdered($0[0].archive, before: $1[0].archive) }
  var units = archives.flatMap(\.self)
  for index in units.indices { units[index].number = index + 1 }
  return (units, unreadable)
}

private func cut(_ file: InputFile, targetBytes target: Int) throws -> [PlannedUnit] {
  let archive =
    file.kind == .file
    ? try Archive(file)
    : try Archive(standardInputNamed: file.name, range: nil, of: 0, nil)
  let chunks = try archive.plan(targetUnpackedBytes: 1 << 20).chunks
  var firsts: [Chunk] = []
  var end = 0
  for chunk in chunks {
    if firsts.isEmpty || end - (firsts.last?.range.lowerBound ?? 0) >= target {
      firsts.append(chunk)
    }
    end = chunk.range.upperBound
  }
  let borders = firsts.map(\.range.lowerBound) + [archive.bytes]
  let hashes = try archive.sha256(ofRangesBetween: borders)
  let planned = PlannedArchive(
    name: file.name, unit: file.unit, bytes: archive.bytes, sha256: hashes.whole,
    container: archive.container)
  return firsts.indices.map { index in
    PlannedUnit(
      number: 0, archive: planned, range: borders[index]..<borders[index + 1],
      unpackedBytesBefore: firsts[index].unpackedBytesBefore, sha256: hashes.ranges[index])
  }
}

extension UnreadInput {
  /// - Parameter name: The archive's.
  package init(unreadable name: String, _ error: ArchiveError) {
    self.init(name: name, kind: .unreadable, reason: error.diagnostic.message)
  }
}
