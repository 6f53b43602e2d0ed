/// Sorts ascending by one byte after the other, the lowest first: a fraction of the time of comparing, which a hunt
/// spends on the gaps of everything that is called often.
///
/// - Complexity: O(*n*) in the values, for each byte of the largest.
func sortByDigits(_ values: inout [UInt32]) {
  guard values.count > 64, let largest = values.max() else { return values.sort() }
  var sorted = values
  var starts = [Int](repeating: 0, count: 257)
  var shift: UInt32 = 0
  while shift < 32, largest >> shift > 0 {
    for at in starts.indices { starts[at] = 0 }
    for value in values { starts[Int(value >> shift & 255) + 1] += 1 }
    for digit in 1...256 { starts[digit] += starts[digit - 1] }
    for value in values {
      let digit = Int(value >> shift & 255)
      sorted[starts[digit]] = value
      starts[digit] += 1
    }
    swap(&values, &sorted)
    shift += 8
  }
}
