import Archives
import Testing

/// Single lines of archives of every form, by place and by number.
@Suite struct LinePickerTests {
  /// Lines of many lengths, one of them longer than a frame.
  static let lines: [[UInt8]] = (0..<200).map { number in
    Array("line \(number) ".utf8) + [UInt8](repeating: 120, count: number == 77 ? 900 : number % 37)
  }

  static let text: [UInt8] = lines.flatMap { $0 + [10] }

  static let starts: [Int] = lines.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count + 1) }

  enum Form: String, CaseIterable {
    case plain, gzip, oneFrame, frames, framesWithoutSize, mixedFrames, seekable

    var bytes: [UInt8] {
      let pieces = stride(from: 0, to: text.count, by: 113).map {
        Array(text[$0..<min($0 + 113, text.count)])
      }
      switch self {
      case .plain: return text
      case .gzip: return ArchivesTests.gzip(text)
      case .oneFrame: return zstd(text)
      case .frames: return zstd(frames: pieces)
      case .framesWithoutSize: return zstd(frames: pieces, .streamed)
      case .mixedFrames:
        return pieces.enumerated().flatMap { zstd($1, $0 % 9 == 5 ? .streamed : .plain) }
      case .seekable: return pieces.flatMap { zstd($0) + skippable([1, 2, 3]) }
      }
    }
  }

  @Test(arguments: Form.allCases, [1, 500, 1 << 20])
  func byPlace(form: Form, chunkBytes: Int) throws {
    let folder = TemporaryFolder()
    let archive = try Archive(folder.write(form.bytes, "a.jsonl"))
    for wanted in [[0], [77], [199], [3, 76, 77, 78, 150], Array(0..<200)] {
      var picker = LinePicker(archive, chunkBytes: chunkBytes)
      let found = try picker.lines(at: wanted.map { Self.starts[$0] })
      #expect(found.count == wanted.count)
      for number in wanted { #expect(found[Self.starts[number]] == Self.lines[number]) }
    }
  }

  @Test(arguments: Form.allCases) func byNumber(form: Form) throws {
    let folder = TemporaryFolder()
    var picker = LinePicker(try Archive(folder.write(form.bytes, "a.jsonl")))
    for number in [1, 2, 78, 200] {
      #expect(try picker.line(number: number) == Self.lines[number - 1])
    }
    #expect(try picker.line(number: 201) == nil)
  }

  @Test func theLastLineNeedsNoLineFeed() throws {
    let folder = TemporaryFolder()
    var picker = LinePicker(try Archive(folder.write(Array("a\nbc".utf8), "a.jsonl")))
    #expect(try picker.line(number: 2) == Array("bc".utf8))
    #expect(try picker.lines(at: [2])[2] == Array("bc".utf8))
  }

  @Test func whatIsNotThereIsNotFound() throws {
    let folder = TemporaryFolder()
    var picker = LinePicker(try Archive(folder.write(Self.text, "a.jsonl")))
    #expect(try picker.lines(at: [Self.text.count + 5]).isEmpty)
  }

  @Test func aBreakEndsTheSearch() throws {
    let folder = TemporaryFolder()
    var bytes = Form.frames.bytes
    bytes.removeLast(9)
    var picker = LinePicker(try Archive(folder.write(bytes, "a.jsonl")), chunkBytes: 1)
    let found = try picker.lines(at: [Self.starts[0], Self.starts[199]])
    #expect(found == [Self.starts[0]: Self.lines[0]])
  }
}
