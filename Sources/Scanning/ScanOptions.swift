package import Archives
package import Telemetry

/// How a scan goes about it. None of this but `reading`, `limits` and `checkAll` shows in the facts.
package struct ScanOptions: Sendable {
  package var reading = ReadingOptions()
  package var limits = ReadingLimits()
  /// Chunks in work at the same time, at least 1.
  package var workers = 1
  /// Unpacked bytes of a chunk, about.
  package var chunkBytes = 32 << 20
  /// Parse every line, also those that the byte filter would pass over.
  package var checkAll = false
  /// Read an archive once if another of this run has the same bytes.
  package var dedupe = false
  /// Hash what archives unpack to, for ``ScannedArchive/content``.
  package var hashesContent = false
  /// Hash the first unpacked bytes of archives, for ``ArchiveSpan/heads``.
  package var keepsHeads = false

  /// See ``LineReader``.
  package var rememberedKeys = ReadingOptions.rememberedKeys

  package init() {}

  /// From here on a frame is read by several workers in turns.
  var streamedFrameBytes: Int { 16 << 20 }
  /// More would wait for each other: unpacking takes longer than the reading of what was unpacked.
  var sharesOfStream: Int { min(workers, 3) }
}
