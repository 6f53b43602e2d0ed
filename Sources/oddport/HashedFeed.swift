import Foundation
import Hashing
import Knowledge

/// A feed's file, and the hash of all that is in it.
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

  /// Of the whole file, also where it turned out not to be a feed before its end.
  var sha256: String {
    file.drain()
    return hash.hash.digestSoFar()
  }
}
