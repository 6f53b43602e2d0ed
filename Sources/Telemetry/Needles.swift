/// What the raw bytes of a line hold if the reader can make an observation of it.
///
/// First letters are left out where shapes write them in either case. A key may be written with
/// escapes (`\u0044estinationPort`, and `&#68;estinationPort` in XML), so an escaped letter, digit, dot or
/// underscore makes a line a candidate as well.
package enum Needles {
  package static let all = [
    "estination",  // DestinationIp, destinationPort, ECS destination
    "arent",  // ParentImage, parentImage, ECS parent, InitiatingProcessParentFileName
    "emotePort",  // Defender
    "PortNumber",  // RDP-Tcp\PortNumber
    "dst_endpoint",  // OCSF
    "tringInserts",  // Fluent Bit: values without names
    "EventData\":[",  // fluentd: values without names
    "riginalFileName",  // Event ID 1 without a parent
    "&#",
    "\\u00",
  ]
}
