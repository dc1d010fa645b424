import Foundation
import GraphKit
import TestSupport
import Testing

/// The flags of the programs, which stand in `Runtime/program/options.c`, compared with what is
/// said of them elsewhere.
@Suite struct ProgramFlagsTests {
  private struct Flag {
    let programs: String
    let name: String
    /// With a space before it; empty for a switch.
    let placeholder: String
    let help: String
  }

  @Test func noSettingHasTheNameOfAFlag() throws {
    // A setting is named like a variable.
    let names = try flags().map(\.name).filter { !$0.contains("-") }
    #expect(Model.reservedSettings == Set(names + ["help"]))
  }

  /// `GCOMP_BLESS=1` writes the table anew.
  @Test func theDocumentListsEveryFlag() throws {
    let file = repository.appending(path: "docs/programs.md")
    let text = try String(contentsOf: file, encoding: .utf8)
    let begin = try #require(text.range(of: "<!-- begin of the flags -->\n")).upperBound
    let end = try #require(text.range(of: "<!-- end of the flags -->\n")).lowerBound
    var lines = ["| program | flag | meaning |", "|---|---|---|"]
    for flag in try flags() {
      let help = flag.help.replacing("%s-train", with: "`<name>-train`")
      lines.append("| \(flag.programs) | `--\(flag.name)\(flag.placeholder)` | \(help) |")
    }
    let table = lines.joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["GCOMP_BLESS"] == "1" {
      let new = text.replacingCharacters(in: begin..<end, with: table)
      try new.write(to: file, atomically: true, encoding: .utf8)
    } else {
      #expect(text[begin..<end] == table)
    }
  }

  // The rows of the table, as `{TRAIN, "steps", RT_FLAG_COUNT, "N", "stop after", AT(steps)},`; the
  // parts of a long help stand beside each other, and a switch has NULL for "N".
  private func flags() throws -> [Flag] {
    let source = repository.appending(path: "Runtime/program/options.c")
    let text = try String(contentsOf: source, encoding: .utf8)
    let row = #/\{(TRAIN|INFER|BOTH), "([^"]*)", RT_FLAG_\w+, (NULL|"[^"]*"),\s*((?:"[^"]*"\s*)+),/#
    let names = ["TRAIN": "train", "INFER": "infer", "BOTH": "both"]
    let flags = text.matches(of: row).map { match in
      let parts = match.4.split(separator: "\"").filter { !$0.allSatisfy(\.isWhitespace) }
      return Flag(
        programs: names[String(match.1)] ?? "", name: String(match.2),
        placeholder: match.3 == "NULL" ? "" : " \(match.3.dropFirst().dropLast())",
        help: parts.joined())
    }
    // No row is written otherwise.
    #expect(flags.count == text.matches(of: #/AT\(\w+\)\},/#).count)
    #expect(flags.count >= 15)
    return flags
  }
}
