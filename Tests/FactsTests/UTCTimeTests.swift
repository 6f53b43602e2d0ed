import Facts
import Testing

@Suite struct UTCTimeTests {
  private func time(_ text: String, _ rule: UTCTime.MissingZone = .refused) -> UTCTime? {
    UTCTime(Array(text.utf8).span, withoutZone: rule)
  }

  @Test(
    "A stamp with a zone reads as the moment it names",
    arguments: [
      ("2024-02-29T23:59:01.376030Z", 1_709_251_141_376),
      ("2024-02-29 23:59:01,5 UTC", 1_709_251_141_500),
      ("2024-03-01T09:00:00+09:00", 1_709_251_200_000),
      ("2024-05-01 12:00:01 +0200", 1_714_557_601_000),
      ("1969-12-31T23:59:59.001Z", -999),
      ("9999-12-31T23:59:59.999999999Z", 253_402_300_799_999),
    ])
  func readsZones(text: String, milliseconds: Int64) {
    #expect(time(text)?.milliseconds == milliseconds)
  }

  @Test(
    "What is no moment is nothing",
    arguments: [
      "2023-02-29T10:00:00Z", "2016-12-31T23:59:60Z", "2024-02-30T00:00:00Z", "2024-2-29T1:2:3Z",
      "2024-02-29T24:00:00Z", "2024-02-29", "", "2024-02-29T10:00:00", "2024-02-29T10:00:00.Z",
      "2024-02-29T10:00:00Zx", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-01:00",
      "0001-01-01T00:00:00+01:00", "2024-02-29T10:00:00 +1:00", "x2024-02-29T10:00:00Z",
    ])
  func refuses(text: String) {
    #expect(time(text) == nil)
  }

  @Test func anAssumedZoneServesWhereNoneIsGiven() {
    #expect(
      time("2024-03-01 09:00:00", .assumed(secondsEast: 32_400))?.milliseconds
        == 1_709_251_200_000)
    #expect(
      time("2024-03-01 09:00:00Z", .assumed(secondsEast: 32_400))?.milliseconds
        == 1_709_283_600_000)
  }

  @Test(
    "Seconds since 1970 keep three digits of their fraction",
    arguments: [
      ("1709251199.125", 1_709_251_199_125), ("1709251199", 1_709_251_199_000),
      ("1.9999", 1999), ("0", 0),
    ])
  func readsEpochs(text: String, milliseconds: Int64) {
    #expect(UTCTime(epoch: Array(text.utf8).span)?.milliseconds == milliseconds)
  }

  @Test(arguments: ["", "-1", "12345678901234567890", "1.", ".5", "1e9", "12 "])
  func whatIsNoEpochIsNothing(text: String) {
    #expect(UTCTime(epoch: Array(text.utf8).span) == nil)
  }

  @Test("Every day prints as it reads, from year 1 to 9999")
  func printsWhatItReads() {
    for day in stride(from: Int64(-719_162), through: 2_932_896, by: 97) {
      let moment = UTCTime(milliseconds: day * 86_400_000 + 3_723_004)
      let text = moment.description + ".004Z"
      #expect(time(text) == moment)
      #expect(Int64(moment.day) == day)
    }
  }

  @Test(
    "The unit of an epoch follows from its size; portals and PowerShell are read as they write",
    arguments: [
      ("1714557601", 1_714_557_601_000), ("1714557601.376", 1_714_557_601_376),
      ("1714557601376", 1_714_557_601_376), ("1714557601376543", 1_714_557_601_376),
      ("1714557601376543200", 1_714_557_601_376), ("/Date(1714557601376)/", 1_714_557_601_376),
      ("/Date(1714557601376+0200)/", 1_714_557_601_376),
      ("2024-05-01T10:00:01+376543200Z", 1_714_557_601_376),
      ("5/1/2024, 10:00:01.376 AM", 1_714_557_601_376),
      ("May 1, 2024 10:00:01 PM", 1_714_600_801_000),
      ("12/31/2024, 12:00:00 AM", 1_735_603_200_000),
    ] as [(String, Int64)])
  func otherForms(text: String, milliseconds: Int64) {
    let time = unsafe Array(text.utf8).withUnsafeBytes {
      unsafe UTCTime(otherwiseWritten: $0, withoutZone: .assumed(secondsEast: 0))
    }
    #expect(time?.milliseconds == milliseconds)
  }

  @Test(
    "Local time without a zone, and what only looks like a time, is refused",
    arguments: [
      "5/1/2024, 10:00:01 AM", "13/1/2024, 10:00:01 AM", "/Date(x)/", "May 1", "1/1/1/1/1",
    ])
  func otherFormsRefused(text: String) {
    let time = unsafe Array(text.utf8).withUnsafeBytes {
      unsafe UTCTime(otherwiseWritten: $0, withoutZone: .refused)
    }
    #expect(time == nil)
  }
}
