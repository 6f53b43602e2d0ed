/// The lines of a large archive, made a few megabytes at a time.
package struct BenchLines {
  package enum Kind: String, CaseIterable, Sendable {
    /// As real logs: 0.6 % connections, 0.2 % process starts, the rest neither.
    case mixed
    /// Nothing but connections.
    case network
  }

  /// What has been made so far.
  package struct Counts: Sendable {
    package var lines = 0
    package var bytes = 0
    package var connections = 0
    package var processStarts = 0
    /// Distinct combinations of host, image, port and address.
    package var keys = 0
  }

  package private(set) var counts = Counts()

  private let kind: Kind
  private let byteGoal: Int
  private let keys: Int
  private var random: SampleRandom
  private let connections: [LineTemplate]
  private let starts: [LineTemplate]
  /// Ordinary events, one list for each shape.
  private let ordinary: [[LineTemplate]]
  /// The ordinary lines that come next: what a machine ships comes in runs.
  private var run: (list: Int, at: Int, left: Int) = (0, 0, 0)
  /// The host whose connections come next.
  private var hostRun: (host: Int, left: Int) = (0, 0)

  /// - Parameters:
  ///   - bytes: About how many unpacked bytes to make.
  ///   - keys: How many distinct connections; they are all used where there are lines enough.
  package init(kind: Kind, bytes: Int, keys: Int, seed: UInt64) {
    self.kind = kind
    byteGoal = bytes
    self.keys = min(max(1, keys), 900 * LineTemplate.addresses)
    random = SampleRandom(seed: seed, "bench", kind.rawValue)
    let fleet = BenchFleet(combinations: min(self.keys, 900))
    connections = fleet.connections
    starts = fleet.starts
    ordinary = kind == .mixed ? BenchFleet.ordinary(seed: seed) : []
  }

  /// The next lines, about `size` bytes of whole ones; nil when enough has been made.
  package mutating func next(_ size: Int) -> [UInt8]? {
    guard counts.bytes < byteGoal else { return nil }
    let size = min(size, byteGoal - counts.bytes)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size + 8192)
    while bytes.count < size {
      // Twenty hours pass from the first byte to the last.
      let share = Double(counts.bytes + bytes.count) / Double(byteGoal)
      var filling = LineTemplate.Filling(
        clock: Int(share * 72_000_000), recordNumber: 100_000_000 + counts.lines % 800_000_000)
      counts.lines += 1
      let lot = kind == .network ? 0 : random.below(1000)
      if lot < 6 {
        counts.connections += 1
        let key = nextKey()
        filling.sourcePort = 49_152 + random.below(16_000)
        fill(&filling, for: key)
        connections[key % connections.count].append(to: &bytes, filling)
      } else if lot < 8 {
        counts.processStarts += 1
        let key = random.below(max(1, counts.keys))
        fill(&filling, for: key)
        starts[key % starts.count].append(to: &bytes, filling)
      } else {
        nextOrdinary().append(to: &bytes, filling)
      }
    }
    counts.bytes += bytes.count
    return bytes
  }

  private func fill(_ filling: inout LineTemplate.Filling, for key: Int) {
    filling.addressNumber = key / connections.count
    // Up to eight runs of one program on one host. The end of a real GUID follows no order.
    let run = UInt64(key % connections.count * 8 + filling.addressNumber % 8)
    filling.processNumber = Int((run &* 0x9E37_79B9_7F4A_7C15) >> 16)
  }

  /// Every second connection is a new one until all keys are used; the others repeat known ones,
  /// the first of them most often. Some tens of them in a row come from one host.
  private mutating func nextKey() -> Int {
    if counts.keys < keys, counts.keys == 0 || random.chance(500) {
      counts.keys += 1
      return counts.keys - 1
    }
    if hostRun.left == 0 {
      hostRun = (random.below(BenchFleet.hosts), random.within(20...200))
    }
    hostRun.left -= 1
    let key = random.below(random.below(counts.keys) + 1)
    let row = BenchFleet.hosts * BenchFleet.habitCount
    let ofHost =
      key / row * row + hostRun.host * BenchFleet.habitCount + key % BenchFleet.habitCount
    return ofHost < counts.keys ? ofHost : key
  }

  private mutating func nextOrdinary() -> LineTemplate {
    if run.left == 0 {
      let list = random.below(ordinary.count)
      run = (list, random.below(ordinary[list].count), random.within(60...400))
    }
    run.left -= 1
    run.at = (run.at + 1) % ordinary[run.list].count
    return ordinary[run.list][run.at]
  }
}
