/// One input, as the report names it: what it is, whether it could be read, what became of its lines.
package struct ArchiveRecord: Equatable, Sendable {
  /// The path below the folder that was given, or the file's own name: never its whole path.
  package var name: String
  /// SHA-256 of the bytes on disk, in lower-case hexadecimal.
  package var sha256: String
  /// Bytes on disk.
  package var bytes: Int
  /// Bytes after unpacking, as far as they could be unpacked.
  package var unpackedBytes: Int
  package var container: Container
  /// zstd frames that hold data; 0 for other containers.
  package var frames: Int
  package var damage: ArchiveDamage?
  /// The name of another archive of this run with the same bytes.
  package var sameBytesAs: String?
  /// The archive's own part of the coverage.
  package var coverage: Coverage

  package init(
    name: String, sha256: String, bytes: Int, unpackedBytes: Int, container: Container, frames: Int,
    damage: ArchiveDamage? = nil, sameBytesAs: String? = nil, coverage: Coverage = Coverage()
  ) {
    self.name = name
    self.sha256 = sha256
    self.bytes = bytes
    self.unpackedBytes = unpackedBytes
    self.container = container
    self.frames = frames
    self.damage = damage
    self.sameBytesAs = sameBytesAs
    self.coverage = coverage
  }
}
