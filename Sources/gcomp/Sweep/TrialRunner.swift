internal import Foundation

/// Runs the trainings of trials, several at once, each in a process of its own.
struct TrialRunner {
  /// One training: a fold of a trial.
  struct Training {
    let trial: Int
    let fold: Int
    let program: URL
    let arguments: [String]
    /// Where it writes, and where its output goes.
    let folder: URL
  }

  /// How a training ended.
  struct Outcome {
    let training: Training
    let end: ProcessResult.End
    let seconds: Double
  }

  private struct Running {
    let training: Training
    let process: ChildProcess
    let start: ContinuousClock.Instant
  }

  /// The most that run at once.
  let jobs: Int
  private var running: [Running] = []
  private var signals = HeldSignals()

  init(jobs: Int) { self.jobs = jobs }

  /// True iff another one may start.
  var hasRoom: Bool { running.count < jobs }

  /// True iff none runs.
  var isIdle: Bool { running.isEmpty }

  /// The file with what a training printed.
  static func log(of training: Training) -> URL { training.folder.appending(path: "output.txt") }

  /// Starts a training.
  mutating func start(_ training: Training) throws {
    try Files.makeFolder(training.folder)
    let path = Self.log(of: training).path
    let log = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard log >= 0 else {
      throw Failure("cannot write '\(path)': \(String(cString: strerror(errno)))")
    }
    defer { close(log) }
    let process = try ChildProcess(
      training.program.path, training.arguments, environment: ProcessInfo.processInfo.environment,
      output: log, error: log)
    running.append(Running(training: training, process: process, start: .now))
  }

  /// Returns the trainings that have ended since the last call; waits a little if there are none.
  ///
  /// A signal to gcomp ends all trainings.
  mutating func ended() throws -> [Outcome] {
    if let signal = signals.next() {
      stop(signal)
      throw Interruption(signal: signal)
    }
    var outcomes: [Outcome] = []
    for one in running {
      guard let end = one.process.ended() else { continue }
      let time = ContinuousClock.now - one.start
      outcomes.append(Outcome(training: one.training, end: end, seconds: time.inSeconds))
    }
    running.removeAll { one in outcomes.contains { $0.training.folder == one.training.folder } }
    if outcomes.isEmpty { usleep(10_000) }
    return outcomes
  }

  /// Ends all trainings, which save what they have.
  mutating func stop(_ signal: Int32) {
    for one in running { kill(-one.process.id, signal) }
    for one in running { one.process.end(signal) }
    running = []
  }

  /// Lets signals come again.
  mutating func release() { signals.release() }
}

extension Duration {
  fileprivate var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
