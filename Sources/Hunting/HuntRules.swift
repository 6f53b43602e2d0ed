package import Knowledge

/// Everything that a judgement depends on beside the facts.
package struct HuntRules: Sendable {
  package var lists = DetectionLists.published
  package var parity: Parity
  package var suppressions: [Suppression] = []
  /// What a hunt attributes by, and a sweep looks for.
  package var intel: [Indicator] = []
  /// What the validity of an indicator does.
  package var validity = Validity.mark
  /// Judge only connections that ``intel`` means, whose ports then count as known C2 ports: who ever
  /// talked to them, when, from which process, how often. Accepted connections are looked at for
  /// indicators of listeners, and have rows of their own.
  package var isSweep = false
  package var weights = EvidenceWeights()
  /// The published table alone: no beacons, no RDP port changes, no points.
  package var isOnlyPublished = false

  package init(parity: Parity) {
    self.parity = parity
    if parity == .kql { lists = .publishedKQL }
  }
}
