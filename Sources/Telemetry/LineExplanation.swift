package import Facts
import JSON

/// What is made of one line, and why not more.
package struct LineExplanation: Sendable {
  /// What it was read as; nil where no shape fits.
  package var shape: String?
  package var kind: EventKind?
  /// The facts that it gave.
  package var facts = FactTable()
  /// Why it gave none, in whole words.
  package var refusal: String?
  /// Where no shape fits: the one that most of the line's keys belong to, and what it lacks.
  package var nearest: (shape: String, lacks: [String])?
}

extension LineReader {
  /// Reads a line, behind which 64 bytes can be read, and says what became of it.
  package mutating func explain(_ line: UnsafeRawBufferPointer) -> LineExplanation {
    var result = LineExplanation()
    var intake = Intake()
    unsafe read(line, at: Place(archive: 0, line: 1, offset: 0), into: &intake)
    result.facts = intake.facts()
    let coverage = result.facts.coverage
    if let event = coverage.events.keys.first {
      result.shape = event.shape
      result.kind = event.kind
      return result
    }
    if coverage.lines.blank > 0 {
      result.refusal = "the line is blank"
    } else if let example = coverage.examples.first {
      result.refusal = "the line is not one JSON object: " + example.message
    } else if let plan = planAtHand,
      !plan.shape.tests.isEmpty
        || plan.shape.eventID.contains(where: { parser.kind($0) != .absent })
    {
      result.shape = plan.shape.name
      result.refusal = refusal(coverage, plan)
    } else {
      result.nearest = nearestShape()
      result.refusal = "no shape fits"
    }
    return result
  }

  /// Holds field values.
  private func refusal(_ coverage: Coverage, _ plan: ReadingPlan) -> String {
    if coverage.outsideWindow > 0 { return "it lies outside of --from and --to" }
    func text(_ bytes: [UInt8]) -> String { String(decoding: bytes.prefix(120), as: UTF8.self) }
    let carried = unsafe values.eventID.map { unsafe Array($0) }
    let written = plan.eventID >= 0 ? parser.text(plan.eventID) : []
    let id = text(carried ?? written)
    if coverage.telemetryEvents == 0 {
      let product = plan.markers.first.map { text(parser.text($0)) } ?? ""
      if !product.isEmpty, !id.isEmpty { return "it is of \(product), not of Sysmon" }
      return "it has no Event ID where this shape has it"
    }
    return
      "the event is \(id): neither a connection that names its port (Event ID 3), nor the start of a"
      + " process that names its parent (1), nor a change of the RDP port (13)"
  }

  /// The shape with the most of its fields in the line that the parser holds.
  private func nearestShape() -> (shape: String, lacks: [String])? {
    var best: (shape: CompiledShape, present: Int)?
    for shape in shapes.shapes where !shape.name.contains("/") {
      let slots = Set(shape.eventID + shape.markers + shape.host + shape.fields.flatMap(\.self))
      let present = slots.count { parser.kind($0) != .absent }
      if present > best?.present ?? 0 { best = (shape, present) }
    }
    return best.map { best in
      let missing = best.shape.tests.filter { !holds($0.test, $0.slot) }.map { $0.slot }
      let needed =
        best.shape.eventID.allSatisfy { parser.kind($0) == .absent }
        ? best.shape.eventID.prefix(1) : []
      return (best.shape.name, (missing + needed).map { shapes.paths[$0].joined(separator: ".") })
    }
  }

  private func holds(_ test: CompiledShape.Test, _ slot: Int) -> Bool {
    let kind = parser.kind(slot)
    return switch test {
    case .object: parser.isObject(slot)
    case .array: kind == .array
    case .scalar: kind.isScalar
    case .present: kind != .absent
    case .absent: kind == .absent
    case .text, .word, .eventXML: kind.isScalar
    }
  }
}
