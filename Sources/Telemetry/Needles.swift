/// What the raw bytes of a line hold if the reader can make an observation of it.
///
/// First letters are left out where shapes write them in either case. Keys that are written with escapes
/// are the filter's own business; in XML they are found by `&#`.
package enum Needles {
  package static let all = [
    "estination",  // DestinationIp, destinationPort, ECS destination
    "arent",  // ParentImage, ECS process.parent; all events of Defender
    "emotePort",  // Defender
    "PortNumber",  // RDP-Tcp\PortNumber
    "dst_endpoint",  // OCSF
    "tringInserts",  // Fluent Bit: values without names
    "EventData\":[",  // fluentd: values without names, in the two ways
    "EventData\": [",  // in which JSON is written to one line
    "&#",
  ]

  /// Whether a line with this key, written without escapes, holds a needle.
  static func stand(inKey key: String) -> Bool {
    let text = Array("\"\(key)\"".utf8)
    return all.contains { needle in
      let needle = Array(needle.utf8)
      guard needle.count <= text.count else { return false }
      return (0...text.count - needle.count).contains {
        text[$0] == needle[0] && text[$0..<$0 + needle.count].elementsEqual(needle)
      }
    }
  }
}
