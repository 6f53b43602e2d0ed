/// What the raw bytes of a line hold if the reader can make an observation of it.
///
/// First letters are left out where shapes write them in either case. Keys that are written with escapes
/// are the filter's own business; in XML they are found by `&#`.
package enum Needles {
  package static let all = [
    "estination",  // DestinationIp, destinationPort, ECS destination
    "arent",  // ParentImage, parentImage, ECS parent, InitiatingProcessParentFileName
    "emotePort",  // Defender
    "PortNumber",  // RDP-Tcp\PortNumber
    "dst_endpoint",  // OCSF
    "tringInserts",  // Fluent Bit: values without names
    "EventData\":[",  // fluentd: values without names
    "&#",
  ]
}
