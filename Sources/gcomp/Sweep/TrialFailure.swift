internal import Foundation

/// Why a training gave no result.
enum TrialFailure {
  /// Returns the reason as one line: what the program said, or how it ended.
  static func reason(_ end: ProcessResult.End, output: String, measure: String) -> String {
    if case .signal(let number) = end {
      return "stopped by signal \(number) (\(String(cString: strsignal(number)).lowercased()))"
    }
    // As in `digits-train: error: epoch 1, step 1: expected a finite loss, found nan`.
    let mark = "error: "
    for line in output.split(separator: "\n") {
      if let found = line.firstRange(of: mark) { return String(line[found.upperBound...]) }
    }
    if end == .status(0) { return "there is no '\(measure)' in its results" }
    if case .status(let status) = end { return "ended with status \(status)" }
    return "it gave no result"
  }
}
