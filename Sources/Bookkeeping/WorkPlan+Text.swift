package import Diagnostics
import Facts
import Hashing
package import Scanning

/// A plan cannot be read, or is not of this version.
package struct PlanError: Explainable {
  package var diagnostic: Diagnostic

  init(_ file: String, line: Int? = nil, _ message: String, hint: String) {
    diagnostic = Diagnostic(at: .init(file: file, line: line), message, hint: hint)
  }
}

// A plan as text: lines of fields with tabs between them. `docs/partials.md` describes it.
extension WorkPlan {
  private static let magic = "oddport plan 1"
  private static let digestKey = "sha256\t"

  /// - Parameter version: Of the oddport that makes it; another one refuses to read it.
  package func text(version: String) -> String {
    let body = lines(version: version).map { $0 + "\n" }.joined()
    return body + Self.digestKey + SHA256.hexadecimal(of: Array(body.utf8)) + "\n"
  }

  /// SHA-256 of all lines but the last, which holds it: equal plans are of the same work.
  package func digest(version: String) -> String {
    let body = lines(version: version).map { $0 + "\n" }.joined()
    return SHA256.hexadecimal(of: Array(body.utf8))
  }

  private func lines(version: String) -> [String] {
    func line(_ fields: String...) -> String {
      fields.map(Self.escaped).joined(separator: "\t")
    }
    return [Self.magic, line("version", version)]
      + reading.sorted { $0.key < $1.key }.map { line("setting", $0.key, $0.value) }
      + [line("archives", String(foundArchives))]
      + unread.map { line("unread", $0.kind.rawValue, $0.reason, $0.name) }
      + [line("units", String(units.count))]
      + units.map { unit in
        let archive = unit.archive
        return line(
          "unit", String(unit.number), archive.name, archive.unit, String(archive.bytes),
          String(unit.range.lowerBound), String(unit.range.upperBound), unit.sha256,
          archive.sha256, archive.container.rawValue, String(unit.unpackedBytesBefore))
      }
  }

  /// A name may hold anything but NUL.
  private static func escaped(_ field: String) -> String {
    guard field.utf8.contains(where: { $0 < 0x20 || $0 == 0x5C || $0 == 0x7F }) else {
      return field
    }
    return field.unicodeScalars.map { scalar in
      guard scalar.value < 0x20 || scalar.value == 0x5C || scalar.value == 0x7F else {
        return String(scalar)
      }
      let hex = String(scalar.value, radix: 16)
      return "\\u{\(hex)}"
    }.joined()
  }

  private static func unescaped(_ field: Substring.UnicodeScalarView) -> String? {
    var text = String.UnicodeScalarView()
    var rest = field
    while let at = rest.firstIndex(of: "\\") {
      text += rest[..<at]
      rest = rest[at...].dropFirst()
      guard rest.starts(with: "u{".unicodeScalars), let end = rest.firstIndex(of: "}"),
        let value = UInt32(Substring(rest.dropFirst(2).prefix(upTo: end)), radix: 16),
        let scalar = Unicode.Scalar(value)
      else { return nil }
      text.append(scalar)
      rest = rest[end...].dropFirst()
    }
    return String(text + rest)
  }

  /// - Parameters:
  ///   - bytes: The text.
  ///   - file: Its name, for messages.
  ///   - version: Of this oddport.
  /// - Throws: ``PlanError``.
  package init(_ bytes: [UInt8], file: String, version: String) throws(PlanError) {
    let again = "run oddport plan again"
    guard let text = String(validating: bytes, as: UTF8.self),
      text.hasPrefix("oddport plan ")
    else { throw PlanError(file, "not a plan", hint: "oddport plan writes them") }
    guard text.hasPrefix(Self.magic + "\n") else {
      throw PlanError(
        file, "a plan in a form that this oddport does not know",
        hint: "use the same oddport for plan, map and reduce")
    }
    let ownDigest = text.utf8.dropLast().suffix(64)
    let body = text.utf8.dropLast(Self.digestKey.utf8.count + 64 + 1)
    guard text.hasSuffix("\n"),
      text.utf8.dropFirst(body.count).starts(with: Self.digestKey.utf8),
      SHA256.hexadecimal(of: Array(body)).utf8.elementsEqual(ownDigest)
    else {
      throw PlanError(
        file, "damaged: its lines do not have the SHA-256 at its end", hint: again)
    }
    var plan = WorkPlan(reading: [:], foundArchives: 0, unread: [], units: [])
    let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.dropFirst().dropLast(2).enumerated() {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
        .compactMap(Self.unescaped)
      if fields.first == "version", fields.count == 2 {
        guard fields[1] == version else {
          throw PlanError(
            file, "was made by oddport \(fields[1]), and this is \(version)",
            hint: "use the same oddport for plan, map and reduce")
        }
      } else if !plan.take(fields) {
        throw PlanError(file, line: index + 2, "cannot be read", hint: again)
      }
    }
    self = plan
  }

  /// - Returns: Whether it is a line that a plan may have.
  private mutating func take(_ fields: [String]) -> Bool {
    switch (fields.first, fields.count) {
    case ("setting", 3):
      reading[fields[1]] = fields[2]
    case ("archives", 2):
      guard let count = Int(fields[1]), count >= 0 else { return false }
      foundArchives = count
    case ("unread", 4):
      guard let kind = UnreadInput.Kind(rawValue: fields[1]) else { return false }
      unread.append(UnreadInput(name: fields[3], kind: kind, reason: fields[2]))
    case ("units", 2):
      guard let count = Int(fields[1]), count >= 0 else { return false }
    case ("unit", 11):
      guard let unit = PlannedUnit(fields), unit.number == units.count + 1 else { return false }
      units.append(unit)
    default: return false
    }
    return true
  }
}

extension PlannedUnit {
  fileprivate init?(_ fields: [String]) {
    guard let number = Int(fields[1]), let bytes = Int(fields[4]), let start = Int(fields[5]),
      let end = Int(fields[6]), 0 <= start, start <= end, end <= bytes,
      fields[7].utf8.count == 64, fields[8].utf8.count == 64,
      let container = Container(rawValue: fields[9]), let before = Int(fields[10]),
      before >= 0
    else { return nil }
    self.init(
      number: number,
      archive: PlannedArchive(
        name: fields[2], unit: fields[3], bytes: bytes, sha256: fields[8], container: container),
      range: start..<end, unpackedBytesBefore: before, sha256: fields[7])
  }
}
