/// What the raw bytes of a line hold if the reader can make an observation of it.
///
/// First letters are left out where shapes write them in either case. Whatever can stand for a letter of
/// a needle, or within one, is a needle itself, so that none can hide.
package enum Needles {
  package static let all = [
    "estination",  // DestinationIp, destinationPort, ECS destination
    "arent",  // ParentImage, ECS process.parent; all events of Defender
    "emotePort",  // Defender
    "PortNumber",  // RDP-Tcp\PortNumber
    "dst_endpoint",  // OCSF
    "tringInserts",  // Fluent Bit: values without names
    // fluentd: values without names, behind the white space that writers of JSON lines put there. More of
    // it, a tab or a carriage return hides the line.
    "EventData\":[", "EventData\": [", "EventData\" : [", "EventData\" :[", "EventData\":  [",
    "\\u00",  // an escape; one in JSON within JSON begins like this as well, or with \u005c
    "&#",  // a character by its number, in XML
    "<!", "<?",  // CDATA, comments and instructions: in XML they can stand amid a text
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
