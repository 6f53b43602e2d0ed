import Facts
import Testing

@Suite struct UTCTimeTests {
  @Test func printsWhatItReads() {
    let text: [UInt8] = Array("2024-02-29T23:59:01.376030Z".utf8)
    #expect(UTCTime(text.span, withoutZone: .refused)?.description == "2024-02-29 23:59:01")
  }
}
