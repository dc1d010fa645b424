import Foundation
import TestSupport
import Testing

/// One model with mistakes.
struct Case: CustomTestStringConvertible, Sendable {
  static let folder = "diagnostics"

  let name: String

  var testDescription: String { name }

  /// The model.
  var file: URL { Self.directory.appending(path: "\(name).swift") }

  /// All cases, in order.
  static var all: [Case] {
    get throws { try files(ending: ".swift").map { Case(name: $0) } }
  }

  /// The names of the files that end so, without that.
  static func files(ending suffix: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory.path)
      .filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }.sorted()
  }

  /// What `gcomp check` prints, and the status that it ends with.
  func answer() throws -> String {
    try withTemporaryFolder { scratch in
      try SharedCache.begin(at: scratch.appending(path: "cache"))
      let arguments = ["GCOMP_CACHE=\(scratch.path)/cache", gcompExecutable.path, "check"]
      let (status, output) = try runProgram(
        "TMPDIR=\(scratch.path)", arguments + ["\(name).swift"], in: Self.directory)
      return output.replacingOccurrences(of: scratch.path, with: "<scratch>") + "status \(status)\n"
    }
  }

  private static let directory = repository.appending(path: "Tests/Golden/\(folder)")
}
