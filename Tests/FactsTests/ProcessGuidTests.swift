import Facts
import Testing

@Suite struct ProcessGuidTests {
  private func guid(_ text: String) -> ProcessGuid? { ProcessGuid(Array(text.utf8).span) }

  @Test("Braces and case make no difference")
  func spellings() {
    let expected = ProcessGuid(high: 0x747F_3D96_0001_65E1, low: 0xABCD_0000_0000_0700)
    for text in [
      "{747f3d96-0001-65e1-abcd-000000000700}", "747F3D96-0001-65E1-ABCD-000000000700",
    ] {
      #expect(guid(text) == expected)
    }
  }

  @Test(arguments: [
    "", "-", "{}", "747f3d96-0001-65e1-abcd-00000000070", "747f3d96x0001-65e1-abcd-000000000700",
    "{747f3d96-0001-65e1-abcd-000000000700", "g47f3d96-0001-65e1-abcd-000000000700",
  ])
  func whatIsNoGuidIsNone(text: String) {
    #expect(guid(text) == nil)
  }
}
