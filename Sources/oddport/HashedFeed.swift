import Foundation
import Hashing
import Knowledge

/// A feed, and the hash of its whole file.
struct HashedFeed {
  let file: FeedFile
  private let hash: RunningHash

  private final class RunningHash {
    var hash = SHA256()
  }

  /// - Throws: `JobFileError` for a file that cannot be read.
  init(_ path: String) throws {
    let hash = RunningHash()
    self.hash = hash
    file = try FeedFile(path) { piece in
      unsafe piece.withUnsafeBytes { unsafe hash.hash.update($0) }
    }
  }

  /// Of the whole file, even if reading it as a feed failed before the end.
  var sha256: String {
    file.drain()
    return hash.hash.digestSoFar()
  }
}
