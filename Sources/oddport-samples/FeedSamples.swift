/// Feeds of the forms that are read, of many entries each, for the fuzzer.
struct FeedSamples {
  /// How a form writes an entry with an address and a port, and one more thing that narrows it.
  struct Form: Sendable {
    var head = ""
    var tail = ""
    var separator = "\n"
    /// - Parameters: The address and its port; a name and a value that no form knows, or nil.
    var entry: @Sendable (String, Int, (name: String, value: String)?) -> String
    /// The head where the entries have one more value.
    var headWith: (@Sendable (String) -> String)?

    func feed(_ entries: [String], with name: String? = nil) -> String {
      let head = name.flatMap { headWith?($0) } ?? self.head
      return head + entries.joined(separator: separator) + tail
    }
  }

  static let forms: [Form] = [
    Form(
      tail: "\n", entry: { ip, port, more in "\(ip):\(port)\(more.map { " " + $0.value } ?? "")" }),
    table(["ip", "port", "malware"]) { [$0, "\($1)", "RAT"] },
    table(["first_seen", "ioc_value", "ioc_type", "confidence"], separator: ";") {
      ["2024-02-03 04:05:06", "\($0):\($1)", "ip:port", "75"]
    },
    table(["indicator", "indicator_type", "dst_port", "meta.source"], separator: "\t") {
      [$0, "Intel::ADDR", "\($1)", "x"]
    },
    records { #""ioc": "\#($0):\#($1)", "ioc_type": "ip:port", "tags": ["a", "b"]"# },
    records { #""ip": "\#($0)", "port": \#($1), "first_seen": "2024-01-02T03:04:05Z""# },
    lines { #""ip_str": "\#($0)", "port": \#($1), "transport": "tcp", "data": "a \"b\"""# },
    Form(
      entry: { ip, port, more in
        #"{"threat": {"indicator": {"ip": "\#(ip)", "port": \#(port)\#(member(more))}}}"#
      }),
    Form(
      head: "[", tail: "]", separator: ", ",
      entry: { ip, _, more in
        #"{"id": 1, "decisions": [{"type": "ban", "value": "\#(ip)"\#(member(more))}]}"#
      }),
    Form(
      head: #"{"type": "bundle", "id": "bundle--1", "objects": ["#, tail: "]}", separator: ",\n",
      entry: { ip, port, more in
        let narrowed = more.map { " AND \($0.name):value = '\($0.value)'" } ?? ""
        return
          #"{"type": "indicator", "id": "indicator--\#(ip)", "name": "X", "modified": "2024-05-01T00:00:00Z", "pattern": "[network-traffic:dst_ref.value = '\#(ip)' AND network-traffic:dst_port = \#(port)\#(narrowed)]", "valid_from": "2024-05-01T00:00:00Z"}"#
      }),
    Form(
      head: #"{"Event": {"info": "X", "Attribute": ["#, tail: "]}}", separator: ", ",
      entry: { ip, port, _ in
        #"{"type": "ip-dst|port", "value": "\#(ip)|\#(port)", "to_ids": true, "uuid": "\#(ip)"}"#
      }),
    Form(
      head: #"{"response": [{"Event": {"info": "X", "Object": ["#, tail: "]}}]}", separator: ", ",
      entry: { ip, port, more in
        let narrowed =
          more.flatMap {
            // The caller's side of an object is remarked on, and not looked for.
            $0.name.lowercased().contains("src")
              ? nil
              : #", {"type": "filename", "object_relation": "\#($0.name)", "value": "\#($0.value)"}"#
          } ?? ""
        return
          #"{"name": "ip-port", "uuid": "\#(ip)", "Attribute": [{"type": "ip-dst", "object_relation": "ip", "value": "\#(ip)"}, {"type": "port", "object_relation": "dst-port", "value": "\#(port)"}\#(narrowed)]}"#
      }),
    Form(
      separator: "\n---\n",
      entry: { ip, port, more in
        let narrowed = more.map { "\n    \($0.name.replacing(" ", with: "")): '\($0.value)'" } ?? ""
        return """
          title: To \(ip)
          logsource: {category: network_connection}
          detection:
            a:
              DestinationIp: \(ip)
              DestinationPort: \(port)\(narrowed.replacing("    ", with: "      "))
            condition: a
          """
      }),
  ]

  private static func member(_ more: (name: String, value: String)?) -> String {
    more.map { #", "\#($0.name)": "\#($0.value)""# } ?? ""
  }

  private static func records(_ members: @escaping @Sendable (String, Int) -> String) -> Form {
    Form(
      head: "[\n", tail: "\n]\n", separator: ",\n  ",
      entry: { ip, port, more in "{" + members(ip, port) + member(more) + "}" })
  }

  private static func lines(_ members: @escaping @Sendable (String, Int) -> String) -> Form {
    Form(tail: "\n", entry: { ip, port, more in "{" + members(ip, port) + member(more) + "}" })
  }

  private static func table(
    _ columns: [String], separator: String = ",",
    _ cells: @escaping @Sendable (String, Int) -> [String]
  ) -> Form {
    let head = columns.joined(separator: separator)
    return Form(
      head: head + "\n", tail: "\n",
      entry: { ip, port, more in
        (cells(ip, port) + [more?.value].compactMap(\.self)).joined(separator: separator)
      },
      headWith: { head + separator + $0 + "\n" })
  }

  /// What narrows an entry and is not read, under the names that it may have.
  static let narrowing: [(name: String, value: String)] = [
    ("process command line", "a.exe -x"), ("src port", "1234"), ("excluded network", "10.0.0.0/8"),
    ("computer name", "WS1"), ("url path", "/gate"), ("user agent", "curl"), ("not", "198.18.0.1"),
    ("process user", "alice"), ("src ip", "198.18.0.9"), ("other port", "4711"),
    ("source host", "ws7"), ("netmask", "24"),
  ]
}
