import Knowledge
import Testing

@Suite struct DetectionListsTests {
  let lists = DetectionLists.published

  @Test("The published lists have 19 C2 ports, 9 standard ports and 11 processes")
  func sizes() {
    #expect(lists.knownC2Ports.count == 19)
    #expect(lists.standardPorts.count == 9)
    #expect(lists.highRiskProcesses.count == 11)
    #expect(lists.highestReservedPort == 1024)
  }

  @Test("Their sums are those of the published query")
  func sums() {
    #expect(lists.knownC2Ports.reduce(0, +) == 123_284)
    #expect(lists.standardPorts.reduce(0, +) == 34_124)
  }

  @Test("No port is both a C2 port and standard")
  func disjoint() {
    #expect(lists.knownC2Ports.isDisjoint(with: lists.standardPorts))
  }

  @Test("Processes are in lower case, as the image is compared")
  func lowercase() {
    #expect(lists.highRiskProcesses.allSatisfy { $0 == $0.lowercased() && $0.hasSuffix(".exe") })
  }
}
