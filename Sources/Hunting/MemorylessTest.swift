import Glibc

/// How surprising gaps would be if connections came by chance alone: bounds on probabilities under a
/// Poisson process, whatever its mean.
///
/// A session ends with a silence of `g` seconds at least. What a silence lasts beyond that is
/// exponential under the Poisson process, exactly and for any mean: so the dead time of merging drops
/// out.
enum MemorylessTest {
  /// The chance that at least this share of gaps is within half a median of the median: the Chernoff bound
  /// of the binomial law.
  ///
  /// - Parameter mean: Of the silences beyond the dead time.
  static func chanceOfHits(
    _ share: Double, of count: Int, within window: ClosedRange<Double>, mean: Double
  ) -> Double {
    let probability = exp(-window.lowerBound / mean) - exp(-window.upperBound / mean)
    guard share > probability else { return 1 }
    return exp(-Double(count) * divergence(share, probability))
  }

  /// That the shortest twentieth of silences is so long compared with their median.
  ///
  /// Given the median, those below it are independent and truncated exponential, so that the number of
  /// short ones is binomial; the median's own quantile follows a beta law, over which that is summed.
  ///
  /// - Parameter silences: Beyond the dead time, ascending.
  static func chanceOfFloor(_ silences: [UInt32]) -> Double {
    let count = silences.count
    let floor = max(1, (count + 19) / 20)
    let middle = (count + 1) / 2
    guard floor < middle else { return 1 }
    // Whole seconds may be off by one half on either side.
    let ratio =
      (Double(silences[floor - 1]) - 0.5) / (Double(silences[middle - 1]) + 0.5)
    guard ratio > 0 else { return 1 }
    let below = Double(middle - 1)
    let center = Double(middle) / Double(count + 1)
    func bound(_ u: Double) -> Double {
      let share = (1 - pow(1 - u, ratio)) / u
      if floor == 1 { return pow(1 - share, below) }
      let short = Double(floor - 1) / below
      return short < share ? exp(-below * divergence(short, share)) : 1
    }
    // What is likely where the median most likely is need not be summed.
    let middling = bound(center)
    guard middling < 0.01 else { return middling }
    let deviation = (0.25 / Double(count)).squareRoot()
    var sum = 0.0
    var weights = 0.0
    for step in -24...24 {
      let u = center + Double(step) * deviation / 4
      guard u > 0, u < 1 else { continue }
      let weight = exp(
        below * log(u / center) + Double(count - middle) * log((1 - u) / (1 - center)))
      sum += weight * bound(u)
      weights += weight
    }
    return weights > 0 ? sum / weights : 1
  }

  /// Kullback and Leibler's, of two shares.
  private static func divergence(_ a: Double, _ b: Double) -> Double {
    guard a > b || a < b else { return 0 }
    let left = a > 0 ? a * log(a / b) : 0
    let right = a < 1 ? (1 - a) * log((1 - a) / (1 - b)) : 0
    return left + right
  }
}
