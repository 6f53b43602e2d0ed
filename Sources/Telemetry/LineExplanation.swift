package import Facts
import JSON

/// What is made of one line, and why not more.
package struct LineExplanation: Sendable {
  /// What it was read as; nil where no event was found in it.
  package var shape: String?
  package var kind: EventKind?
  /// The facts that it gave.
  package var facts = FactTable()
  /// Why it gave none, in whole words.
  package var refusal: String?
}

extension LineReader {
  /// Reads a line, which must be followed by 64 readable bytes, and says what became of it.
  package func explain(_ line: UnsafeRawBufferPointer) -> LineExplanation {
    var result = LineExplanation()
    var facts = WorkerFacts()
    let place = Place(archive: 0, line: 1, offset: 0)
    let outcome = unsafe read(line, at: place, into: &facts)
    let shape = catalogue.shape(of: view)
    let id = unsafe first(shape.eventID).map {
      unsafe String(decoding: $0.prefix(120), as: UTF8.self)
    }
    count(outcome, at: place, in: &facts.table.coverage)
    result.facts = facts.facts()
    if let event = result.facts.coverage.events.keys.sorted().first {
      result.shape = event.shape
      result.kind = event.kind
      return result
    }
    switch outcome.result {
    case .observation, .irrelevant: result.refusal = refusal(outcome, shape, eventID: id)
    case .blank: result.refusal = "the line is blank"
    case .malformed(let isJSON):
      result.refusal = "the line is malformed: " + message(isJSON: isJSON)
    case .notUnderstood(let reason):
      result.refusal = "it names Sysmon and was not understood: " + reason.description
    }
    if id != nil { result.shape = shape.name }
    return result
  }

  /// Why an event that was understood gave nothing.
  private func refusal(
    _ outcome: LineOutcome, _ shape: CompiledShape, eventID: String?
  ) -> String {
    if outcome.outsideWindow > 0 { return "it is outside of --from and --to" }
    switch outcome.setAside {
    case .previewRow?: return "it is a preview of a search's results, which the final rows repeat"
    case .flowWithoutProcess?: return "it is a network flow that names no process"
    case nil: break
    }
    guard let eventID else { return "no event was found in it: it has no Event ID that is known" }
    if shape.origin == .defender {
      return "its ActionType is \(eventID), which reports no connection of either direction"
    }
    guard outcome.sysmonEvents > 0 else { return "event \(eventID) is another product's" }
    return "the event is \(eventID): neither a connection (Event ID 3), nor the start of a process"
      + " that names its parent (1), nor a change of the RDP port (13)"
  }
}
