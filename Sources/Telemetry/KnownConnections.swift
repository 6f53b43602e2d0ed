import CKernels
import Facts

/// Connections that came before, by all that a line says of them but their times.
///
/// Most lines of an archive of connections say again what an earlier one said. Those cost one look-up
/// instead of one for each field.
struct KnownConnections: Sendable {
  /// What a line adds to when it says the same.
  struct Entry: Sendable {
    /// The index of the fact, for the day.
    var fact: Int32
    var day: Int32
    var destinationName: TextID
    var host: TextID
    var shape: Int16
    /// The number of the reader's clock that tells when.
    var clock: Int16
    var isFromCollector: Bool
    /// Whether the source port belongs to what is said: the row does not hold it, because it changes from
    /// line to line.
    var isBySourcePort: Bool
  }

  /// All that decides what a matched line says but its times.
  struct Row: Sendable {
    var hash = RowHash.none
    /// That of the row and the source port behind it; nil where that is no number.
    var withPort: RowHash?

    var isEmpty: Bool { hash.isNone }
  }

  private struct Slot: Sendable {
    /// That of no row where the slot is free.
    var hash = RowHash.none
    var entry = Entry(
      fact: 0, day: 0, destinationName: .none, host: .none, shape: 0, clock: 0,
      isFromCollector: false, isBySourcePort: false)
  }

  /// So many are kept; then it begins anew.
  private static let most = 200_000

  /// Open addressing, at most half full.
  private var slots = [Slot](repeating: Slot(), count: 1024)
  private var count = 0

  /// The place of the entry of a row, alone or with its source port; nil where it is not known.
  @inline(__always)
  func place(of row: Row) -> Int? { place(of: row.hash) ?? row.withPort.flatMap { place(of: $0) } }

  @inline(__always)
  private func place(of hash: RowHash) -> Int? {
    let slot = slot(of: hash)
    return slots[slot].hash == hash ? slot : nil
  }

  /// The slot that holds `hash`, or the free one where it belongs.
  @inline(__always)
  private func slot(of hash: RowHash) -> Int {
    var slot = firstSlot(of: hash)
    while !slots[slot].hash.isNone, slots[slot].hash != hash {
      slot = (slot + 1) & (slots.count - 1)
    }
    return slot
  }

  @inline(__always)
  private func firstSlot(of hash: RowHash) -> Int {
    Int(truncatingIfNeeded: ((hash.high ^ hash.low) &* 0x9E37_79B9_7F4A_7C15) >> 32)
      & (slots.count - 1)
  }

  /// Fetches what a look-up begins with.
  @inline(__always)
  func fetch(_ row: Row) {
    unsafe slots.withUnsafeBytes {
      let size = MemoryLayout<Slot>.stride
      unsafe kernel_fetch($0.baseAddress, firstSlot(of: row.hash) * size, size)
    }
  }

  subscript(place: Int) -> Entry {
    @inline(__always) get { slots[place].entry }
    set { slots[place].entry = newValue }
  }

  /// - Parameter row: Is not known.
  mutating func add(_ row: Row, _ entry: Entry) {
    guard let hash = entry.isBySourcePort ? row.withPort : row.hash else { return }
    if count == Self.most { self = Self() }
    count += 1
    if count * 2 > slots.count {
      let known = slots
      slots = Array(repeating: Slot(), count: slots.count * 2)
      for one in known where !one.hash.isNone { slots[slot(of: one.hash)] = one }
    }
    slots[slot(of: hash)] = Slot(hash: hash, entry: entry)
  }
}
