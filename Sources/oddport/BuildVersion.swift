import Archives
import Bookkeeping
import CBuild
import Hashing
import JSON

/// What `--version` prints: what to name in a bug report.
enum BuildVersion {
  static var text: String {
    let libraries =
      [JSONLibrary.nameAndVersion] + CompressionLibraries.namesAndVersions
      + [LedgerLibrary.nameAndVersion, HashingLibrary.nameAndVersion]
    return unsafe "oddport \(Oddport.version) (\(String(cString: build_commit())))\n"
      + libraries.joined(separator: ", ")
  }
}
