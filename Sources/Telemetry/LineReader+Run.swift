import CKernels
package import Facts
import JSON

/// Lines that are written like earlier ones, whose rows are looked up together: while the memory that one
/// look-up needs is on its way, the others go on.
@safe struct MatchedLines: ~Copyable {
  @safe struct Line {
    let row: KnownConnections.Row
    let text: UnsafeRawBufferPointer
    let place: Place
    /// By the clock of this number.
    let time: EventTime
    let clock: Int
    /// What is known of the row, once it was looked up.
    var known: KnownConnections.Entry?
  }

  private static let most = 16

  var lines: [Line] = []

  init() { lines.reserveCapacity(Self.most) }

  var isFull: Bool { lines.count == Self.most }
}

extension LineReader {
  /// Reads the lines at the start of some whole ones, up to the first that is not written like earlier
  /// ones, or that the filter may pass over; that one is left to it and ``read(_:at:into:)``.
  ///
  /// - Returns: How many lines were read, and how many bytes they are with their line feeds.
  package mutating func readRun(
    _ lines: UnsafeRawBufferPointer, at start: Place, into intake: inout Intake
  ) -> (lines: Int, bytes: Int) {
    var count = 0
    var at = 0
    while at < lines.count {
      let length = unsafe parser.match(.init(rebasing: lines[at...]))
      guard length > 0 else {
        unsafe missed = lines.baseAddress.map { unsafe $0 + at }
        break
      }
      var place = start
      place.line += count
      place.offset += at
      let row = wholeRow()
      if !row.isEmpty, lastClock >= 0 {
        intake.known.fetch(row)
        unsafe waiting.lines.append(
          MatchedLines.Line(
            row: row, text: .init(rebasing: lines[at..<at + length]), place: place,
            time: timeOfRow(clocks[lastClock]), clock: lastClock))
        fetchAhead(intake)
        if waiting.isFull { lookUp(into: &intake) }
      } else {
        guard structure().holdsNeedle else { break }
        readMatched(row, at: place, into: &intake)
      }
      count += 1
      at += length + 1
    }
    lookUp(into: &intake)
    return (count, min(at, lines.count))
  }

  /// Goes on with the line before the last: what its look-up begins with is there by now. While the memory
  /// of its fact is on its way, the next line is read.
  private mutating func fetchAhead(_ intake: borrowing Intake) {
    let last = waiting.lines.count - 1
    if last > 0 { recognise(last - 1, intake) }
  }

  private mutating func recognise(_ index: Int, _ intake: borrowing Intake) {
    let line = waiting.lines[index]
    guard let place = intake.known.place(of: line.row) else { return }
    let known = intake.known[place]
    guard known.clock == line.clock, known.day == line.time.day else { return }
    waiting.lines[index].known = known
    unsafe intake.table.facts.withUnsafeBytes {
      let size = MemoryLayout<ConnectionFact>.stride
      unsafe kernel_fetch($0.baseAddress, Int(known.fact) * size, size)
    }
  }

  /// Adds what the waiting lines say.
  private mutating func lookUp(into intake: inout Intake) {
    if let last = waiting.lines.indices.last { recognise(last, intake) }
    for index in waiting.lines.indices {
      let line = waiting.lines[index]
      if var known = line.known {
        count(connectionAgain(&known, line.time, at: line.place, into: &intake), in: &intake.table)
      } else if unsafe canMatter(line.text) {
        unsafe read(line.text, at: line.place, into: &intake)
      } else {
        intake.table.coverage.lines.irrelevant += 1
      }
    }
    waiting.lines.removeAll(keepingCapacity: true)
  }

  /// When the matched line happened, by its row's clock.
  mutating func timeOfRow(_ clock: Clock) -> EventTime {
    values.clear()
    if lastCarrier >= 0, nestedParser.kind(shapes.flatUtcTime).isScalar {
      unsafe values.set(.utcTime, at: nestedParser.bytes(shapes.flatUtcTime))
    }
    return time(clock)
  }

  /// Adds a connection of which only the times and the place are new; whether it is in the window.
  ///
  /// - Parameter known: Is told where connections of the time's day are added up.
  func connectionAgain(
    _ known: inout KnownConnections.Entry, _ time: EventTime, at place: Place,
    into intake: inout Intake
  ) -> Bool {
    intake.table.coverage.telemetryEvents += 1
    guard isInWindow(time.best) else {
      intake.table.coverage.outsideWindow += 1
      return false
    }
    let arrival = Arrival(time: time.best, beat: time.beat, place: place)
    if known.day == time.day {
      intake.table.absorb(arrival, at: Int(known.fact))
    } else {
      var key = intake.table.keys[Int(known.fact)]
      key.day = time.day
      known.fact = Int32(
        intake.table.absorb(arrival, of: key, destinationName: known.destinationName))
      known.day = time.day
    }
    intake.notes.add(
      .connection, shape: Int(known.shape), host: known.host, time: time,
      isFromCollector: known.isFromCollector)
    return true
  }
}
