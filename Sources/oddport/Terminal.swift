import ArgumentParser
import Glibc
import Synchronization

/// What is known of the terminal, if there is one.
struct Terminal {
  enum Color: String, CaseIterable, ExpressibleByArgument {
    case auto, always, never
  }

  /// Standard output's width in columns, 80 where it is no terminal.
  static var width: Int {
    var size = winsize()
    let status = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size)
    return status == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
  }

  static func usesColor(_ wish: Color) -> Bool {
    switch wish {
    case .always: true
    case .never: false
    case .auto: isatty(STDOUT_FILENO) == 1 && !isSet("NO_COLOR") && !isDumb
    }
  }

  private static func isSet(_ name: String) -> Bool { unsafe getenv(name) != nil }

  static var showsProgress: Bool { isatty(STDERR_FILENO) == 1 && !isDumb }

  private static var isDumb: Bool {
    guard let term = unsafe getenv("TERM") else { return false }
    return unsafe String(cString: term) == "dumb"
  }
}

/// A line on standard error: how much of the input is dealt with, how fast, how long it will take yet.
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

  /// So many more bytes on disk are dealt with; drawn ten times a second at most.
  func advance(by bytes: Int) {
    guard isShown else { return }
    state.withLock { state in
      state.done += bytes
      let now = ContinuousClock.now
      guard now - state.drawn > .milliseconds(100) else { return }
      state.drawn = now
      state.isDrawn = true
      send("\r\u{1B}[K" + text(state.done, after: now - start), to: STDERR_FILENO)
    }
  }

  /// Takes the line away.
  func clear() {
    state.withLock { state in
      if state.isDrawn { send("\r\u{1B}[K", to: STDERR_FILENO) }
      state.isDrawn = false
    }
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
