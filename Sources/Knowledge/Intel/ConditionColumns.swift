/// What the columns of a feed of our own say of a condition.
package struct ConditionColumns: Equatable, Sendable {
  package private(set) var host = ""
  package private(set) var image = ""
  package private(set) var parent = ""

  /// Nil for a condition that these columns cannot express, as those of most Sigma rules.
  package init?(_ condition: Condition?) {
    guard let condition else { return }
    for part in Self.parts(condition) {
      guard take(part) else { return nil }
    }
  }

  /// The name that the other side has to have; nil where that is not all that is asked.
  static func loneName(_ condition: Condition) -> String? {
    guard case .test(let test) = condition, test.field == .destinationName, test.anyOf.count == 1,
      case .matches(let pattern)? = test.anyOf.first
    else { return nil }
    let text = pattern.description
    return IntelText.hostName(text) == text && IntelText.named(text) == condition ? text : nil
  }

  private static func parts(_ condition: Condition) -> [Condition] {
    guard case .all(let conditions) = condition else { return [condition] }
    return conditions.flatMap { parts($0) }
  }

  private mutating func take(_ condition: Condition) -> Bool {
    var test = condition
    var sign = ""
    if case .not(let inner) = condition {
      test = inner
      sign = "!"
    }
    guard case .test(let leaf) = test, case .matches(let pattern)? = leaf.anyOf.first else {
      return false
    }
    let text = sign + pattern.description
    // Only what is read again as it was.
    switch leaf.field {
    case .destinationName:
      guard host.isEmpty, IntelText.hostName(text) == text, IntelText.named(text) == condition
      else { return false }
      host = text
    case .image:
      guard image.isEmpty, IntelRecordReader.path(text, .image) == condition else { return false }
      image = text
    case .parent:
      guard parent.isEmpty, IntelRecordReader.path(text, .parent) == condition else { return false }
      parent = text
    default: return false
    }
    return true
  }
}
