import Facts

/// What the elements of a MISP export or a STIX bundle have in common, so that it is made out once.
///
/// As ``EntryTemplates`` does for records: the first element that says something is read with all care; where
/// another one differs in its address or host, port, name and time alone, these are put in the place of the first one's.
struct ElementTemplates {
  private struct Template {
    var indicator: Indicator
    /// Whether the name of a STIX indicator is that of its actor.
    var takesName: Bool
  }

  /// What others say of an element.
  struct Beside {
    /// Its own name, where that is known already.
    var id: EntryName?
    /// What it indicates, as numbers.
    var targets: [Int32] = []
    /// Whether these have the name of the actor, and not the element.
    var nameActor = false
  }

  /// What is the element's own.
  private struct Own {
    var target = QuickTarget()
    var identity: EntryName?
    var name: Range<Int>?
    var from: UTCTime?
  }

  private var store = TemplateStore<Template>()
  private var key = TemplateKey()
  /// By the name of their actor, the first ones that all else is said of alike: they share their words.
  private var known: [String: (key: TemplateKey, indicator: Indicator)] = [:]
  private var own = Own()

  /// The element as an indicator, where one that differs in its own values alone was read before.
  ///
  /// - Parameter list: Elements of different lists have nothing in common.
  mutating func indicator(
    _ members: QuickObject, of list: ListScanner.List, _ beside: Beside, in bytes: [UInt8]
  ) -> Indicator? {
    guard makeKey(of: members, list, beside, bytes), var template = store[key] else { return nil }
    return put(bytes, into: &template.indicator, template.takesName) ? template.indicator : nil
  }

  /// Keeps what came of an element that ``indicator(_:of:_:in:)`` did not know.
  mutating func keep(
    _ indicator: Indicator, of members: QuickObject, _ list: ListScanner.List, _ beside: Beside,
    in bytes: [UInt8]
  ) {
    guard makeKey(of: members, list, beside, bytes) else { return }
    let takesName = own.name != nil && !beside.nameActor
    var made = indicator
    // Only where all care comes to the same.
    guard put(bytes, into: &made, takesName), made == indicator, made.ownName == indicator.ownName
    else { return }
    store.keep(Template(indicator: indicator, takesName: takesName), under: key)
  }

  private mutating func put(_ bytes: [UInt8], into indicator: inout Indicator, _ takesName: Bool)
    -> Bool
  {
    guard own.target.fits(indicator), let identity = own.identity else { return false }
    own.target.put(into: &indicator, from: bytes)
    indicator.ownName = identity
    if let from = own.from { indicator.validFrom = from }
    if takesName, let range = own.name {
      let name = String(decoding: bytes[range], as: UTF8.self)
      if name != indicator.actor { setActor(name, of: &indicator) }
    }
    return true
  }

  private mutating func setActor(_ name: String, of indicator: inout Indicator) {
    if let other = known[name], other.key == key {
      indicator.share(other.indicator)
      return
    }
    indicator.actor = name
    // Where each has a name of its own, keeping them costs more than it saves.
    if known.count < 4_096 { known[name] = (key, indicator) }
  }

  // MARK: What elements have in common

  /// - Returns: False where the element has to be read with all care.
  private mutating func makeKey(
    of members: QuickObject, _ list: ListScanner.List, _ beside: Beside, _ bytes: [UInt8]
  ) -> Bool {
    key.removeAll()
    own = Own()
    own.identity = beside.id
    key.append(list.number)
    key.append(beside.targets.count)
    for target in beside.targets { key.append(Int(target)) }
    for (name, value) in members.members {
      key.append(name)
      guard take(members.names[name].member, value, bytes, list) else { return false }
    }
    return !own.target.isEmpty
  }

  /// - Returns: False where the element has to be read with all care.
  private mutating func take(
    _ name: QuickObject.Member, _ value: Range<Int>, _ bytes: [UInt8], _ list: ListScanner.List
  ) -> Bool {
    let isText =
      bytes[value.lowerBound] == UInt8(ascii: "\"")
      && !bytes[value].contains(UInt8(ascii: "\\"))
    let inner = value.lowerBound + 1..<max(value.lowerBound + 1, value.upperBound - 1)
    switch (name, list.isOfStix) {
    case (.value, false):
      return isText && own.target.takeSubject(bytes, inner)
    case (.attribute, false): return takeAttributes(bytes, value)
    // A warning is remarked on for each.
    case (.warnings, _): return false
    case (.id, true): break
    case (.uuid, false):
      guard isText else { return false }
      own.identity = EntryName(bytes, inner)
    case (.name, true):
      guard isText else { return false }
      own.name = inner
    case (.validFrom, true):
      guard isText, let time = IntelText.time(bytes.span.extracting(inner)) else { return false }
      own.from = time
    case (.pattern, true): return isText && own.target.takePattern(bytes, inner, rest: &key)
    default:
      key.append(value.count)
      key.append(value, of: bytes)
    }
    return true
  }

  /// The attributes of an object have in common all that is looked at but what the object looks for.
  ///
  /// - Returns: False where the object has to be read with all care.
  private mutating func takeAttributes(_ bytes: [UInt8], _ list: Range<Int>) -> Bool {
    guard bytes[list.lowerBound] == UInt8(ascii: "[") else { return false }
    var at = list.lowerBound + 1
    while at < list.upperBound - 1 {
      if bytes[at] <= 0x20 || bytes[at] == UInt8(ascii: ",") {
        at += 1
        continue
      }
      guard bytes[at] == UInt8(ascii: "{"),
        let attribute = QuickObject(bytes, at, QuickObject.ofMisp), takeAttribute(attribute, bytes)
      else { return false }
      at = attribute.end
    }
    key.append(UInt8(ascii: "]"))
    return true
  }

  private mutating func takeAttribute(_ attribute: QuickObject, _ bytes: [UInt8]) -> Bool {
    guard let type = attribute.text(.type, in: bytes).map({ bytes[$0] }), !type.isEmpty else {
      return false
    }
    let relation = attribute.text(.objectRelation, in: bytes).map { bytes[$0] } ?? []
    // The caller's side is remarked on for each.
    if type.starts(with: "ip-src".utf8) || relation.starts(with: "src".utf8)
      || relation.suffix(4).elementsEqual("-src".utf8)
    {
      return false
    }
    for (name, value) in attribute.members {
      key.append(name)
      switch attribute.names[name].member {
      // It has the name of the object.
      case .uuid: continue
      case .warnings, .attribute: return false
      case .value:
        if let text = attribute.text(.value, in: bytes), takeValue(text, type, bytes) { continue }
      default: break
      }
      key.append(value.count)
      key.append(value, of: bytes)
    }
    return true
  }

  private static let typesOfSubjects = [
    "ip-dst", "hostname", "domain", "ip-dst|port", "hostname|port",
  ].map { Array($0.utf8) }

  /// - Returns: Whether it is the object's own.
  private mutating func takeValue(
    _ text: Range<Int>, _ type: ArraySlice<UInt8>, _ bytes: [UInt8]
  ) -> Bool {
    if type.elementsEqual("port".utf8) { return own.target.takePort(bytes, text) }
    return Self.typesOfSubjects.contains { type.elementsEqual($0) }
      && own.target.takeSubject(bytes, text)
  }
}
