/// Lines as NXLog writes them.
enum Events {
  /// A listed process on a known C2 port: High.
  static let powershellTo4444 = connection(image: "powershell.exe", port: 4444)
  /// A known C2 port alone: Low.
  static let curlTo8088 = connection(image: "curl.exe", port: 8088)
  /// A listed process on a standard port: nothing.
  static let powershellTo443 = connection(image: "powershell.exe", port: 443)

  /// Lines of all kinds, about 4 MB.
  static let manyLines: [UInt8] = {
    var text: [UInt8] = []
    for number in 0..<18_000 {
      switch number % 1000 {
      case 7: text += Array("no JSON\n".utf8)
      case 8: text.append(10)
      default:
        let line = powershellTo4444.replacing("WS01", with: "WS\(number % 50)")
        text += Array(line.utf8)
      }
    }
    return text
  }()

  /// One connection of a program below `C:\Tools`.
  static func connection(image: String, port: Int) -> String {
    #"{"EventID":3,"SourceName":"Microsoft-Windows-Sysmon","Hostname":"WS01.corp.example","#
      + #""UtcTime":"2024-05-01 10:00:00.000","Image":"C:\\Tools\\\#(image)","User":"CORP\\ada","#
      + #""Initiated":"true","DestinationIp":"203.0.113.7","DestinationPort":"\#(port)"}"# + "\n"
  }

  /// The start of such a program.
  static func start(image: String) -> String {
    #"{"EventID":1,"SourceName":"Microsoft-Windows-Sysmon","Hostname":"WS01.corp.example","#
      + #""UtcTime":"2024-05-01 09:59:00.000","Image":"C:\\Tools\\\#(image)","User":"CORP\\ada","#
      + #""CommandLine":"\#(image) -nop","ParentImage":"C:\\Windows\\explorer.exe"}"# + "\n"
  }
}
