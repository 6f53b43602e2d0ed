import Glibc
import Knowledge
import Synchronization

/// Properties of the terminal, if there is one.
struct Terminal {
  /// Columns of standard output: what `COLUMNS` says, else what the terminal says, else 80.
  static var width: Int {
    if let columns = environment("COLUMNS").flatMap({ Int($0) }), (1...1000).contains(columns) {
      return columns
    }
    var size = winsize()
    let status = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size)
    return status == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
  }

  static func usesColor(_ wish: HuntSettings.Color) -> Bool {
    switch wish {
    case .always: true
    case .never: false
    case .auto: isatty(STDOUT_FILENO) == 1 && !isSet("NO_COLOR") && !isDumb
    }
  }

  private static func isSet(_ name: String) -> Bool { unsafe getenv(name) != nil }

  static var showsProgress: Bool { isatty(STDERR_FILENO) == 1 && !isDumb }

  private static var isDumb: Bool { environment("TERM") == "dumb" }

  /// nil where the variable is not set, or empty, which no-color.org takes for not set.
  private static func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
  }
}

/// A progress line on standard error: how much has been read, how fast, and the time left.
final class ProgressLine: Sendable {
  private struct State {
    var done = 0
    var drawn = ContinuousClock.now
    var isDrawn = false
  }

  private let total: Int
  private let isShown: Bool
  private let start = ContinuousClock.now
  private let state = Mutex(State())

  init(totalBytes: Int, isShown: Bool) {
    total = totalBytes
    self.isShown = isShown && totalBytes > 0
  }

  /// Counts more bytes on disk as read; redraws at most ten times a second.
  func advance(by bytes: Int) {
    guard isShown else { return }
    state.withLock { state in
      state.done += bytes
      let now = ContinuousClock.now
      guard now - state.drawn > .milliseconds(100) else { return }
      state.drawn = now
      state.isDrawn = true
      draw(text(state.done, after: now - start))
    }
  }

  /// Clears the line.
  func clear() {
    state.withLock { state in
      if state.isDrawn { draw("") }
      state.isDrawn = false
    }
  }

  /// Redraws the line.
  private func draw(_ text: String) {
    _ = send(Array(("\r\u{1B}[K" + text).utf8), to: STDERR_FILENO)
  }

  private func text(_ done: Int, after elapsed: Duration) -> String {
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    let rate = Double(done) / max(seconds, 0.001)
    let left = Int(Double(total - done) / max(rate, 1))
    func megabytes(_ bytes: Int) -> String { "\(bytes / 1_000_000) MB" }
    return "\(done * 100 / total) %  \(megabytes(done)) of \(megabytes(total)) compressed"
      + "  \(megabytes(Int(rate)))/s  \(left / 60):\(left % 60 < 10 ? "0" : "")\(left % 60) left"
  }
}
