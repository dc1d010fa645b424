import Foundation
import TestSupport

/// A file of the repository that a person has written.
struct SourceFile: CustomStringConvertible {
  /// Its path from the root of the repository.
  let path: String
  let lines: [String]

  var description: String { path }
  var isSwift: Bool { path.hasSuffix(".swift") }
  var isC: Bool { path.hasSuffix(".c") || path.hasSuffix(".h") }
  /// True iff it belongs to the product, not to its tests or examples.
  var isProduct: Bool { path.hasPrefix("Sources/") || path.hasPrefix("Runtime/") }

  /// All files of Swift and C, sorted, without goldens and what gcomp itself has written.
  static func all() throws -> [SourceFile] {
    let folders = ["Sources", "Runtime", "templates", "Tests", "examples", "benchmarks"]
    let emitted = ["Runtime/trial/trial.c", "Runtime/trial/trial.h", "Runtime/trial/numbers.h"]
    return try folders.flatMap { folder in
      try FileManager.default.subpathsOfDirectory(
        atPath: repository.appending(path: folder).path
      ).map { "\(folder)/\($0)" }
    }.sorted().filter { path in
      [".swift", ".c", ".h"].contains { path.hasSuffix($0) } && !path.contains("/Golden/")
        && !path.contains("/build/") && !emitted.contains(path)
    }.map { path in
      let text = try String(contentsOf: repository.appending(path: path), encoding: .utf8)
      return SourceFile(path: path, lines: text.components(separatedBy: "\n"))
    }
  }

  /// A function: the number of its first line, counted from 1, and how many it has.
  struct Function {
    let line: Int
    let length: Int
  }

  /// The functions, by their indentation: each ends at the first brace with the indentation of its
  /// first line. The formatter sees to it that this is so.
  func functions() -> [Function] {
    var found: [Function] = []
    var first = 0
    while first < lines.count {
      defer { first += 1 }
      guard opensFunction(first) else { continue }
      let indent = lines[first].prefix { $0 == " " }
      let end = lines[first...].dropFirst().firstIndex { $0.hasPrefix(indent + "}") }
      if let end, !lines[first].hasSuffix("}") {
        found.append(Function(line: first + 1, length: end - first + 1))
      }
    }
    return found
  }

  private func opensFunction(_ number: Int) -> Bool {
    let line = lines[number]
    if isC {
      guard let first = line.first, first.isLetter, line.contains("(") else { return false }
      // A prototype ends with a semicolon, a macro with nothing.
      let end = lines[number...].first { $0.hasSuffix("{") || $0.hasSuffix(";") }
      let isMacro = line.prefix { $0 != "(" }.allSatisfy { $0.isUppercase || $0 == "_" }
      return end?.hasSuffix("{") == true && !isMacro && !line.hasPrefix("typedef")
    }
    let words = line.prefix { $0 != "(" && $0 != "/" }.split(separator: " ")
    return words.contains("func") || words.last == "init" || words.last == "subscript"
  }
}
