/// The reader's version: one more each time that it understands lines it did not understand before.
///
/// A ledger keeps it beside each archive, so that archives in which lines were not understood can be read
/// again by a reader that knows more.
package enum ReaderVersion {
  package static let current = 5
}
