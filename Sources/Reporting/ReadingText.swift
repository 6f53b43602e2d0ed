package import Hunting
import Knowledge

extension ReadingVerdict {
  /// `reading: partial (damaged, passed-over)`.
  package var headline: String {
    let counted = notes.filter { !$0.isAccepted }.map(\.reason.rawValue)
    let list = counted.isEmpty ? "" : " (" + counted.joined(separator: ", ") + ")"
    return "reading: " + level.rawValue + list
  }

  /// What is missing, one sentence for each reason, with values as they were read.
  package var sentences: [String] { notes.map(\.sentence) }

  var json: JSONOutput {
    [
      "verdict": .string(level.rawValue),
      "reasons": .array(
        notes.map { note in
          [
            "reason": .string(note.reason.rawValue),
            "level": .string(note.reason.isBlind ? "blind" : "partial"),
            "accepted": .bool(note.isAccepted),
            "count": .int(max(1, note.names.count)),
            "names": .strings(note.names),
            "text": .string(note.sentence),
          ]
        }),
    ]
  }
}

extension ReadingNote {
  /// The most names in a sentence; `report.json` has all.
  private static let maxNames = 5

  var sentence: String {
    let text = words.prefix(1).uppercased() + words.dropFirst() + "."
    return isAccepted ? text + " (accepted)" : text
  }

  private var words: String {
    let count = names.count
    switch reason {
    case .nothingRecognised:
      return "no event that the hunt reads (Event ID 1, 3 or 13) was found in "
        + some(count, "the only archive", "any of \(count) archives")
        + list
    case .noArchive: return "nothing to read was found" + (count > 0 ? " in" + bare : "")
    case .nothingNew: return "no new archive came"
    case .tooOld:
      return "no archive is recent enough: the newest was written \(details.joined()) ago"
    case .archiveNotRecognised:
      return "no event that the hunt reads was recognised in " + number("archive") + list
    case .notUnderstood:
      return "lines that name Sysmon were not understood in " + number("archive") + list
    case .senderNotUnderstood:
      return "a sender that was understood before no longer is, in " + number("archive") + list
    case .mostlyRejected:
      return "most lines or events were rejected in " + number("archive") + list
    case .damaged: return number("archive") + some(count, " is", " are") + " damaged" + list
    case .unreadable:
      return number("archive or folder", "archives or folders") + " could not be read" + list
    case .emptyFolder:
      return number("folder") + some(count, " holds", " hold") + " no archive" + list
    case .passedOver:
      return number("file") + some(count, " was", " were") + " passed over" + list
    case .fleetSilent:
      return "nothing was heard of any host for \(details.joined()) before the last one"
    case .hostSilent: return number("host") + " fell silent" + list
    case .kindSilent:
      return "a kind of event stopped on " + number("host") + " while others continued" + list
    case .clockOff:
      return some(count, "the clock of ", "the clocks of ") + number("host")
        + some(count, " is", " are")
        + " off" + list
    case .missedRuns: return "the last run was \(details.joined()) ago"
    case .feedEmpty:
      return number("file") + " of intelligence or suppressions had no usable entry" + list
    case .feedLost: return "entries were refused in " + number("intelligence file") + list
    }
  }

  private func some(_ count: Int, _ one: String, _ many: String) -> String {
    count == 1 ? one : many
  }

  private func number(_ noun: String, _ plural: String? = nil) -> String {
    Figures.count(names.count, noun, plural)
  }

  private var bare: String { " " + names.prefix(Self.maxNames).joined(separator: ", ") }

  /// `: a.jsonl (12 of 40 lines), b.jsonl and 3 more`.
  private var list: String {
    guard !names.isEmpty else { return "" }
    let shown = names.indices.prefix(Self.maxNames).map { index in
      let detail = details.isEmpty ? "" : details[index]
      let name = names[index].isEmpty ? "(empty name)" : names[index]
      return detail.isEmpty ? name : "\(name) (\(detail))"
    }
    let more = names.count - shown.count
    return ": " + shown.joined(separator: ", ")
      + (more > 0 ? " and \(Figures.grouped(more)) more" : "")
  }
}
