import Foundation
import Glibc

@testable import Bookkeeping

/// Changes a ledger by SQL, and gives its pages the checksums that oddport would have given them.
func change(_ ledger: String, by sql: String) async throws -> Program.Outcome {
  let made = try await Program.shell(#"sqlite3 "$1" "$2""#, ledger, sql)
  let descriptor = unsafe open(ledger, O_RDWR)
  defer { close(descriptor) }
  try LedgerPages.sum(descriptor)
  return made
}
