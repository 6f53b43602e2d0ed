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

  let lists: DetectionLists
  let parity: Parity
  private var ports = TextMap<PortTraits>()
  private var images = TextMap<Bool>()

  init(lists: DetectionLists, parity: Parity) {
    self.lists = lists
    self.parity = parity
  }

  mutating func judge(
    image: TextID, originalFileName: TextID, port: TextID, _ texts: TextTable
  ) -> Judgement {
    let portTraits = traits(port, texts)
    guard portTraits.isKnownC2 || portTraits.isOdd else { return Judgement(score: 0) }
    var isListed = isListedImage(image, texts)
    var renamedFrom: String?
    if parity == .tuned, !isListed, originalFileName != .none {
      let name = texts[originalFileName]
      if lists.highRiskProcesses.contains(Self.toolName(name)) {
        isListed = true
        renamedFrom = name
      }
    }
    switch (isListed, portTraits.isKnownC2) {
    case (true, true): return Judgement(score: 3, renamedFrom: renamedFrom)
    case (true, false): return Judgement(score: 2, renamedFrom: renamedFrom)
    case (false, true): return Judgement(score: 1)
    case (false, false): return Judgement(score: 0)
    }
  }

  /// Whether any process could score on this port.
  mutating func canMatter(_ port: TextID, _ texts: TextTable) -> Bool {
    let portTraits = traits(port, texts)
    return portTraits.isKnownC2 || portTraits.isOdd
  }

  /// Whether the image contains a listed name that is not the executable's own name.
  func isSubstringMatch(_ image: String) -> Bool {
    let image = asciiLowercased(image)
    return !lists.highRiskProcesses.contains(baseName(image))
      && lists.highRiskProcesses.contains { contains(image, $0) }
  }

  private mutating func isListedImage(_ image: TextID, _ texts: TextTable) -> Bool {
    if let known = images[image] { return known }
    let text = asciiLowercased(texts[image])
    let isListed =
      parity == .tuned || parity == .kql
      ? lists.highRiskProcesses.contains(baseName(text))
      : lists.highRiskProcesses.contains { contains(text, $0) }
    images[image] = isListed
    return isListed
  }

  private mutating func traits(_ port: TextID, _ texts: TextTable) -> PortTraits {
    ports.value(of: port) { PortTraits(texts[port], lists) }
  }

  /// `PowerShell.EXE.MUI` is how Windows names a localised PowerShell.EXE.
  static func toolName(_ originalFileName: String) -> String {
    let name = asciiLowercased(originalFileName)
    return name.hasSuffix(".mui") ? String(name.dropLast(4)) : name
  }
}
