// The number of a port, as the published query reads it.

/// SPL's `tonumber`: a plain decimal number in full, with no blank around it and no `0x`.
package func portNumber(_ text: String) -> Double? {
  let bytes = Array(text.utf8)
  var at = 0
  func digits() -> Int {
    var end = at
    while end < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[end]) {
      end += 1
    }
    return end - at
  }
  if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") {
    at += 1
  }
  let whole = digits()
  at += whole
  var fraction = 0
  if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
    at += 1
    fraction = digits()
    at += fraction
  }
  guard whole + fraction > 0 else { return nil }
  if at < bytes.count, bytes[at] == UInt8(ascii: "e") || bytes[at] == UInt8(ascii: "E") {
    at += 1
    if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") {
      at += 1
    }
    let exponent = digits()
    guard exponent > 0 else { return nil }
    at += exponent
  }
  guard at == bytes.count else { return nil }
  return Double(text.hasSuffix(".") ? text + "0" : text)
}
