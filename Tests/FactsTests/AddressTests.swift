import Facts
import Testing

@Suite struct AddressTests {
  @Test(
    "An address has one text, however it was written",
    arguments: [
      ("10.0.0.1", "10.0.0.1"), ("0:0:0:0:0:0:0:1", "::1"), ("::", "::"),
      ("FE80:0:0:0:1:0:0:2", "fe80::1:0:0:2"), ("2001:db8::1", "2001:db8::1"),
      ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("1:0:0:2::", "1:0:0:2::"),
      ("::ffff:10.0.0.1", "::ffff:10.0.0.1"), ("::ffff:a00:1", "::ffff:10.0.0.1"),
      ("1::8", "1::8"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
    ])
  func canonical(text: String, expected: String) {
    #expect(Address(text)?.description == expected)
  }

  @Test(
    "What is not an address gives nothing",
    arguments: [
      "", "-", "10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.1 ", ":::", "1::2::3", "12345::",
      "1:2:3:4:5:6:7:8:9", "fe80::1%eth0", "1:2:3:4:5:6:7", ":1", "1:", "::1.2.3", "host",
    ])
  func refuses(text: String) {
    #expect(Address(text) == nil)
  }

  @Test(
    "The number tells where an address lies",
    arguments: [
      ("127.0.0.1", Address.Scope.loopback), ("10.1.2.3", .private), ("172.31.0.1", .private),
      ("172.32.0.1", .public), ("192.168.1.1", .private), ("100.64.0.1", .private),
      ("169.254.1.1", .linkLocal), ("224.0.0.251", .multicast), ("255.255.255.255", .broadcast),
      ("0.0.0.0", .unspecified), ("203.0.113.9", .public), ("::1", .loopback), ("::", .unspecified),
      ("fe80::1", .linkLocal), ("fd00::1", .private), ("ff02::fb", .multicast),
      ("2001:db8::1", .public), ("::ffff:10.0.0.1", .private),
    ])
  func scopes(text: String, expected: Address.Scope) {
    #expect(Address(text)?.scope == expected)
  }
}
