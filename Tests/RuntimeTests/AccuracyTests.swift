import Foundation
import LoopIR
import TestSupport
import Testing

/// The errors of the scalar functions, measured and compared with the table in `docs/math.md`.
///
/// A function may not be worse than the table says. `GCOMP_LONG=1` looks at more numbers;
/// `GCOMP_BLESS=1` writes the table anew.
@Suite struct AccuracyTests {
  private struct Measurement {
    var error: Double
    var place: String
  }

  // What a model is most likely to use is right to two units in the last place.
  private static let limits = [
    "exp": 2.0, "log": 2.0, "tanh": 2.0, "sigmoid": 2.0, "erf": 2.0, "sin": 2.0, "cos": 2.0,
    "pow": 2.0,
  ]
  private static let document = repository.appending(path: "docs/math.md")
  private static let marks = ("<!-- begin of the table -->\n", "<!-- end of the table -->\n")

  @Test func errorsAreThoseOfTheTable() throws {
    let environment = ProcessInfo.processInfo.environment
    let stride = TestEnvironment.isLong ? "101" : "9973"
    var worst: [String: Measurement] = [:]
    for toolchain in [Toolchain.gcc, .gccPortable.with("-ffp-contract=off")] {
      for (name, found) in try measure(toolchain, stride: stride) {
        if found.error >= worst[name]?.error ?? 0 { worst[name] = found }
      }
    }
    #expect(worst.count >= 60)
    for name in Self.names {
      #expect(worst["\(name) f64"] != nil, "accuracy_test.c does not measure '\(name)'")
    }
    let text = try String(contentsOf: Self.document, encoding: .utf8)
    let begin = try #require(text.range(of: Self.marks.0)).upperBound
    let end = try #require(text.range(of: Self.marks.1)).lowerBound
    let table = Self.table(worst)
    if environment["GCOMP_BLESS"] == "1" {
      let new = text.replacingCharacters(in: begin..<end, with: table)
      try new.write(to: Self.document, atomically: true, encoding: .utf8)
    } else {
      let bounds = Self.bounds(text[begin..<end])
      for (name, found) in worst {
        let bound = try #require(bounds[name], "'\(name)' is missing in docs/math.md")
        #expect(found.error <= bound, "\(name): \(found.error) ULP at \(found.place)")
      }
    }
    for (name, limit) in Self.limits {
      let error = try #require(worst["\(name) f32"]).error
      #expect(error <= limit, "\(name): \(error) ULP; the limit is \(limit)")
    }
  }

  // The functions of the runtime that round. Of all derivatives of digamma the first is measured.
  private static var names: [String] {
    ScalarFunction.allCases.compactMap { function in
      guard case .floats = function.signature, case .call(let name) = function.spelling else {
        return nil
      }
      return function.row.isExact ? nil : function == .polygamma ? "trigamma" : name
    }
  }

  private func measure(_ toolchain: Toolchain, stride: String) throws -> [String: Measurement] {
    try withTemporaryFolder { (folder) in
      let source = repository.appending(path: "Tests/RuntimeTests/accuracy_test.c").path
      let runtime = repository.appending(path: "Runtime").path
      // It compares with numbers of 128 bits, which ISO C has not.
      let command = try toolchain.with("-std=gnu11", "-Wno-pedantic", "-Wno-conversion").command
      let built = try runProgram(
        command[0],
        command.dropFirst()
          + ["-I", runtime, source, "-o", "accuracy", "-lquadmath", "-lm"], in: folder)
      #expect(built.status == 0, "\(built.output)")
      let (status, output) = try runProgram("./accuracy", [stride], in: folder)
      #expect(status == 0, "\(output)")
      var found: [String: Measurement] = [:]
      for line in output.split(separator: "\n") {
        let words = line.split(separator: " ", maxSplits: 3).map(String.init)
        guard words.count == 4, let error = Double(words[2]) else { continue }
        found["\(words[0]) \(words[1])"] = Measurement(error: error, place: words[3])
      }
      return found
    }
  }

  // Rounded up, as what the table says is a bound.
  private static func table(_ worst: [String: Measurement]) -> String {
    var lines = ["| function | f32 | at | f64 | at |", "|---|---|---|---|---|"]
    for name in worst.keys.filter({ $0.hasSuffix(" f32") }).sorted() {
      let base = name.dropLast(4)
      let cells = [name, "\(base) f64"].map { (key) -> String in
        guard let found = worst[key] else { return "| |" }
        return "\(String(format: "%.2f", (found.error * 100).rounded(.up) / 100)) | \(found.place)"
      }
      lines.append("| `\(base)` | \(cells.joined(separator: " | ")) |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func bounds(_ table: Substring) -> [String: Double] {
    var bounds: [String: Double] = [:]
    for line in table.split(separator: "\n") {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count == 5 else { continue }
      let name = cells[0].replacing("`", with: "")
      bounds["\(name) f32"] = Double(cells[1])
      bounds["\(name) f64"] = Double(cells[3])
    }
    return bounds
  }
}
