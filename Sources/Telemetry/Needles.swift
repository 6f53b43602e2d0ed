/// What the raw bytes of a line hold if the reader can make an observation of it.
///
/// First letters are left out where they are written in either case. Whatever can represent a letter of
/// a needle, or within one, is a needle itself, so that none can hide.
package enum Needles {
  package static let all = [
    "estination", "ESTINATION",  // DestinationPort, destination_port, ECS destination
    "arent", "ARENT",  // ParentImage, ECS process.parent; all events of Defender
    "emotePort",  // Defender
    "PortNumber",  // RDP-Tcp\PortNumber
    "dst_endpoint",  // OCSF
    "TgtPort",  // Hayabusa
    "dst_port", "dest_port",  // OSSEM, Splunk's CIM
    "Sysmon|", "\"dpt\"",  // CEF and LEEF, and CEF in JSON
    // Texts in base64: JSON, an XML event, the messages of Event ID 3 and 1, and what is packed with gzip.
    "\"eyJ", "\"PEV2ZW50", "\"TmV0d29yayBjb25u", "\"UHJvY2VzcyBDcmVh", "\"H4sI", "\"awslogs\"",
    // Texts as the numbers of their bytes: an XML event and an object. And an entry of the journal, whose text may be
    // missing.
    "60,69,118,101", "60, 69, 118, 101", "[123,34,", "[123, 34,", "FIER\":\"sysmon\"",
    "FIER\": \"sysmon\"",
    "NETWORK_CONNECTION",  // Chronicle UDM
    // Values without names: Fluent Bit, others' insertion strings, PowerShell's Properties, param1 and so on.
    "tringInserts", "trings\":[", "trings\": [", "roperties\":[{", "roperties\": [{", "aram15",
    "Param>",
    // fluentd, and EventData.Data: values without names, after the white space that writers of JSON lines
    // put there. More of it, a tab or a carriage return hides the line.
    "Data\":[", "Data\": [", "Data\" : [", "Data\" :[", "Data\":  [",
    // Event ID 3 and 1 of a sender whose fields have names of their own: they are to be reported, if not read. Short,
    // so that what is compared first is the number, which is rarer than the name.
    "D\":3,", "d\":3,", "D\": 3,", "d\": 3,", "D\":3}", "d\":3}", "D\": 3}", "d\": 3}", "tID>3<",
    "D\":1,", "d\":1,", "D\": 1,", "d\": 1,", "tID>1<",
    "\\u00",  // an escape; one in JSON within JSON begins like this as well, or with \u005c
    "&#",  // a character by its number, in XML
    "<!", "<?",  // CDATA, comments and instructions: in XML they can be amid a text
  ]
}
