internal import Glibc

/// Says where a model trapped: an index out of range, an overflow, a `fatalError`.
enum Trap {
  /// From here on, a trap is reported like any other mistake, after those found before. The process
  /// still ends with the signal of the trap.
  static func watch() {
    for number in signals {
      signal(number) { _ in Trap.report() }
    }
  }

  private static let signals = [SIGILL, SIGTRAP]

  // The Swift runtime has printed the reason. Raising the signal again ends the process.
  private static func report() {
    for number in signals { signal(number, SIG_DFL) }
    fflush(nil)
    Session.current.report(.trap())
    Session.writeReport()
  }
}
