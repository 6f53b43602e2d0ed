import Facts

/// Hosts by the first label of their names, where that names one host only.
struct ShortHostNames: Sendable {
  /// By a first label, in lower case: the names that begin with it.
  private var names: [String: Set<String>] = [:]

  init(_ hosts: some Sequence<String>) {
    for host in hosts {
      guard let label = HostLabel.of(host) else { continue }
      names[label.lowercased(), default: []].insert(host.lowercased())
    }
  }

  func short(_ host: String) -> String {
    guard let label = HostLabel.of(host), names[label.lowercased()]?.count == 1 else { return host }
    return label
  }
}

/// What a host is called without its domain.
enum HostLabel {
  /// Nil for a name without a label, and for an address, whose first part names nothing.
  static func of(_ host: String) -> String? {
    guard Address(host) == nil else { return nil }
    let label = host.prefix { $0 != "." }
    return label.isEmpty ? nil : String(label)
  }
}
