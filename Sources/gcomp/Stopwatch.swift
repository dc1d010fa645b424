/// Measures the steps of one run.
final class Stopwatch {
  private let clock = ContinuousClock()
  private var start: ContinuousClock.Instant
  private var laps: [(name: String, duration: Duration)] = []

  init() { start = clock.now }

  /// Ends the step `name`; the next one begins.
  func lap(_ name: String) {
    laps.append((name, clock.now - start))
    start = clock.now
  }

  /// Runs `body` without counting its time.
  func paused<Result>(_ body: () throws -> Result) rethrows -> Result {
    let pause = clock.now
    defer { start += clock.now - pause }
    return try body()
  }

  /// All steps with their times.
  var table: String {
    var table = TextTable(["step", "ms"], numbers: [1])
    let total = laps.reduce(Duration.zero) { $0 + $1.duration }
    for (name, duration) in laps + [("total", total)] {
      table.add([name, duration.milliseconds])
    }
    return table.text
  }
}

extension Duration {
  /// With one decimal.
  fileprivate var milliseconds: String {
    let tenths = (components.attoseconds / 100_000_000_000_000) + components.seconds * 10_000
    return "\(tenths / 10).\(tenths % 10)"
  }
}
