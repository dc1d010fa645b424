internal import Foundation

/// The end of another program.
struct ProcessResult {
  enum End: Equatable {
    case status(Int32)
    case signal(Int32)
  }

  let end: End
  /// What it wrote, as far as it was caught.
  let output: String

  var succeeded: Bool { end == .status(0) }
}

/// Runs other programs.
enum Subprocess {
  /// Where the output of a program goes.
  enum Output {
    /// To where ours goes.
    case inherited
    /// To our standard error.
    case error
    /// To the result.
    case caught
  }

  /// Runs a program. What it writes to its standard error is caught as well, line by line, except
  /// for the lines that `passes` lets through to ours.
  static func run(
    _ program: String, _ arguments: [String], output: Output = .caught,
    environment: [String: String] = [:], passes: (String) -> Bool = { _ in false }
  ) throws -> ProcessResult {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let pipe = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardError = pipe
    switch output {
    case .inherited: break
    case .error: process.standardOutput = FileHandle.standardError
    case .caught: process.standardOutput = pipe
    }
    do {
      try process.run()
    } catch {
      throw Failure("cannot run '\(program)': \(error.localizedDescription)")
    }
    try? pipe.fileHandleForWriting.close()
    let caught = read(pipe.fileHandleForReading, passes)
    process.waitUntilExit()
    let status = process.terminationStatus
    return ProcessResult(
      end: process.terminationReason == .exit ? .status(status) : .signal(status), output: caught)
  }

  /// Becomes another program.
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

  // Reads to the end. Whole lines are handed on as they come.
  private static func read(_ handle: FileHandle, _ passes: (String) -> Bool) -> String {
    var kept = ""
    var line = Data()
    func finish() {
      let text = String(decoding: line, as: UTF8.self)
      if passes(text) {
        try? FileHandle.standardError.write(contentsOf: line)
      } else {
        kept += text
      }
      line.removeAll()
    }
    while true {
      let chunk = handle.availableData
      if chunk.isEmpty { break }
      for byte in chunk {
        line.append(byte)
        if byte == UInt8(ascii: "\n") { finish() }
      }
    }
    if !line.isEmpty { finish() }
    return kept
  }
}
