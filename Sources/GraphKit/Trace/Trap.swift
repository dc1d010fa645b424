internal import Glibc

/// Says where a model trapped: an index out of range, an overflow, a `fatalError`.
enum Trap {
  /// From here on, a trap is a mistake like any other, and what was found before is said as well.
  /// The process still ends with the signal of the trap.
  static func watch() {
    for number in signals {
      signal(number) { _ in Trap.report() }
    }
  }

  private static let signals = [SIGILL, SIGTRAP]

  // The runtime has said what happened. Once more, here or where it was, it ends the process.
  private static func report() {
    for number in signals { signal(number, SIG_DFL) }
    fflush(nil)
    Session.current.report(.trap())
    Session.writeReport()
  }
}
