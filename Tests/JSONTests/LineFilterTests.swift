import Glibc
import JSON
import Telemetry
import Testing

@Suite struct LineFilterTests {
  struct Random: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 29
    }
  }

  static func text(_ random: inout Random, count: Int) -> [UInt8] {
    let pieces =
      Needles.all + [
        "\n", "\n{", "\n\n", "{", "estinatio", "aren", "\\u0044", "\\u005cu0065", "\\u0", "u00",
        "&", "#", "&amp;#", "\\/", "<", "!", "x", "\r\n{",
      ]
    var bytes: [UInt8] = []
    while bytes.count < count {
      if Bool.random(using: &random) {
        bytes += Array(pieces.randomElement(using: &random)!.utf8)
      } else {
        bytes += (0..<Int.random(in: 1...40, using: &random)).map { _ in
          UInt8.random(in: 32...126, using: &random)
        }
      }
    }
    return Array(bytes.prefix(count))
  }

  static let levels = LineFilter.Level.allCases.filter { $0 <= .best && $0 != .reference }

  @Test(
    "Every form of the filter finds what its definition finds, at every size", arguments: 1...40,
    levels)
  func agreesWithDefinition(seed: UInt64, level: LineFilter.Level) {
    let filter = LineFilter(needles: Needles.all, level: level)
    let definition = LineFilter(needles: Needles.all, level: .reference)
    var random = Random(state: seed)
    for count in 0..<300 {
      let text = Self.text(&random, count: count)
      // What follows the data would be a hit, if it counted.
      let padded = text + Array(String(repeating: "\nestination{", count: 6).utf8)
      unsafe padded.withUnsafeBytes { all in
        let data = unsafe UnsafeRawBufferPointer(rebasing: all[..<count])
        var at = 0
        repeat {
          let found = unsafe filter.next(in: data, from: at)
          let plain = unsafe definition.next(in: data, from: at)
          #expect(found == plain)
          if found.next <= at { break }
          at = found.next
        } while at < count
      }
    }
  }

  @Test("Every line is passed over or handed out, once")
  func countsLines() {
    let filter = LineFilter(needles: ["needle"])
    let text = "{a}\n{needle}\n\n{b}\n{c}\nx\n{needle"
    let padded = Array(text.utf8) + [UInt8](repeating: 0, count: 64)
    var found: [String] = []
    var passed = 0
    unsafe padded.withUnsafeBytes { all in
      let data = unsafe UnsafeRawBufferPointer(rebasing: all[..<text.utf8.count])
      var at = 0
      while at < data.count {
        let candidate = unsafe filter.next(in: data, from: at)
        passed += candidate.passed
        if candidate.line.lowerBound < data.count {
          found.append(unsafe String(decoding: data[candidate.line], as: UTF8.self))
        }
        at = candidate.next
      }
    }
    #expect(found == ["{needle}", "", "x", "{needle"])
    #expect(passed == 3)
  }

  @Test(
    "Nothing after the padding is read",
    arguments: LineFilter.Level.allCases.filter { $0 <= .best })
  func staysWithinPadding(level: LineFilter.Level) throws {
    let filter = LineFilter(needles: ["estination"], level: level)
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let pages = unsafe try #require(
      mmap(nil, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
    defer { unsafe munmap(pages, 2 * page) }
    // Whoever reads beyond the first page ends the tests.
    unsafe try #require(mprotect(pages + page, page, PROT_NONE) == 0)
    for count in 1...200 {
      let start = unsafe pages + page - LineFilter.padding - count
      unsafe memset(start, Int32(UInt8(ascii: "x")), count + LineFilter.padding)
      unsafe start.storeBytes(of: UInt8(ascii: "{"), as: UInt8.self)
      let found = unsafe filter.next(in: .init(start: start, count: count), from: 0)
      #expect(found.passed == 1 && found.next == count)
    }
  }
}

@Suite struct PlainLinesTests {
  private static func byDefinition(_ text: [UInt8], onlyBlank: Bool) -> LineFilter.Run {
    var run = LineFilter.Run(lines: 0, blank: 0, next: 0)
    while let feed = text[run.next...].firstIndex(of: 0x0A) {
      let line = text[run.next..<feed]
      let isBlank = line.allSatisfy { [0x20, 0x09, 0x0D].contains($0) }
      let special: [UInt8] = Array("{[<".utf8) + [0, 0xEF, 0xFE, 0xFF]
      guard isBlank || !onlyBlank, !line.contains(where: { special.contains($0) }) else { break }
      run.lines += 1
      run.blank += isBlank ? 1 : 0
      run.next = feed + 1
    }
    return run
  }

  @Test("Lines in which no event can begin are counted as line by line", arguments: 0..<400)
  func counts(seed: Int) {
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
    func next(_ bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(bound))
    }
    let alphabet: [UInt8] = Array("\n\n\n \t\rxyz".utf8) + [0xC3]
    var text = (0..<next(400)).map { _ in alphabet[next(alphabet.count)] }
    if next(3) == 0, !text.isEmpty { text[next(text.count)] = Array("{[<".utf8)[next(3)] }
    text.append(0x0A)
    let padded = text + [UInt8](repeating: 0x7B, count: 64)
    for onlyBlank in [false, true] {
      let run = unsafe padded.withUnsafeBytes {
        unsafe LineFilter.plainLines(
          in: .init(rebasing: $0[..<text.count]), from: 0, onlyBlank: onlyBlank)
      }
      #expect(run == Self.byDefinition(text, onlyBlank: onlyBlank))
    }
  }
}
