internal import Foundation

/// The end of another program.
struct ProcessResult {
  enum End: Equatable {
    case status(Int32)
    case signal(Int32)
  }

  let end: End
  /// Its captured output.
  let output: String

  var succeeded: Bool { end == .status(0) }
}

/// A program ran longer than it may.
struct OutOfTime: Error {}

/// Runs other programs.
enum Subprocess {
  /// The destination of a program's output.
  enum Output {
    /// Our standard output.
    case inherited
    /// Our standard error.
    case error
    /// The result.
    case caught
  }

  /// Runs a program. Its standard error is captured line by line, except for lines that `passes`
  /// forwards to ours.
  ///
  /// A signal to gcomp, or the end of the `seconds`, terminates the program and its descendants.
  static func run(
    _ program: String, _ arguments: [String], output: Output = .caught,
    environment: [String: String] = [:], seconds: Int? = nil,
    passes: @escaping (String) -> Bool = { _ in false }
  ) throws -> ProcessResult {
    let pipe = Pipe()
    let end = pipe.fileHandleForWriting
    for handle in [end, pipe.fileHandleForReading] {
      _ = fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC)
    }
    let descriptor: Int32 =
      switch output {
      case .inherited: 1
      case .error: 2
      case .caught: end.fileDescriptor
      }
    var signals = HeldSignals()
    defer { signals.release() }
    let child = try ChildProcess(
      program, arguments,
      environment: ProcessInfo.processInfo.environment.merging(environment) { $1 },
      output: descriptor, error: end.fileDescriptor)
    try? end.close()
    var lines = Lines(passes: passes)
    let start = ContinuousClock.now
    while lines.read(pipe.fileHandleForReading) {
      if let signal = signals.next() {
        child.end(signal)
        throw Interruption(signal: signal)
      }
      if let seconds, ContinuousClock.now - start > .seconds(seconds) {
        child.end(SIGTERM)
        throw OutOfTime()
      }
    }
    return ProcessResult(end: child.wait(), output: lines.kept)
  }

  /// Replaces this process by another program.
  static func replace(by program: String, _ arguments: [String]) throws -> Never {
    var words = ([program] + arguments).map { strdup($0) }
    words.append(nil)
    execv(program, words)
    throw Failure("cannot run '\(program)': \(String(cString: strerror(errno)))")
  }

  /// Finds a program as a shell does; a name with a slash is a path.
  static func find(_ name: String) -> String? {
    if name.contains("/") {
      return access(name, X_OK) == 0 && Files.isFile(URL(filePath: name)) ? name : nil
    }
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(
      separator: ":")
    return folders.map { "\($0)/\(name)" }.first {
      access($0, X_OK) == 0 && Files.isFile(URL(filePath: $0))
    }
  }

  // What a program writes, line by line.
  private struct Lines {
    let passes: (String) -> Bool
    var kept = ""
    private var line = Data()

    init(passes: @escaping (String) -> Bool) { self.passes = passes }

    // Reads what comes in a tenth of a second. Returns false at the end.
    mutating func read(_ handle: FileHandle) -> Bool {
      var waiting = pollfd(fd: handle.fileDescriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 100) > 0 else { return true }
      let chunk = handle.availableData
      for byte in chunk {
        line.append(byte)
        if byte == UInt8(ascii: "\n") { finish() }
      }
      if chunk.isEmpty, !line.isEmpty { finish() }
      return !chunk.isEmpty
    }

    private mutating func finish() {
      let text = String(decoding: line, as: UTF8.self)
      if passes(text) {
        try? FileHandle.standardError.write(contentsOf: line)
      } else {
        kept += text
      }
      line.removeAll()
    }
  }
}
