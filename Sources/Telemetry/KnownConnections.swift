import CKernels
import Facts
import Glibc

/// Connections that came before, by all that a line says of them but their times.
///
/// Most lines of an archive of connections say again what an earlier one said. Those cost one look-up
/// instead of one for each field.
@safe struct KnownConnections: Sendable {
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
  @safe struct Row {
    /// The row, and behind it the source port, if that is a number.
    let withPort: UnsafeRawBufferPointer
    let count: Int
    let hash: UInt64

    init(_ withPort: UnsafeRawBufferPointer, count: Int) {
      unsafe self.withPort = withPort
      self.count = count
      hash = unsafe KnownConnections.hash(.init(rebasing: withPort[..<count]))
    }

    var isEmpty: Bool { count == 0 }
    var alone: UnsafeRawBufferPointer { unsafe .init(rebasing: withPort[..<count]) }
    var hasPort: Bool { unsafe withPort.count > count }
  }

  /// So many bytes of rows are kept; then it begins anew.
  private static let mostBytes = 32 << 20
  /// In `records` an entry stands before its row, and between them the row's length: what a look-up
  /// touches lies side by side.
  private static let rowOffset = MemoryLayout<Entry>.stride + 8

  private var records: [UInt8] = []
  /// Open addressing: 0 is free, everything else half a hash above the place in `records`, in eights,
  /// plus one.
  private var slots: [UInt64] = Array(repeating: 0, count: 1024)
  private var count = 0

  @inline(__always)
  private static func hash(_ row: UnsafeRawBufferPointer) -> UInt64 {
    unsafe UInt64(TextTable.hash(row))
  }

  /// The place of the entry of a row, alone or with its source port; nil where it is not known.
  @inline(__always)
  func place(of row: Row) -> Int? {
    if let known = unsafe place(of: row.alone, hash: row.hash) { return known }
    return row.hasPort ? unsafe place(of: row.withPort, hash: Self.hash(row.withPort)) : nil
  }

  @inline(__always)
  private func place(of row: UnsafeRawBufferPointer, hash: UInt64) -> Int? {
    var slot = Int(hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let place = Self.place(in: slots[slot])
      if slots[slot] >> 32 == hash, unsafe holds(row, at: place) { return place }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Fetches the slot that a look-up begins with.
  @inline(__always)
  func fetchSlot(of row: Row) {
    unsafe slots.withUnsafeBytes {
      unsafe kernel_fetch($0.baseAddress, (Int(row.hash) & (slots.count - 1)) * 8, 8)
    }
  }

  /// Fetches the entry and the row that a look-up compares first.
  @inline(__always)
  func fetchRecord(of row: Row) {
    let slot = slots[Int(row.hash) & (slots.count - 1)]
    guard slot >> 32 == row.hash else { return }
    unsafe records.withUnsafeBytes {
      unsafe kernel_fetch($0.baseAddress, Self.place(in: slot), Self.rowOffset + row.count)
    }
  }

  @inline(__always)
  private static func place(in slot: UInt64) -> Int {
    (Int(truncatingIfNeeded: slot & 0xFFFF_FFFF) - 1) * 8
  }

  @inline(__always)
  private func holds(_ row: UnsafeRawBufferPointer, at place: Int) -> Bool {
    unsafe records.withUnsafeBytes { records in
      let length = unsafe records.load(
        fromByteOffset: place + MemoryLayout<Entry>.stride, as: Int.self)
      guard length == row.count, let known = records.baseAddress, let row = row.baseAddress else {
        return false
      }
      return unsafe memcmp(known + place + Self.rowOffset, row, length) == 0
    }
  }

  subscript(place: Int) -> Entry {
    @inline(__always) get {
      unsafe records.withUnsafeBytes { unsafe $0.load(fromByteOffset: place, as: Entry.self) }
    }
    set {
      unsafe records.withUnsafeMutableBytes {
        unsafe $0.storeBytes(of: newValue, toByteOffset: place, as: Entry.self)
      }
    }
  }

  /// - Parameter row: Is not known.
  mutating func add(_ row: Row, _ entry: Entry) {
    if entry.isBySourcePort {
      guard row.hasPort else { return }
      unsafe add(row.withPort, hash: Self.hash(row.withPort), entry)
    } else {
      unsafe add(row.alone, hash: row.hash, entry)
    }
  }

  private mutating func add(_ row: UnsafeRawBufferPointer, hash: UInt64, _ entry: Entry) {
    if records.count + row.count > Self.mostBytes { self = Self() }
    let place = records.count
    let size = (Self.rowOffset + row.count + 7) / 8 * 8
    records.append(contentsOf: repeatElement(0, count: size))
    unsafe records.withUnsafeMutableBytes { records in
      unsafe records.storeBytes(of: entry, toByteOffset: place, as: Entry.self)
      unsafe records.storeBytes(
        of: row.count, toByteOffset: place + MemoryLayout<Entry>.stride, as: Int.self)
      unsafe UnsafeMutableRawBufferPointer(rebasing: records[(place + Self.rowOffset)...])
        .copyMemory(from: row)
    }
    count += 1
    if count * 2 > slots.count { grow() }
    put(hash << 32 | UInt64(place / 8 + 1))
  }

  private mutating func put(_ value: UInt64) {
    var slot = Int(value >> 32) & (slots.count - 1)
    while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = value
  }

  private mutating func grow() {
    let known = slots
    slots = Array(repeating: 0, count: known.count * 4)
    for value in known where value != 0 { put(value) }
  }
}
