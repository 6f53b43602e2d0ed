/// What was known when a night was reported: with it the night can be reported again.
package struct NightBefore: Equatable, Sendable {
  /// Of the night that is reported, from 1.
  package var number: Int
  /// The SHA-256 of each archive that came in it, in hexadecimal, sorted.
  package var newArchives: [String]
  /// What had been reported of findings, beacons and changes, by id.
  package var reported: [String: String]

  package init(number: Int, newArchives: [String], reported: [String: String]) {
    self.number = number
    self.newArchives = newArchives
    self.reported = reported
  }
}
