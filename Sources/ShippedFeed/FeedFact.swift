package import Diagnostics
package import Knowledge

/// What one source says of one port or range of ports: a line of `intel/sources`.
package struct FeedFact: Equatable, Sendable {
  package var ports: PortQuery
  package var transport: String
  package var direction: String
  package var name: String
  package var attackID: String
  /// Of MITRE ATT&CK, the release and the technique: `MITRE ATT&CK v18.1 T1571`.
  package var source: String
  package var url: String
  package var note: String
  /// From 0 to 100.
  package var confidence: Int
  /// The words of the source that name the port.
  package var quote: String

  /// The technique of ATT&CK that it is a procedure of; nil for other sources.
  package var technique: String? {
    guard source.hasPrefix("MITRE ATT&CK "), let last = source.split(separator: " ").last else {
      return nil
    }
    return String(last)
  }
}

/// A source that is not as it should be.
package struct FeedSourceError: Error, Equatable, Explainable {
  package var diagnostic: Diagnostic

  init(_ file: String, _ line: Int?, _ message: String, hint: String) {
    diagnostic = Diagnostic(at: .init(file: file, line: line), message, hint: hint)
  }
}

extension FeedFact {
  private static let columns = [
    "port", "protocol", "direction", "actor_or_software", "attack_id", "source", "url", "note",
    "confidence", "quote",
  ]

  /// - Parameter mustQuote: Whether each fact has to come with the words that name its port.
  /// - Throws: ``FeedSourceError``.
  static func read(
    _ table: SourceTable, mustQuote: Bool
  ) throws(FeedSourceError) -> [FeedFact] {
    try table.require(columns)
    var facts: [FeedFact] = []
    for row in table.rows { facts.append(try FeedFact(row, in: table, mustQuote: mustQuote)) }
    return facts
  }

  private init(
    _ row: SourceTable.Row, in table: SourceTable, mustQuote: Bool
  ) throws(FeedSourceError) {
    func wrong(_ message: String, _ hint: String) -> FeedSourceError {
      FeedSourceError(table.file, row.line, message, hint: hint)
    }
    guard let ports = PortQuery(row["port"]), ports.transport == nil else {
      throw wrong("\(quoted(row["port"])) is not a port", "such as 4444 or 31800-31900")
    }
    guard ["tcp", "udp"].contains(row["protocol"]) else {
      throw wrong("\(quoted(row["protocol"])) is not a protocol", "tcp or udp")
    }
    guard ["callback", "listener", "either"].contains(row["direction"]) else {
      throw wrong(
        "\(quoted(row["direction"])) is not a direction", "callback, listener or either")
    }
    guard let confidence = Int(row["confidence"]), (0...100).contains(confidence) else {
      throw wrong("\(quoted(row["confidence"])) is not a confidence", "a number from 0 to 100")
    }
    for column in ["actor_or_software", "source"] where row[column].isEmpty {
      throw wrong("no \(column)", "every row has one")
    }
    guard row["url"].hasPrefix("https://") || row["url"].hasPrefix("http://") else {
      throw wrong("\(quoted(row["url"])) is not a URL", "where can a reader check the fact?")
    }
    self.ports = ports
    transport = row["protocol"]
    direction = row["direction"]
    name = row["actor_or_software"]
    attackID = row["attack_id"]
    source = row["source"]
    url = row["url"]
    note = row["note"]
    self.confidence = confidence
    quote = row["quote"]
    guard isNamed(by: quote) || (quote.isEmpty && !mustQuote) else {
      throw wrong(
        "the quote does not name the port \(ports)", "quote the words of the source that do")
    }
  }

  /// Whether a text names all ports of it: of a range its bounds, or "greater than" the number below it.
  private func isNamed(by text: String) -> Bool {
    let numbers = Set(PortNumbers.all(in: text))
    let (low, high) = (ports.ports.lowerBound, ports.ports.upperBound)
    if low == high { return numbers.contains(low) }
    return (numbers.contains(low) || numbers.contains(low - 1))
      && (numbers.contains(high) || high == 65_535)
  }
}

/// The numbers in a text that can be ports.
enum PortNumbers {
  /// Numbers from 1 to 65,535 that are words of their own: neither a part of `APT33`, `v1.2` or an address
  /// nor of a longer number. `30,000` is one number.
  ///
  /// - Complexity: O(*n*) in the bytes of `text`.
  static func all(in text: String) -> [Int] {
    let bytes = Array(text.utf8)
    let isDigit = { (at: Int) in bytes.indices.contains(at) && (0x30...0x39).contains(bytes[at]) }
    var numbers: [Int] = []
    var at = 0
    while at < bytes.count {
      guard isDigit(at) else {
        at += 1
        continue
      }
      let start = at
      var digits: [UInt8] = []
      while at < bytes.count {
        if isDigit(at) {
          digits.append(bytes[at])
          at += 1
        } else if bytes[at] == UInt8(ascii: ","), (1...3).contains(digits.count),
          isDigit(at + 1), isDigit(at + 2), isDigit(at + 3), !isDigit(at + 4)
        {
          at += 1
        } else {
          break
        }
      }
      let before = start > 0 ? bytes[start - 1] : 0x20
      let after = at < bytes.count ? bytes[at] : 0x20
      let endsSentence = after == UInt8(ascii: ".") && !isDigit(at + 1)
      let isWord =
        !isPartOfWord(before) && before != UInt8(ascii: ".")
        && (endsSentence || (!isPartOfWord(after) && after != UInt8(ascii: ".")))
      if isWord, digits.count <= 5, let number = Int(String(decoding: digits, as: UTF8.self)),
        (1...65_535).contains(number)
      {
        numbers.append(number)
      }
    }
    return numbers
  }

  private static func isPartOfWord(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte == UInt8(ascii: "_") || (0x41...0x5A).contains(byte & 0xDF)
  }
}
