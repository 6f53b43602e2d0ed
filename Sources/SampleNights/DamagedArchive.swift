/// An archive that cannot be read to its end, or not as what it says it is.
package struct DamagedArchive: Sendable {
  package var name: String
  package var bytes: [UInt8]
  /// One sentence for the reader of truth.json.
  package var story: String
  /// Whether a reader can see that something is wrong with the archive itself.
  package var isDamaged: Bool
  /// Lines that are complete before the break, where that does not depend on the reader.
  package var lines: Int?
  /// Of those, lines that are no JSON.
  package var malformed: Int?
  /// Connections that the published query keeps, all of them before the break.
  package var matched: Int

  var document: Document {
    .object([
      "path": .text("damaged/" + name), "story": .text(story), "is_damaged": .flag(isDamaged),
      "lines": lines.map(Document.number) ?? .null,
      "malformed": malformed.map(Document.number) ?? .null, "matched": .number(matched),
    ])
  }

  /// Six ways in which archives arrive broken, made of a few lines of a good night about the first
  /// thing that is planted in it. That is in the first of three frames, the damage in the last.
  ///
  /// - Throws: ``PackingError`` when libzstd refuses.
  package static func all(from night: Night.Archive) throws(PackingError) -> [DamagedArchive] {
    let planted = night.events.firstIndex { $0.plant != nil } ?? 0
    let events = Array(night.events.dropFirst(max(0, planted - 20)).prefix(240))
    let lines = events.map { night.shape.bytes($0) + [UInt8(ascii: "\n")] }
    func bytes(_ range: Range<Int>) -> [UInt8] { Array(lines[range].joined()) }
    let third = lines.count / 3
    let matched = events[..<third].count { $0.plant != nil && $0.kind == .networkOutbound }
    let form = ZstdFrame.Form()
    var frames: [[UInt8]] = []
    for at in 0..<3 {
      frames.append(try ZstdFrame.packed(bytes(at * third..<(at + 1) * third)[...], form))
    }
    let good = Array(frames.joined())

    var flipped = frames
    flipped[2][frames[2].count / 2] ^= 0x10
    var wrong = frames
    wrong[2][frames[2].count - 1] ^= 0xff
    let text = events.map {
      "\($0.recordTime.secondsText) \($0.host.computer) \($0.logHead.title)\n"
    }
    let words = Array(text.joined().utf8)
    var wide: [UInt8] = [0xff, 0xfe]
    for byte in bytes(0..<third) { wide += [byte, 0] }
    return [
      DamagedArchive(
        name: "truncated.jsonl.zst", bytes: Array(good.dropLast(frames[2].count / 2)),
        story: "The last of three frames is cut in its middle.", isDamaged: true,
        matched: matched),
      DamagedArchive(
        name: "flipped-bit.jsonl.zst", bytes: Array(flipped.joined()),
        story: "One bit of the last of three frames is flipped.", isDamaged: true,
        matched: matched),
      DamagedArchive(
        name: "wrong-checksum.jsonl.zst", bytes: Array(wrong.joined()),
        story: "The last frame's checksum is wrong, its content is not.", isDamaged: true,
        lines: 3 * third, malformed: 0, matched: matched),
      DamagedArchive(
        name: "text-after-last-frame.jsonl.zst",
        bytes: good + bytes(0..<1), story: "Somebody appended a line without packing it.",
        isDamaged: true, lines: 3 * third, malformed: 0, matched: matched),
      DamagedArchive(
        name: "not-json.jsonl.zst", bytes: try ZstdFrame.packed(words[...], form),
        story: "Sound frames, but the lines are plain text.", isDamaged: false,
        lines: events.count, malformed: events.count, matched: 0),
      DamagedArchive(
        name: "utf-16.jsonl.zst", bytes: try ZstdFrame.packed(wide[...], form),
        story: "UTF-16 with a byte order mark, as PowerShell redirects it.", isDamaged: false,
        matched: 0),
    ]
  }
}
