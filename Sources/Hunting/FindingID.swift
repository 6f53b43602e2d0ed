import Hashing

/// The name of a row from run to run: the first 65 bits of the SHA-256 of its four group fields, each
/// with its length before it, in 13 characters of base32 (RFC 4648, lower case).
///
/// A cryptographic hash, because an attacker who could make two rows share a name could hide the second.
func findingID(_ fields: [String]) -> String {
  var bytes: [UInt8] = []
  for field in fields {
    bytes += Array(String(field.utf8.count).utf8) + [UInt8(ascii: ":")] + Array(field.utf8)
  }
  let digest = SHA256.digest(of: bytes)
  let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
  let characters = (0..<13).map { index in
    let bit = index * 5
    let pair = Int(digest[bit / 8]) << 8 | Int(digest[bit / 8 + 1])
    return alphabet[pair >> (11 - bit % 8) & 31]
  }
  return String(decoding: characters, as: UTF8.self)
}
