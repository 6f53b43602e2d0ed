import Facts
import JSON

// MARK: - Rows and columns

extension LineReader {
  /// Reads rows of values whose names are in a list of their own: Splunk's `json_rows` and `json_cols`, the
  /// tables of Log Analytics, Elasticsearch's ES|QL, ClickHouse, Trino, BigQuery and pandas.
  ///
  /// - Returns: Whether there were such rows.
  func readRows(
    _ level: Level, at place: Place, _ found: inout Found, _ facts: inout WorkerFacts
  ) -> Bool {
    guard let columns = catalogue.columns.first(where: { view.kind($0) == .array }),
      let rows = catalogue.rows.first(where: { view.kind($0) == .array && $0 != columns }),
      let namesText = unsafe view.array(columns), let rowsText = unsafe view.array(rows)
    else { return false }
    let reader = readers[level.depth]
    unsafe reader.open(namesText)
    let names = reader.elements() ?? []
    unsafe reader.open(rowsText)
    let lists = (reader.elements() ?? []).filter { $0.kind == .array }
    guard !lists.isEmpty else { return false }
    var values = lists.map { list in
      unsafe reader.open(texts[level.depth].hold(list.raw))
      return reader.elements() ?? []
    }
    // `json_cols` names its columns in `fields`.
    if catalogue.columns.contains(rows) { values = Self.transposed(values) }
    readRows(values, named: names, level, at: place, &found, &facts)
    return true
  }

  private func readRows(
    _ rows: [[JSONReader.Element]], named names: [JSONReader.Element], _ level: Level,
    at place: Place, _ found: inout Found, _ facts: inout WorkerFacts
  ) {
    let reader = readers[level.depth]
    for row in rows {
      var object: [UInt8] = []
      for (name, value) in zip(names, row) where value.kind != .array {
        object.append(UInt8(ascii: object.isEmpty ? "{" : ","))
        object += name.token + [UInt8(ascii: ":")] + value.token
      }
      guard !object.isEmpty else { continue }
      object.append(UInt8(ascii: "}"))
      view.clear()
      unsafe reader.open(texts[level.depth].hold(object))
      guard reader.next(into: view, level: 0) == .object else { continue }
      readEvent(level, at: place, &found, &facts)
    }
    view.clear()
  }

  /// Reads rows of which the first is the names of the others, as Athena answers.
  func readTable(
    _ rows: [JSONReader.Element], _ level: Level, at place: Place, _ found: inout Found,
    _ facts: inout WorkerFacts
  ) -> Bool {
    guard rows.count > 1, rows.allSatisfy({ $0.kind == .array }) else { return false }
    let reader = readers[level.depth]
    func elements(_ row: JSONReader.Element) -> [JSONReader.Element] {
      unsafe reader.open(texts[level.depth].hold(row.raw))
      return reader.elements() ?? []
    }
    func knownNames(_ row: [JSONReader.Element]) -> Int {
      row.count { cell in
        let slot = unsafe cell.text.withUnsafeBytes { unsafe catalogue.names.slot(ofName: $0) }
        return cell.kind == .string && slot != nil
      }
    }
    let names = elements(rows[0])
    // A text that happens to be a name does not make a header, and a header is not repeated: rows that all have
    // names in them are lists of pairs.
    guard names.allSatisfy({ $0.kind == .string || $0.kind == .null }), knownNames(names) >= 3,
      knownNames(elements(rows[1])) < 3
    else { return false }
    readRows(rows.dropFirst().map(elements), named: names, level, at: place, &found, &facts)
    return true
  }

  /// Columns of equal length as rows.
  private static func transposed(_ columns: [[JSONReader.Element]]) -> [[JSONReader.Element]] {
    (0..<(columns.map(\.count).min() ?? 0)).map { row in columns.map { $0[row] } }
  }
}
