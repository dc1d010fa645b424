import Foundation
import GraphIR
import TestSupport

/// What the comments in the source of an operation say about it.
struct OperationComments {
  /// The file that declares it, in the repository.
  let path: String
  /// What it means: the paragraphs above the examples.
  let meaning: [String]
  /// Lines of text that hold it.
  let examples: [String]
  /// Which types it takes and gives.
  let types: String
  /// What its gradient is; begins with "None" if there is none.
  let gradient: String

  /// True iff the comment says that there is a gradient.
  var promisesGradient: Bool { !gradient.hasPrefix("None") }

  private static let folder = "Sources/GraphIR/Operations"

  /// The comments of all operations, by their words.
  static func all() throws -> [String: OperationComments] {
    let folder = repository.appending(path: Self.folder)
    let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
    var found: [String: OperationComments] = [:]
    for path in paths ?? [] where path.hasSuffix(".swift") {
      let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
      let lines = text.components(separatedBy: "\n")
      for (i, line) in lines.enumerated() {
        let parts = line.components(separatedBy: "static let word = \"")
        guard parts.count == 2, let word = parts[1].split(separator: "\"").first else { continue }
        found[String(word)] = try OperationComments(
          String(word), "\(Self.folder)/\(path)", lines, at: i)
      }
    }
    return found
  }

  // `place` is the line with the word: behind the declaration, before the rules.
  private init(_ word: String, _ path: String, _ lines: [String], at place: Int) throws {
    func comment(_ name: String, _ line: Int?) throws -> [String] {
      let comment = line.map { Self.comment(above: $0, in: lines) } ?? []
      guard !comment.isEmpty else {
        throw GoldenMismatch(description: "'\(word)' has no comment above '\(name)' in \(path)")
      }
      return comment
    }
    func rule(_ name: String) throws -> String {
      let line = lines[place...].firstIndex { $0.contains("package func \(name)(") }
      return try comment(name, line).joined(separator: " ")
    }
    let declaration = lines[..<place].lastIndex { line in
      !line.hasPrefix(" ") && line.contains("struct ")
    }
    let meaning = try comment("struct", declaration)
    self.path = path
    examples = meaning.filter { $0.hasPrefix("    ") }.map { String($0.dropFirst(4)) }
    let prose = meaning.prefix { !$0.hasPrefix("    ") }.split(separator: "")
    self.meaning = prose.map { $0.joined(separator: " ") }
    types = try rule("resultTypes")
    gradient = try rule("gradient")
    guard !self.meaning.isEmpty, !examples.isEmpty else {
      throw GoldenMismatch(description: "'\(word)' has no meaning or no example in \(path)")
    }
  }

  /// What stands above the rows of scalar functions that say more than their name.
  static func ofScalarFunctions() throws -> [String: String] {
    let file = repository.appending(path: "Sources/LoopIR/ScalarFunction+Rows.swift")
    let lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
    var found: [String: String] = [:]
    for (i, line) in lines.enumerated() where line.hasPrefix("    case .") {
      let name = line.dropFirst("    case .".count).prefix { $0 != ":" }
      let text = comment(above: i, in: lines, mark: "//").joined(separator: " ")
      if !text.isEmpty { found[String(name)] = text }
    }
    return found
  }

  // The lines of the comment that ends above a line, without their slashes.
  private static func comment(
    above line: Int, in lines: [String], mark: String = "///"
  ) -> [String] {
    let own = lines[..<line].reversed().map { $0.drop { $0 == " " } }
      .prefix { $0.hasPrefix(mark) }.map { $0.dropFirst(mark.count) }
    return own.reversed().map { String($0.dropFirst($0.hasPrefix(" ") ? 1 : 0)) }
  }
}
