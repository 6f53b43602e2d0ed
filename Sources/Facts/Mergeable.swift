/// A value that is computed in parts and put together.
///
/// `merge` is associative and commutative, and merging `empty` changes nothing: chunks may finish
/// in any order, and nights be added up later.
package protocol Mergeable: Sendable {
  static var empty: Self { get }
  mutating func merge(_ other: Self)
}
