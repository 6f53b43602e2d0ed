/// What the time for which an indicator is meant does.
package enum Validity: String, CaseIterable, Sendable {
  /// Connections of all times count; those outside of it are marked.
  case mark
  /// Connections outside of it do not count.
  case apply
  /// It is as if there were none.
  case ignore
}
