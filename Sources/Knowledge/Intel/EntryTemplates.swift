import Facts

/// A value of an entry, as it is written.
struct EntryCell {
  var column: IntelColumn?
  /// What it may say where its column is not known.
  var unknown: UnknownName?
  /// Tells names apart.
  var name: Int
  var range: Range<Int>
  /// Whether it is an object or an array of JSON.
  var hasParts = false
}

/// What entries have in common, so that it is made out once.
///
/// Of a million entries of a feed nearly all say the same but for the address or name and its port, the time, a
/// note and their own name. The first one that says something is read with all care; where another one differs
/// in these alone, the care would come to the same, and they are put in the place of the first one's.
struct EntryTemplates {
  enum Outcome {
    case indicator(Indicator)
    /// For its type, of which all entries are refused.
    case refusal(String)
  }

  private var store = TemplateStore<Outcome>()
  private var key = TemplateKey()
  private var own = Own()

  /// What an entry says by its own values.
  private struct Own {
    var value: Range<Int>?
    var address: Range<Int>?
    var host: Range<Int>?
    var port: Range<Int>?
    var pattern: Range<Int>?
    var from: Range<Int>?
    var until: Range<Int>?
    var identity: Range<Int>?
    var note: Range<Int>?
    /// Notes that are said in several columns are not its own.
    var noteCount = 0
    /// Nil where what to look for cannot be made out quickly.
    var target: QuickTarget?

    /// - Returns: False where there are two of a value.
    mutating func take(_ range: Range<Int>, of column: IntelColumn) -> Bool {
      let path: WritableKeyPath<Own, Range<Int>?>
      switch column {
      case .value: path = \.value
      case .address: path = \.address
      case .host: path = \.host
      case .port: path = \.port
      case .pattern: path = \.pattern
      // Of several of these one rules; that it is the first one is made sure of when a template is kept.
      case .validFrom:
        from = from ?? range
        return true
      case .validUntil:
        until = until ?? range
        return true
      case .identity:
        identity = identity ?? range
        return true
      case .note:
        noteCount += 1
        note = noteCount == 1 ? range : nil
        return true
      default: return true
      }
      guard self[keyPath: path] == nil else { return false }
      self[keyPath: path] = range
      return true
    }

    /// Whether a name stands beside an address.
    var isNamed: Bool { address != nil && host != nil }

    mutating func findTarget(_ bytes: [UInt8]) {
      var found = QuickTarget()
      guard let range = value ?? address ?? host, found.takeSubject(bytes, range) else { return }
      // A column of its own says what it is, without a port.
      if value == nil, found.port != nil || (address == nil) != (found.address == nil) { return }
      if let port, !found.takePort(bytes, port) { return }
      target = found
    }
  }

  /// Whether entries differ in values of this column.
  static func isOwn(_ column: IntelColumn?) -> Bool {
    switch column {
    case .value, .address, .host, .port, .pattern, .validFrom, .validUntil, .identity, .note: true
    default: false
    }
  }

  /// What comes of the entry, where one that differs only in its own values was read before.
  mutating func outcome(_ cells: [EntryCell], in bytes: [UInt8]) -> Outcome? {
    guard makeKey(of: cells, in: bytes) else { return nil }
    switch store[key] {
    case .indicator(var indicator):
      return put(bytes, into: &indicator) ? .indicator(indicator) : nil
    case let other: return other
    }
  }

  /// Keeps what came of an entry that ``outcome(_:in:)`` did not know.
  mutating func keep(_ outcome: Outcome, of cells: [EntryCell], in bytes: [UInt8]) {
    guard makeKey(of: cells, in: bytes) else { return }
    switch outcome {
    case .indicator(let indicator):
      var made = indicator
      // Only where all care comes to the same.
      guard put(bytes, into: &made), made == indicator, made.ownName == indicator.ownName else {
        return
      }
    case .refusal:
      // The type is looked at where there is a value, and nothing beside it that might be what it means.
      guard own.value != nil, own.address == nil, own.host == nil else { return }
    }
    store.keep(outcome, under: key)
  }

  /// - Returns: False for what has to be read with all care.
  private mutating func makeKey(of cells: [EntryCell], in bytes: [UInt8]) -> Bool {
    key.removeAll()
    own = Own()
    var url: Range<Int>?
    for cell in cells where !cell.range.isEmpty {
      guard let column = cell.column else { continue }
      guard own.take(cell.range, of: column) else { return false }
      if column == .url { url = cell.range }
    }
    for cell in cells where cell.unknown?.isURI == true && !cell.range.isEmpty {
      if own.host != nil || own.value != nil || leads(bytes, cell.range, to: own.address) {
        return false
      }
    }
    if let pattern = own.pattern {
      guard own.value == nil, own.address == nil, own.host == nil, own.port == nil else {
        return false
      }
      return takePattern(pattern, bytes) && appendRest(cells, bytes)
    }
    guard own.value != nil || own.address != nil || own.host != nil,
      own.value == nil || own.address == nil
    else { return false }
    own.findTarget(bytes)
    // A URL is compared with the host and the address of its entry.
    if let url, own.host != nil || leads(bytes, url, to: own.address) { return false }
    // A name beside another one may contradict it.
    if own.host != nil, own.value != nil, own.target?.address == nil { return false }
    key.append(own.target.map { $0.address == nil ? 2 : 1 } ?? 0)
    key.append(own.target?.port == nil ? 0 : 1)
    return appendRest(cells, bytes)
  }

  private mutating func takePattern(_ pattern: Range<Int>, _ bytes: [UInt8]) -> Bool {
    guard !bytes[pattern].contains(UInt8(ascii: "\\")) else { return false }
    var target = QuickTarget()
    key.append(3)
    guard target.takePattern(bytes, pattern, rest: &key), !target.isEmpty else { return false }
    own.target = target
    return true
  }

  /// Appends what entries have in common beside what they look for.
  private mutating func appendRest(_ cells: [EntryCell], _ bytes: [UInt8]) -> Bool {
    if let note = own.note { key.append(startsAsListener(bytes[note]) ? 1 : 0) }
    for cell in cells where !cell.range.isEmpty && cell.column != .description {
      if let column = cell.column {
        let isOwn = Self.isOwn(column) || column == .url && own.pattern == nil
        if isOwn, column != .note || own.note != nil {
          key.append(cell.name)
          continue
        }
      } else {
        if cell.unknown?.canMatter(bytes.span.extracting(cell.range)) == false { continue }
        // It may say the address or the port once more.
        key.append(isSame(bytes, cell.range, own.address) ? 1 : 0)
        key.append(isSame(bytes, cell.range, own.port) ? 1 : 0)
      }
      key.append(cell.name)
      if cell.hasParts, cell.column == nil {
        guard appendShape(of: cell.range, bytes) else { return false }
        continue
      }
      key.append(cell.range.count)
      key.append(cell.range, of: bytes)
    }
    return true
  }

  /// Of parts under a name that is not known their names matter, and what is in an array by itself.
  private mutating func appendShape(of parts: Range<Int>, _ bytes: [UInt8]) -> Bool {
    var at = parts.lowerBound
    var isValue = false
    while at < parts.upperBound {
      guard bytes[at] == UInt8(ascii: "\"") else {
        if bytes[at] > 0x20 {
          isValue = bytes[at] == UInt8(ascii: ":")
          key.append(bytes[at])
        }
        at += 1
        continue
      }
      guard let end = RecordScanner.end(of: bytes, at) else { return false }
      if isValue, bytes[at + 1..<end - 1].contains(where: { $0 > 0x20 }) {
        key.append(UInt8(1))
      } else {
        key.append(end - at)
        key.append(at..<end, of: bytes)
      }
      isValue = false
      at = end
    }
    return true
  }

  /// Whether two values are the same but for what is around them.
  private func isSame(_ bytes: [UInt8], _ range: Range<Int>, _ other: Range<Int>?) -> Bool {
    guard let other else { return false }
    func trimmed(_ range: Range<Int>) -> ArraySlice<UInt8> {
      var text = bytes[range].drop { $0 <= 0x20 || $0 > 0x7F }
      while let last = text.last, last <= 0x20 || last > 0x7F { text.removeLast() }
      return text
    }
    return trimmed(range) == trimmed(other)
  }

  /// Whether a URL may lead to the entry's own address.
  private func leads(_ bytes: [UInt8], _ url: Range<Int>, to address: Range<Int>?) -> Bool {
    guard let address else { return false }
    if bytes[url].contains(UInt8(ascii: "\\")) { return true }
    var at = url.lowerBound
    while at + 3 <= url.upperBound, !bytes[at...].starts(with: [0x3A, 0x2F, 0x2F]) { at += 1 }
    return bytes[min(at + 3, url.upperBound)..<url.upperBound].starts(with: bytes[address])
  }

  /// A note may say the direction.
  private func startsAsListener(_ note: ArraySlice<UInt8>) -> Bool {
    let text = note.drop { $0 <= 0x20 }.prefix(8).map { $0 | 0x20 }
    return text.elementsEqual("listener".utf8)
  }

  private func put(_ bytes: [UInt8], into indicator: inout Indicator) -> Bool {
    let span = bytes.span
    guard let target = own.target, target.fits(indicator) else { return false }
    target.put(into: &indicator, from: bytes)
    if let range = own.from {
      guard let time = IntelText.time(span.extracting(range)) else { return false }
      indicator.validFrom = time
    }
    if let range = own.until {
      guard let time = IntelText.time(span.extracting(range)) else { return false }
      indicator.validUntil = time
    }
    if let range = own.identity {
      guard let text = Self.plain(bytes, range) else { return false }
      indicator.identity = text
    }
    guard let note = note(bytes) else { return false }
    if (own.note != nil || own.isNamed), indicator.note != note { indicator.note = note }
    return true
  }

  /// Its own note: after the name of the address, which is what a connection shows.
  private func note(_ bytes: [UInt8]) -> String? {
    var text = ""
    if own.isNamed, let host = own.host {
      guard let name = Self.plain(bytes, host), name != "-" else { return nil }
      text = name
    }
    guard let note = own.note else { return text }
    guard let words = Self.plain(bytes, note) else { return nil }
    return text.isEmpty ? words : text + "; " + words
  }

  /// A text that is what is written.
  private static func plain(_ bytes: [UInt8], _ range: Range<Int>) -> String? {
    for at in range {
      let byte = bytes[at]
      if byte < 0x20 || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "\"") { return nil }
    }
    let text = String(decoding: bytes[range], as: UTF8.self)
    return text.trimmed == text ? text : nil
  }
}
