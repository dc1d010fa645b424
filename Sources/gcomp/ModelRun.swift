internal import Foundation
internal import Support

/// Runs a compiled model, which writes its programs to a folder.
struct ModelRun {
  let model: URL
  let source: ModelSource
  /// The values of the model's options that are given.
  let values: [OptionValue]
  /// How long it may run.
  let seconds: Int

  // What the user calls it.
  private var path: String { source.main.path }

  /// Identifies everything that decides the programs of a repeatable model.
  func key(of build: ModelBuild) -> Fingerprint {
    var key = build.key
    for value in values.sorted(by: { $0.name < $1.name }) { key.add(value.line) }
    return key
  }

  /// True iff each run of the model gives the same result: it imports only GraphKit, so it cannot
  /// read files or variables, and it uses neither Swift's random numbers nor the time.
  static func isRepeatable(_ text: String) -> Bool {
    let kinds = "struct|class|enum|protocol|typealias|func|let|var"
    let pattern = "\\bimport\\s+(?:(?:\(kinds))\\s+)?(\\w+)"
    guard let imports = try? Regex<(Substring, Substring)>(pattern) else { return false }
    let changing =
      /\.random(Element)?\(|\.shuffled?\(|RandomNumberGenerator|Clock\b|\.hashValue\b|\bHasher\b/
    return text.matches(of: imports).allSatisfy { $0.1 == "GraphKit" }
      && !text.contains(changing)
  }

  /// Runs it. Its output goes to `output`, or is kept in the folder.
  func run(into folder: URL, output: Subprocess.Output) throws {
    do {
      try runInTime(into: folder, output: output)
    } catch is OutOfTime {
      throw Failure(
        "'\(path)' ran longer than \(seconds) second\(seconds == 1 ? "" : "s") and was stopped",
        hints: ["'--time-limit SECONDS' allows more time"])
    }
  }

  // Runs the executable with a limit of time, and explains a crash.
  private func runInTime(into folder: URL, output: Subprocess.Output) throws {
    let fatal = "Fatal error"
    let result = try Subprocess.run(
      model.path, [], output: output,
      environment: [
        "GCOMP_OUTPUT": folder.path, "GCOMP_MODEL": source.main.source,
        "GCOMP_FILES": source.others.map(\.source).joined(separator: "\n"),
        "GCOMP_OPTIONS": values.map(\.line).joined(separator: "\n"),
        // The message alone is enough.
        "SWIFT_BACKTRACE": "enable=no",
      ], seconds: seconds
    ) { output != .caught && !$0.contains(fatal) && !isStackTrace($0) }
    let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
    let reason = lines.first { $0.contains(fatal) }
    // After a trap the runtime lists addresses.
    let printed = lines.filter { $0 != reason && !isStackTrace(String($0)) }
      .joined(separator: "\n")
    switch result.end {
    case .status(0) where output == .caught:
      try Files.write(result.output, to: folder.appending(path: "printed"))
    case .status(0): break
    case .status(let status):
      let problem = "'\(path)' ended with status \(status) before it was complete"
      throw Failure(words: printed, [.error(problem)])
    case .signal where output == .caught:
      // Buffered output is lost in a pipe, though not on a terminal.
      try runInTime(into: folder, output: .error)
      throw Failure("'\(path)' stopped with a signal, but not when it was run again")
    case .signal(let number):
      // GraphKit records the place of a trap, if the model got that far.
      if let said = try? diagnostics(in: folder), !said.isEmpty {
        throw Failure(words: printed + (reason.map { "\($0)\n" } ?? ""), said)
      }
      let name = String(cString: strsignal(number)).lowercased()
      let problem = "'\(path)' stopped with signal \(number) (\(name))"
      throw Failure(words: printed, [.error(problem + (reason.map { ": \($0)" } ?? ""))])
    }
  }

  /// The diagnostics of the model, in order.
  func diagnostics(in folder: URL) throws -> [Diagnostic] {
    let text = folder.appending(path: "diagnostics")
    guard Files.isFile(text) else {
      throw Failure("'\(path)' declares no model", hints: ["add one: let model = Model(\"name\")"])
    }
    var diagnostics: [Diagnostic] = []
    for line in try Files.read(text).split(separator: "\n") {
      let fields = line.split(separator: "\t", maxSplits: 4, omittingEmptySubsequences: false)
      guard fields.count == 5, let level = Diagnostic.Level(rawValue: String(fields[0])) else {
        throw Failure.bug("a diagnostic of the model is malformed: '\(line)'")
      }
      let diagnostic = Diagnostic(level, String(fields[4]), at: place(fields))
      if level == .note, !diagnostics.isEmpty {
        diagnostics[diagnostics.count - 1].notes.append(diagnostic)
      } else {
        diagnostics.append(diagnostic)
      }
    }
    return diagnostics
  }

  private func place(_ fields: [Substring]) -> Diagnostic.Place? {
    guard !fields[1].isEmpty, let line = Int(fields[2]), let column = Int(fields[3]) else {
      return nil
    }
    let name = String(fields[1])
    let file = source.files.first { $0.source == name }
    return Diagnostic.Place(file: file?.path ?? name, line: line, column: column)
  }
}

// True for the backtrace that the runtime prints after a trap: a heading, then numbered addresses.
private func isStackTrace(_ line: String) -> Bool {
  line.hasPrefix("Current stack trace:")
    || line.wholeMatch(of: /\d+ .* 0x[0-9a-f]{16} .*\n?/) != nil
}
