/// What was known when a night was told: with it the night can be told again.
package struct NightBefore: Equatable, Sendable {
  /// Of the night that is told, from 1.
  package var number: Int
  /// The SHA-256 of each archive that came in it, in hexadecimal, sorted.
  package var newArchives: [String]
  /// What had been told of findings, beacons and changes, by id.
  package var told: [String: String]

  package init(number: Int, newArchives: [String], told: [String: String]) {
    self.number = number
    self.newArchives = newArchives
    self.told = told
  }
}
