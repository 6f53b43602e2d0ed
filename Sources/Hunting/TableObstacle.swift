package import Facts
import Knowledge

/// What keeps a connection out of the published table: the first thing that the query of a parity asks for and it
/// has not.
package enum TableObstacle: Equatable, Sendable {
  /// Under `strict` Windows Sysmon alone is judged.
  case source
  case defender(DefenderQuery.Obstacle)
  /// It matches, and under `strict` a missing group field drops it.
  case missingField
  case accepted
  /// `Initiated` is neither true nor false.
  case unclearDirection
  /// It is not the word true, letter by letter, which `strict` asks for.
  case spelling
  case portIsNoNumber
  /// The port is odd, and the process, by its file name, none of the high-risk ones.
  case process(String)
  case port
}

extension HuntRules {
  /// What keeps a connection out that is in no row.
  package func obstacle(to key: ConnectionKey, _ texts: TextTable) -> TableObstacle {
    if parity == .strict, key.source != .windowsSysmon { return .source }
    if let obstacle = DefenderQuery.obstacle(to: key, texts, parity) { return .defender(obstacle) }
    switch key.direction {
    case .inbound: return .accepted
    case .unclear: return .unclearDirection
    case .outboundBySpelling where parity == .strict: return .spelling
    case .outbound, .unstated, .outboundBySpelling: break
    }
    guard let port = portNumber(texts[key.port]) else { return .portIsNoNumber }
    return lists.isOddPort(port) ? .process(baseName(texts[key.image])) : .port
  }
}
