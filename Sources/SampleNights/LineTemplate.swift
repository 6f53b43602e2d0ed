/// A line of which only a few digits change: what makes a large archive fast to write.
struct LineTemplate: Sendable {
  private struct Hole: Sendable {
    enum Content: Sendable {
      /// A clock with this distance from `UtcTime`, and whether milliseconds follow.
      case clock(milliseconds: Int, hasFraction: Bool)
      case address
      case sourcePort
      case recordNumber
      case process(isUpperCase: Bool)
    }

    var offset: Int
    var content: Content
  }

  /// What is put into the holes of one line.
  struct Filling {
    /// Milliseconds since midnight, below 20 hours: no clock of the line passes midnight.
    var clock: Int
    var addressNumber = 0
    var sourcePort = 50_000
    var recordNumber: Int
    var processNumber = 0
  }

  /// The event that is spelled to become a template holds these, and is searched for them.
  enum Marker {
    static let utc = Company.midnight(2) + 78_187_618
    static let address = "10.111.222.133"
    static let sourcePort = 58_731
    static let recordNumber = 731_946_285
    static let processNumber: UInt64 = 0xc0ff_ee5e_ed01
    static let processMask: UInt64 = 0xffff_ffff_ffff
  }

  /// How many addresses there are to tell connections by.
  static let addresses = 156 * 156 * 156

  let bytes: [UInt8]
  private let holes: [Hole]

  /// - Parameter line: A whole line without its end, spelled from marked values.
  init(_ line: [UInt8]) {
    bytes = line + [UInt8(ascii: "\n")]
    var holes: [Hole] = []
    func mark(_ text: String, _ content: Hole.Content) {
      let text = Array(text.utf8)
      var at = 0
      while at + text.count <= line.count {
        if line[at] == text[0], line[at..<(at + text.count)].elementsEqual(text) {
          holes.append(Hole(offset: at, content: content))
          at += text.count
        } else {
          at += 1
        }
      }
    }
    mark(Marker.address, .address)
    mark(String(Marker.sourcePort), .sourcePort)
    mark(String(Marker.recordNumber), .recordNumber)
    mark(String(Marker.processNumber, radix: 16), .process(isUpperCase: false))
    mark(String(Marker.processNumber, radix: 16, uppercase: true), .process(isUpperCase: true))
    self.holes = holes + LineTemplate.clocks(in: line)
  }

  /// The clocks of a line that are at most three hours from the marked one.
  private static func clocks(in line: [UInt8]) -> [Hole] {
    let marked = Marker.utc.milliseconds % 86_400_000
    func number(_ at: Int, _ count: Int) -> Int? {
      guard at + count <= line.count else { return nil }
      var value = 0
      for byte in line[at..<(at + count)] {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
      }
      return value
    }
    return line.indices.dropLast(8).compactMap { at in
      guard line[at + 2] == UInt8(ascii: ":"), line[at + 5] == UInt8(ascii: ":"),
        let hour = number(at, 2), let minute = number(at + 3, 2), let second = number(at + 6, 2)
      else { return nil }
      let fraction = line[at + 8] == UInt8(ascii: ".") ? number(at + 9, 3) : nil
      let clock = ((hour * 60 + minute) * 60 + second) * 1000
      // A clock of whole seconds was cut, so the marked milliseconds belong to it.
      let delta = clock + (fraction ?? Int(marked % 1000)) - marked
      guard abs(delta) < 3 * 3_600_000 else { return nil }
      return Hole(
        offset: at, content: .clock(milliseconds: delta, hasFraction: fraction != nil))
    }
  }

  /// Appends the line and its end to `target`'s bytes.
  func append(to target: inout [UInt8], _ filling: Filling) {
    let start = target.count
    target.append(contentsOf: bytes)
    for hole in holes {
      let at = start + hole.offset
      switch hole.content {
      case .clock(let milliseconds, let hasFraction):
        let clock = max(0, filling.clock + milliseconds)
        let second = clock / 1000
        LineTemplate.put(second / 3600, 2, at, &target)
        LineTemplate.put(second / 60 % 60, 2, at + 3, &target)
        LineTemplate.put(second % 60, 2, at + 6, &target)
        if hasFraction { LineTemplate.put(clock % 1000, 3, at + 9, &target) }
      case .address:
        let number = filling.addressNumber
        LineTemplate.put(100 + number / (156 * 156) % 156, 3, at + 3, &target)
        LineTemplate.put(100 + number / 156 % 156, 3, at + 7, &target)
        LineTemplate.put(100 + number % 156, 3, at + 11, &target)
      case .sourcePort: LineTemplate.put(filling.sourcePort, 5, at, &target)
      case .recordNumber: LineTemplate.put(filling.recordNumber, 9, at, &target)
      case .process(let isUpperCase):
        let ten = UInt8(ascii: isUpperCase ? "A" : "a") - 10
        for digit in 0..<12 {
          let nibble = UInt8(truncatingIfNeeded: filling.processNumber >> (44 - 4 * digit)) & 15
          target[at + digit] = nibble + (nibble < 10 ? UInt8(ascii: "0") : ten)
        }
      }
    }
  }

  private static func put(_ number: Int, _ digits: Int, _ at: Int, _ target: inout [UInt8]) {
    var rest = number
    for place in stride(from: at + digits - 1, through: at, by: -1) {
      target[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
  }
}
