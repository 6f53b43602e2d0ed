import Facts
import Testing

@Suite struct AddressBlockTests {
  @Test(
    "A block holds the addresses that begin with its bits",
    arguments: [
      ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false),
      ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "::1", false),
      ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
      ("192.0.2.0/31", "192.0.2.1", true), ("192.0.2.0/31", "192.0.2.2", false),
      ("10.0.0.0/8", "::ffff:10.1.2.3", true), ("2001:db8::/32", "2001:db8:ffff::1", true),
      ("2001:db8::/32", "2001:db9::", false), ("2001:db8::/65", "2001:db8::7fff:0:0:1", true),
      ("2001:db8::/65", "2001:db8::8000:0:0:1", false), ("::1/128", "::1", true),
    ])
  func contains(block: String, address: String, isIn: Bool) throws {
    let block = try #require(AddressBlock(block))
    #expect(block.contains(try #require(Address(Array(address.utf8)))) == isIn)
  }

  @Test(
    "What is no block is refused",
    arguments: ["", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/08", "::/129", "x/8"])
  func refuses(text: String) { #expect(AddressBlock(text) == nil) }
}
