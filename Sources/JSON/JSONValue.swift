/// Any JSON value, for the few places where a path is not enough.
package indirect enum JSONValue: Sendable {
  case null
  case bool(Bool)
  /// The digits, as ``LineParser`` writes them.
  case number(String)
  case string(String)
  case array([JSONValue])
  /// Members in order; of equal keys the last counts.
  case object([(key: String, value: JSONValue)])

  package var array: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The text of a scalar; nil for null, arrays and objects.
  package var text: String? {
    switch self {
    case .string(let text), .number(let text): text
    case .bool(let value): value ? "true" : "false"
    case .null, .array, .object: nil
    }
  }

  /// The value of a member; nil where there is none, or this is no object.
  package subscript(key: String) -> JSONValue? {
    if case .object(let members) = self { members.last { $0.key == key }?.value } else { nil }
  }
}
