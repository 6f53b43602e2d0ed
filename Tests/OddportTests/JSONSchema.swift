import Foundation

/// A JSON Schema (draft 2020-12), as far as those in `docs/schemas` use it. A keyword that is not known here is an
/// error, so that nothing in a schema is passed over.
struct JSONSchema {
  struct UnknownKeyword: Error { var keyword: String }

  private let schemas: [String: Any]
  private let name: String

  /// - Parameters:
  ///   - name: The `$id` of the schema to validate against.
  ///   - folder: Of all schemas that refer to each other.
  init(_ name: String, in folder: URL) throws {
    self.name = name
    var schemas: [String: Any] = [:]
    for file in try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    {
      let schema = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
      guard let object = schema as? [String: Any], let id = object["$id"] as? String else {
        continue
      }
      schemas[id] = object
    }
    self.schemas = schemas
  }

  /// What of a document does not fit: a path and why, for each place.
  func errors(in document: Data) throws -> [String] {
    let value = try JSONSerialization.jsonObject(with: document, options: .fragmentsAllowed)
    return try errors(value, schemas[name] ?? false, in: name, at: "")
  }

  private func errors(_ value: Any, _ schema: Any, in base: String, at path: String) throws
    -> [String]
  {
    if let allows = schema as? Bool { return allows ? [] : [path + ": not allowed"] }
    guard let schema = schema as? [String: Any] else { return [path + ": not a schema"] }
    var errors: [String] = []
    func expect(_ fits: Bool, _ what: String) { if !fits { errors.append("\(path): \(what)") } }
    for (keyword, rule) in schema {
      switch (keyword, rule) {
      case ("$schema", _), ("$id", _), ("$defs", _), ("title", _), ("description", _): break
      case ("additionalProperties", _): break  // With the properties.
      case ("$ref", let reference as String):
        let (other, schema) = try resolved(reference, in: base)
        errors += try self.errors(value, schema, in: other, at: path)
      case ("type", let types):
        let types = types as? [String] ?? [types as? String ?? ""]
        expect(types.contains { Self.isOf(type: $0, value) }, "is not \(types)")
      case ("const", let constant): expect(Self.isEqual(value, constant), "is not \(constant)")
      case ("enum", let values as [Any]):
        expect(values.contains { Self.isEqual(value, $0) }, "\(value) is not one of \(values)")
      case ("minimum", let limit as NSNumber):
        expect(Self.number(value).map { $0 >= limit.doubleValue } ?? true, "is below \(limit)")
      case ("maximum", let limit as NSNumber):
        expect(Self.number(value).map { $0 <= limit.doubleValue } ?? true, "is above \(limit)")
      case ("minItems", let count as Int):
        expect((value as? [Any]).map { $0.count >= count } ?? true, "has too few items")
      case ("pattern", let pattern as String):
        let fits = (value as? String).map {
          $0.range(of: pattern, options: .regularExpression) != nil
        }
        expect(fits ?? true, "\(value) does not match \(pattern)")
      case ("items", let items):
        for (index, item) in (value as? [Any] ?? []).enumerated() {
          errors += try self.errors(item, items, in: base, at: "\(path)/\(index)")
        }
      case ("anyOf", let choices as [Any]):
        let fits = try choices.contains { try self.errors(value, $0, in: base, at: path).isEmpty }
        expect(fits, "fits none of \(choices.count) choices")
      case ("required", let names as [String]):
        guard let object = value as? [String: Any] else { break }
        for name in names where object[name] == nil { errors.append("\(path): lacks \(name)") }
      case ("properties", let properties as [String: Any]):
        for (name, member) in value as? [String: Any] ?? [:] {
          guard let rule = properties[name] ?? schema["additionalProperties"] else { continue }
          errors += try self.errors(member, rule, in: base, at: "\(path)/\(name)")
        }
      default: throw UnknownKeyword(keyword: keyword)
      }
    }
    if schema["properties"] == nil, let rule = schema["additionalProperties"] {
      for (name, member) in value as? [String: Any] ?? [:] {
        errors += try self.errors(member, rule, in: base, at: "\(path)/\(name)")
      }
    }
    return errors
  }

  private func resolved(_ reference: String, in base: String) throws -> (base: String, schema: Any)
  {
    let parts = reference.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let id = parts[0].isEmpty ? base : String(parts[0])
    var schema: Any = schemas[id] ?? false
    for name in (parts.count > 1 ? parts[1] : "").split(separator: "/") {
      guard let next = (schema as? [String: Any])?[String(name)] else {
        throw UnknownKeyword(keyword: reference)
      }
      schema = next
    }
    return (id, schema)
  }

  private static func isOf(type: String, _ value: Any) -> Bool {
    switch type {
    case "null": value is NSNull
    case "boolean": isBoolean(value)
    case "integer": number(value).map { $0 == $0.rounded() } ?? false
    case "number": number(value) != nil
    case "string": value is String
    case "array": value is [Any]
    case "object": value is [String: Any]
    default: false
    }
  }

  private static func isBoolean(_ value: Any) -> Bool {
    // Numbers are "q" or "d".
    (value as? NSNumber).map { unsafe ["c", "B"].contains(String(cString: $0.objCType)) } ?? false
  }

  private static func number(_ value: Any) -> Double? {
    isBoolean(value) ? nil : (value as? NSNumber)?.doubleValue
  }

  private static func isEqual(_ a: Any, _ b: Any) -> Bool {
    if let a = a as? String, let b = b as? String { return a == b }
    if isBoolean(a), isBoolean(b) { return (a as? NSNumber) == (b as? NSNumber) }
    if let a = number(a), let b = number(b) { return a == b }
    return a is NSNull && b is NSNull
  }
}
