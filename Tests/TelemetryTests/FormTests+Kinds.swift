import Foundation

/// XML as its many converters write it in JSON: each marks attributes and texts in its own way.
enum XMLAsJSONForms {
  private typealias Forms = FormTests

  private static func pairs(_ pair: (String, String) -> String) -> String {
    "{\"Data\":["
      + Forms.data.map { pair(Forms.quoted($0.0), Forms.quoted($0.1)) }
      .joined(separator: ",") + "]}"
  }

  private static func event(
    _ attributes: (String) -> String, text: (String) -> String, data: String
  ) -> String {
    let provider = attributes(#""NAME":"Microsoft-Windows-Sysmon""#)
    let time = attributes(#""SYSTEMTIME":"2024-05-01T10:00:01.376Z""#)
    return "{\"Event\":{\"System\":{\"Provider\":\(provider),\"EventID\":\(text("\"3\"")),"
      + "\"TimeCreated\":\(time),\"Computer\":\(text("\"WS01\"")),"
      + "\"Channel\":\(text("\"Microsoft-Windows-Sysmon/Operational\""))},\"EventData\":\(data)}}"
  }

  private static func marked(
    _ mark: String, _ value: String, text: @escaping (String) -> String = { $0 }
  ) -> String {
    event(
      {
        "{"
          + $0.replacing("NAME", with: mark + "Name")
          .replacing("SYSTEMTIME", with: mark + "SystemTime") + "}"
      }, text: text, data: pairs { "{\"\(mark)Name\":\($0),\"\(value)\":\($1)}" })
  }

  private static func grouped(
    _ key: String, _ value: String, _ text: @escaping (String) -> String = { $0 }
  ) -> String {
    event(
      {
        "{\"\(key)\":{"
          + $0.replacing("NAME", with: "Name").replacing("SYSTEMTIME", with: "SystemTime") + "}}"
      }, text: text,
      data: pairs { "{\"\(key)\":{\"Name\":\($0)},\(value.replacing("VALUE", with: $1))}" })
  }

  static let all: [(String, String)] = [
    ("mxj", marked("-", "#text")), ("fast-xml-parser", marked("@_", "#text")),
    ("x2js", marked("_", "__text")), ("attr_", marked("attr_", "value")),
    ("spark-xml", marked("_", "_VALUE")), ("Jackson", marked("", "")),
    ("BadgerFish", marked("@", "$") { "{\"$\":\($0)}" }),
    ("GData", marked("", "$t") { "{\"$t\":\($0)}" }),
    ("an unknown key for the text", marked("@", "body")),
    ("xml2js without arrays", grouped("$", "\"_\":VALUE")),
    ("xml-js", grouped("_attributes", "\"_text\":VALUE") { "{\"_text\":\($0)}" }),
    ("Abdera", grouped("attributes", "\"children\":[VALUE]")),
    (
      "xml2js",
      "{\"Event\":{\"System\":[{\"Provider\":[{\"$\":{\"Name\":\"Microsoft-Windows-Sysmon\"}}],\"EventID\":[\"3\"],\"TimeCreated\":[{\"$\":{\"SystemTime\":\"2024-05-01T10:00:01.376Z\"}}],\"Computer\":[\"WS01\"],\"Channel\":[\"Microsoft-Windows-Sysmon/Operational\"]}],\"EventData\":["
        + pairs { "{\"_\":\($1),\"$\":{\"Name\":\($0)}}" } + "]}}"
    ),
    (
      "pairs as lists of two",
      Forms.nested(
        "["
          + Forms.data.map { "[\(Forms.quoted($0.0)),\(Forms.quoted($0.1))]" }
          .joined(separator: ",") + "]")
    ),
  ]
}

/// What databases, tables and log services make of an event.
enum TableForms {
  private typealias Forms = FormTests

  private static let fields = Forms.log + Forms.data
  private static let names = fields.map { Forms.quoted($0.0) }.joined(separator: ",")
  private static let values = fields.map { Forms.quoted($0.1) }.joined(separator: ",")
  private static let typed = fields.map { "{\"name\":\(Forms.quoted($0.0)),\"type\":\"text\"}" }
    .joined(separator: ",")

  private static func bytes(_ text: String, _ separator: String = ",") -> String {
    text.utf8.map(String.init).joined(separator: separator)
  }

  private static func each(_ value: (String) -> String) -> String {
    fields.map { "\(Forms.quoted($0.0)):\(value(Forms.quoted($0.1)))" }.joined(separator: ",")
  }

  static let all: [(String, String)] = [
    ("DynamoDB", "{\"Item\":{" + each { "{\"S\":\($0)}" } + "}}"),
    (
      "MongoDB",
      "{"
        + each { "{\"$numberLong\":\($0)}" }
        .replacing(
          "{\"$numberLong\":\"2024-05-01T10:00:01.376Z\"}",
          with: "{\"$date\":{\"$numberLong\":\"1714557601376\"}}") + "}"
    ),
    ("Avro", "{" + each { "{\"string\":\($0)}" } + "}"),
    ("protocol buffers", "{\"fields\":{" + each { "{\"stringValue\":\($0)}" } + "}}"),
    (
      "protocol buffers with their own names",
      "{\"fields\":["
        + fields.map {
          "{\"key\":\(Forms.quoted($0.0)),\"value\":{\"string_value\":\(Forms.quoted($0.1))}}"
        }.joined(separator: ",") + "]}"
    ),
    // gzip in base64.
    (
      "CloudWatch Logs to subscribers",
      #"{"awslogs":{"data":"H4sIAAAAAAACA4VTbWvbMBD+K8Ff9KW2JDsva3AEIQlZYFnDnNGxeQxhq43Asowkpw0h/32yHdOwOclhbPn03N3z6E5HRzCt6SvbHgrmjJ35dDv9s15E0XS5cB6cTL4ulSwLu6MPWsi88UVGMSqs8zlCuHEt9iw32hn/Ojo8tTuV23Cb3FBhw/EI9weD0RDhYDR8aItaXFgH9t5FlusJ2BlTjCHUyY4Jqj3BEyW1fDFeIgV84zn0EepD9AmyulzzASSMDtowQcKNknueMtX7SgWbgHUb7z7zPJVv2o1qFQCSpu5qToIQtstwawnPrDTD0l6TsvJMgI/8vosGLsJbjMbIPtizOn5WeWY7mucsI9dqwaeCKWq4zGkWwhYdzqQoSsMUqY7Q+tvfELZaalZzaigJq/dZ0rcyY9UKEDeE/+1+N0nFGJAPxr0zY+RhH3WE2CNLbDeWJU8BOeKzub41N7Dm9q25gws7Xc+ysjn6gY87ECthGw7IbBzH5wOK40Zq4MdxIlKPvbMuSZopQBY/puvNl0Uc04wnrJuAkYnMADFJ0VU+54ZXjbUAVXZliGSpErbSq2I/BOSFZvoGqgAEP/oe8nwPo6uwz1KbvG5W0+UrsI1UdogHCPvBTcz1vs/tPeN5PWX3BFxCi2pQAqsC48B7vA3+0HKHQKOmmpr7uH8UwYuZb9bEOf0+/QXGT5QGpQQAAA=="}}"#
    ),
    ("ES|QL", "{\"columns\":[\(typed)],\"values\":[[\(values)]]}"),
    ("ClickHouse", "{\"meta\":[\(typed)],\"data\":[{\(each(\.self))}],\"rows\":1}"),
    ("ClickHouse JSONCompact", "{\"meta\":[\(typed)],\"data\":[[\(values)]],\"rows\":1}"),
    ("pandas", "{\"columns\":[\(names)],\"index\":[0],\"data\":[[\(values)]]}"),
    (
      "Kusto", "{\"FrameType\":\"DataTable\",\"Columns\":[\(typed)],\"Rows\":[[\(values)]]}"
    ),
    (
      "BigQuery",
      "{\"schema\":{\"fields\":[\(typed)]},\"rows\":[{\"f\":["
        + fields.map { "{\"v\":\(Forms.quoted($0.1))}" }.joined(separator: ",") + "]}]}"
    ),
    ("Splunk, of fields that are found twice", "{\"result\":{\(each { "[\($0),\($0)]" })}}"),
    (
      "Splunk json_cols",
      "{\"fields\":[\(names)],\"columns\":["
        + fields.map { "[\(Forms.quoted($0.1))]" }.joined(separator: ",") + "]}"
    ),
    (
      "Elasticsearch fields",
      "{\"_index\":\"x\",\"fields\":{\"@timestamp\":[\"2024-05-01T10:00:01.376Z\"],\"winlog.event_id\":[\"3\"],\"winlog.channel\":[\"Microsoft-Windows-Sysmon/Operational\"],\"winlog.computer_name\":[\"WS01\"],"
        + Forms.data.map { "\"winlog.event_data.\($0.0)\":[\(Forms.quoted($0.1))]" }
        .joined(separator: ",") + "}}"
    ),
    ("a JSON string", Forms.quoted(Forms.flat)), ("a string of XML", Forms.quoted(Forms.xml)),
    (
      "Loki",
      "{\"streams\":[{\"stream\":{},\"values\":[[\"1714557601376000000\",\(Forms.quoted(Forms.flat))]]}]}"
    ),
    (
      "CloudWatch",
      "{\"logEvents\":[{\"id\":\"1\",\"timestamp\":1714557601376,\"message\":\(Forms.quoted(Forms.xml))}]}"
    ),
    ("journald, of what is not printable", "{\"MESSAGE\":[\(bytes(Forms.xml))]}"),
    ("a buffer of Node.js", "{\"type\":\"Buffer\",\"data\": [\(bytes(Forms.flat, ", "))]}"),
    ("a bracketed time before JSON", "[2024-05-01 10:00:01] " + Forms.flat),
  ]
}

/// Rendered messages with the headers of those who send them.
enum MessageForms {
  private typealias Forms = FormTests

  private static let oneLine = Forms.message.replacing("\r\n", with: " ")
  private static let time = "\"timestamp\":\"2024-05-01T10:00:01.376Z\""

  private static func text(_ text: String) -> String {
    "{\(time),\"message\":\(Forms.quoted(text))}"
  }

  private static let cloudWatch =
    "[Microsoft-Windows-Sysmon/Operational] [INFORMATION] [3] [Microsoft-Windows-Sysmon] [WS01] "
  private static let winCollect =
    "<13>May 01 10:00:01 WS01 AgentDevice=WindowsLog\tAgentLogFile=x\tSource=Microsoft-Windows-Sysmon\tComputer=WS01\tEventID=3\tMessage="
  private static let snare =
    "<14>May  1 10:00:01 WS01 MSWinEventLog\t1\tMicrosoft-Windows-Sysmon/Operational\t77\tWed May 01 10:00:01 2024\t3\tMicrosoft-Windows-Sysmon\tSYSTEM\tUser\tInformation\tWS01\tNetwork connection detected (rule: NetworkConnect)\t\t"

  private static let eventViewer =
    "Log Name:      Microsoft-Windows-Sysmon/Operational\r\nSource:        Microsoft-Windows-Sysmon\r\nDate:          5/1/2024 10:00:01 AM\r\nEvent ID:      3\r\nTask Category: Network connection detected (rule: NetworkConnect)\r\nLevel:         Information\r\nKeywords:      \r\nUser:          SYSTEM\r\nComputer:      WS01\r\nDescription:\r\n"

  static let all: [(String, String)] = [
    ("CloudWatch agent", text(cloudWatch + "[\(Forms.message)]")),
    ("CloudWatch agent, one line", text(cloudWatch + "[\(oneLine)]")),
    ("WinCollect", text(winCollect + oneLine)), ("Snare", text(snare + oneLine + "\t77")),
    ("Event Viewer", text(eventViewer + Forms.message)),
    (
      "wevtutil",
      text("Event[0]:\n  " + eventViewer.replacing("\r\n", with: "\n  ") + Forms.message)
    ),
  ]
}
