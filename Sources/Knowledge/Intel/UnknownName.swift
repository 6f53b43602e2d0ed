import Diagnostics
import Facts

/// The name of a column or key that is not known: what a value under it can say that narrows its entry.
struct UnknownName {
  let text: String
  /// Whether it only describes, as `parent_id` does.
  let isDescription: Bool
  /// Whether it says who calls, with what, or what is excepted.
  private let narrows: Bool
  private let isPort: Bool
  private let isPath: Bool
  /// Whether it holds what a URL asks for, or the whole of it.
  let isURI: Bool
  private let isReporter: Bool
  private let isFile: Bool
  private let isMask: Bool

  init(_ name: String) {
    text = name
    let words = IntelColumn.plain(IntelColumn.apart(name)).split(separator: "_").map(String.init)
    isDescription =
      words.last.map(Self.lastWordsOfDescriptions.contains) == true
      && !words.contains { Self.exceptions.contains($0) }
    // `parent_process_hash`, but not `parent_domain`.
    let isParent = words.contains("parent") && words.contains(where: Self.wordsOfPrograms.contains)
    narrows =
      !isDescription
      && (isParent || words.contains(where: Self.narrowingWords.contains)
        || Self.narrowingNames.contains(words.joined(separator: "_"))
        || Self.narrowingNames.contains(words.suffix(2).joined(separator: "_")) && words.count > 2)
      || name == "object_uuid"
    isPort = words == ["p"] || words.contains(where: Self.isPort)
    isPath = words.contains("path")
    isURI = words.contains("uri")
    isMask = words == ["netmask"] || words == ["mask"]
    isReporter = !words.isEmpty && words.allSatisfy(Self.wordsOfReporters.contains)
    isFile = ["file_name", "filename", "file"].contains(words.joined(separator: "_"))
  }

  /// Why an entry with this value cannot be kept whole; nil: it can.
  func problem(_ value: String, in record: IntelRecord) -> String? {
    if Self.saysNothing(value) { return nil }
    if text == "object_uuid" { return IntelValue.Refusal.partOfObject.reason }
    let isNarrower =
      narrows || isURI && !Self.leadsElsewhere(value, record) || isReporter && Self.isAccount(value)
      || isFile && Self.isProgram(value)
    if isNarrower, !isPrefix(value, ofRange: record) {
      return "something in the column \(quoted(text)), which is not read and narrows it"
    }
    guard value.utf8.count <= 64 else { return nil }
    if isPort, Self.arePorts(value) {
      return value == record[.port]
        ? nil : "a port in the column \(quoted(text)), which is not known"
    }
    if value.utf8.first == UInt8(ascii: "/"), isPath {
      return "a path, which connection events do not hold"
    }
    if value != record[.address], value.utf8.contains(where: { $0 == 0x2E || $0 == 0x3A }),
      let other = try? IntelValue(value), !other.addresses.isEmpty
    {
      return "an address in the column \(quoted(text)), which is not known"
    }
    return nil
  }

  /// Whether a value has to be looked at: it may say something else in every entry.
  func canMatter(_ value: Span<UInt8>) -> Bool {
    if narrows || isPort || isPath || isURI || isReporter || isFile { return true }
    for index in value.indices
    where [0x2E, 0x3A, UInt8(ascii: "\\")].contains(value[index]) {
      return IntelText.time(value) == nil
    }
    return false
  }

  /// Whether a URL says where to read more, and not what to look for.
  private static func leadsElsewhere(_ value: String, _ record: IntelRecord) -> Bool {
    value.contains("://")
      && ![IntelColumn.host, .address, .value].contains { column in
        IntelRecordReader.leads(value, to: record[column])
      }
  }

  /// Whether it is the length of the prefix that first and last address of the entry have, as DShield writes it.
  private func isPrefix(_ value: String, ofRange record: IntelRecord) -> Bool {
    guard isMask, let first = Address(record[.firstAddress]),
      let last = Address(record[.lastAddress]),
      let blocks = IntelText.networks(from: first, to: last)
    else { return false }
    return blocks.count == 1 && value == String(blocks[0].prefixBits)
  }

  private static func saysNothing(_ value: String) -> Bool {
    value.isEmpty || ["-", "*", "any", "null", "none", "n/a"].contains(value.lowercased())
  }

  private static func arePorts(_ value: String) -> Bool {
    let parts = value.split(whereSeparator: { ",; |".contains($0) })
    return !parts.isEmpty && parts.allSatisfy { PortQuery(String($0)) != nil }
  }

  private static func isPort(_ word: String) -> Bool {
    (word.hasSuffix("port") || word.hasSuffix("ports") || word.hasPrefix("port"))
      && !["report", "support", "export", "import", "transport"].contains { word.contains($0) }
  }

  /// `EXAMPLE\alice`, `root`: an account that runs something, and not one who reports.
  private static func isAccount(_ value: String) -> Bool {
    let accounts: Set = [
      "system", "root", "administrator", "nobody", "local service",
      "network service", "www-data",
    ]
    return value.contains("\\") || accounts.contains(value.lowercased())
  }

  /// A file that can run, or where it is.
  private static func isProgram(_ value: String) -> Bool {
    let endings = [
      ".exe", ".dll", ".scr", ".com", ".bat", ".cmd", ".ps1", ".vbs", ".js", ".hta", ".elf", ".sh",
      ".bin", ".so", ".sys", ".cpl", ".jar", ".py",
    ]
    let lower = value.lowercased()
    return endings.contains { lower.hasSuffix($0) } || value.contains("\\") || value.contains("/")
  }

  private static let exceptions: Set = ["except", "exclude", "excluded", "excluding", "not"]

  private static let narrowingWords: Set = [
    "process", "image", "cmdline", "commandline", "except", "exception", "exceptions",
    "exclude", "excluded", "excluding", "not", "mask", "netmask", "prefix", "prefixlen",
    "useragent", "computer", "computername", "endpoint", "workstation", "machine",
  ]
  private static let wordsOfPrograms: Set = [
    "process", "image", "name", "path", "exe", "executable", "file", "command", "cmd", "program",
  ]
  private static let narrowingNames: Set = [
    "command_line", "source_host", "src_host", "source_hostname", "src_hostname", "prefix_length",
    "url_path", "http_method", "user_agent", "http_user_agent", "process_user", "src_user",
    "source_user", "target_user", "victim_user", "run_as", "victim_host", "affected_host",
    "device_name", "host_header",
    // Of Zeek: the part of a connection where it has to be seen.
    "meta_if_in", "if_in",
    // Whose account it is, the caller's or the reporter's, is not said.
    "user", "username", "users", "user_name",
  ]
  /// As in `parent_id`, `image_url`, `process_date`.
  private static let lastWordsOfDescriptions: Set = [
    "id", "uuid", "date", "time", "url", "link", "count", "status", "at", "by",
  ]
  private static let wordsOfReporters: Set = [
    "user", "username", "users", "name", "by", "created", "modified", "updated", "added",
    "submitted", "reported", "reporting",
  ]
}
