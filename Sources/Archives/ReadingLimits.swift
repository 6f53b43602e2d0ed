/// How much an archive may ask for.
package struct ReadingLimits: Equatable, Sendable {
  /// A longer line, its LF not counted, is not buffered but counted as overlong.
  package var maximumLineBytes = 64 << 20
  /// A chunk that continues an earlier line for longer than this is only read once it is known how long
  /// that line is already: of one that is too long nothing need be kept then.
  package var patientLineBytes = 2 << 20
  /// A zstd frame that declares a larger window is damage. libzstd itself stops at 2 GiB.
  package var maximumWindowBytes = 2 << 30
  /// An archive that unpacks to more than this many times its size is damage...
  package var maximumRatio = 10_000
  /// ... but only once it has given this many bytes.
  package var ratioGraceBytes = 1 << 30
  /// About how many bytes are unpacked before they are scanned. Small enough to stay in the cache,
  /// large enough to make calls rare.
  package var sliceBytes = 1 << 20
  /// A zstd frame of known size up to this is unpacked in one go, which saves a copy.
  package var oneShotBytes = 8 << 20

  package init() {}

  /// Bytes per fill. Where lines may only be short, fills are short too: the rest after an
  /// overlong line is copied, and that must not become quadratic.
  var fillBytes: Int { max(1, min(sliceBytes, max(4096, 4 * maximumLineBytes))) }
}
