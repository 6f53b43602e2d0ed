import Facts
import Knowledge

/// The published score: 3 for a listed process on a known C2 port, 2 for a listed process on an odd
/// port, 1 for a known C2 port alone, 0 for everything else.
///
/// Source: the published Splunk query, `is_known_c2_port`, `is_high_risk_process`,
/// `is_non_standard_from_high_risk` and `risk_score`.
struct ParityScore {
  struct Judgement {
    var score: Int
    /// `OriginalFileName`, where that and not the image's own name is listed.
    var renamedFrom: String?
  }

  private struct PortClass {
    var isKnown: Bool
    var isOdd: Bool
  }

  let lists: DetectionLists
  let parity: Parity
  private var ports = TextMap<PortClass>()
  private var images = TextMap<Bool>()

  init(lists: DetectionLists, parity: Parity) {
    self.lists = lists
    self.parity = parity
  }

  mutating func judge(
    image: TextID, originalFileName: TextID, port: TextID, _ texts: TextTable
  ) -> Judgement {
    let portClass = classify(port, texts)
    guard portClass.isKnown || portClass.isOdd else { return Judgement(score: 0) }
    var isListed = isListedImage(image, texts)
    var renamedFrom: String?
    if parity == .tuned, !isListed, originalFileName != .none {
      let name = texts[originalFileName]
      if lists.highRiskProcesses.contains(Self.toolName(name)) {
        isListed = true
        renamedFrom = name
      }
    }
    switch (isListed, portClass.isKnown) {
    case (true, true): return Judgement(score: 3, renamedFrom: renamedFrom)
    case (true, false): return Judgement(score: 2, renamedFrom: renamedFrom)
    case (false, true): return Judgement(score: 1)
    case (false, false): return Judgement(score: 0)
    }
  }

  /// Whether any process could score on this port.
  mutating func canMatter(_ port: TextID, _ texts: TextTable) -> Bool {
    let portClass = classify(port, texts)
    return portClass.isKnown || portClass.isOdd
  }

  /// Whether a listed name stands in the image without being the executable's own name.
  func isSubstringMatch(_ image: String) -> Bool {
    let image = asciiLowercased(image)
    return !lists.highRiskProcesses.contains(baseName(image))
      && lists.highRiskProcesses.contains { contains(image, $0) }
  }

  private mutating func isListedImage(_ image: TextID, _ texts: TextTable) -> Bool {
    if let known = images[image] { return known }
    let text = asciiLowercased(texts[image])
    let isListed =
      parity == .tuned
      ? lists.highRiskProcesses.contains(baseName(text))
      : lists.highRiskProcesses.contains { contains(text, $0) }
    images[image] = isListed
    return isListed
  }

  private mutating func classify(_ port: TextID, _ texts: TextTable) -> PortClass {
    if let known = ports[port] { return known }
    var result = PortClass(isKnown: false, isOdd: false)
    if port != .none, let number = portNumber(texts[port]) {
      result.isKnown = lists.isKnownC2Port(number)
      result.isOdd = lists.isOddPort(number)
    }
    ports[port] = result
    return result
  }

  /// `PowerShell.EXE.MUI` is how Windows names a localised PowerShell.EXE.
  private static func toolName(_ originalFileName: String) -> String {
    let name = asciiLowercased(originalFileName)
    return name.hasSuffix(".mui") ? String(name.dropLast(4)) : name
  }
}
