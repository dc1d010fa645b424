import Foundation
import TestSupport
import Testing

/// What `docs/house-rules.md` states and a program can see.
@Suite struct TidyTests {
  private let files: [SourceFile]

  init() throws {
    files = try SourceFile.all()
    try #require(files.count > 600)
  }

  @Test func linesHaveAtMost100Columns() {
    let long = files.flatMap { file in
      file.lines.enumerated().filter { $1.utf8.count > 100 && $1.count > 100 }
        .map { "\(file):\($0.offset + 1)" }
    }
    #expect(long.isEmpty, "\(long.joined(separator: "\n"))")
  }

  @Test func filesHaveAtMost400Lines() {
    let long = files.filter { $0.lines.count - 1 > 400 }.map { "\($0): \($0.lines.count - 1)" }
    #expect(long.isEmpty, "\(long.joined(separator: "\n"))")
  }

  // Tests may have longer ones, as tables of cases are.
  @Test func functionsHaveAtMost60Lines() throws {
    let functions = files.flatMap { file in file.functions().map { (file, $0) } }
    try #require(functions.count > 3000)
    let long = functions.filter { $1.length > ($0.isProduct ? 60 : 80) }
      .map { "\($0):\($1.line): \($1.length) lines" }
    #expect(long.isEmpty, "\(long.joined(separator: "\n"))")
  }

  @Test func whatOthersSeeHasAComment() throws {
    var found: [String] = []
    var declarations = 0
    // A message needs no comment.
    for file in files
    where file.path.hasPrefix("Sources/") && !file.path.contains("GraphDiagnostics") {
      for (number, line) in file.lines.enumerated() where isSeenByOthers(line) {
        declarations += 1
        if !isExplained(number, in: file) { found.append("\(file):\(number + 1): \(line)") }
      }
    }
    try #require(declarations > 1000)
    #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
  }

  @Test func commentsAreOneLineInFourToSeven() {
    let lines = files.filter { $0.path.hasPrefix("Sources/") }.flatMap(\.lines)
      .filter { !$0.isEmpty }
    let comments = lines.filter(isComment).count
    #expect((0.15...0.25).contains(Double(comments) / Double(lines.count)))
  }

  /// A room of the runtime includes only from itself and from those before it.
  @Test func theRuntimeHasLayers() {
    let rooms = ["math", "model", "files", "data", "program"]
    for (level, room) in rooms.enumerated() {
      let own = files.filter { $0.path.hasPrefix("Runtime/\(room)/") }
      #expect(!own.isEmpty)
      for file in own {
        let above = rooms[(level + 1)...].map { "../\($0)/" } + ["../runtime.h"]
        let found = file.lines.filter { line in
          above.contains { line.hasPrefix("#include \"\($0)") }
        }
        #expect(found.isEmpty, "\(file): \(found.joined(separator: "; "))")
      }
    }
  }

  @Test func anOperationIsAFile() {
    for file in files where file.path.hasPrefix("Sources/GraphIR/Operations/") {
      let operations = file.lines.filter {
        $0.hasPrefix("package struct ") && $0.contains("Operation {")
      }
      #expect(operations.count <= 1, "\(file): \(operations.joined(separator: "; "))")
    }
  }

  @Test func sourcesForceNothing() {
    let found = files.filter { $0.path.hasPrefix("Sources/") }.flatMap { file in
      file.lines.enumerated().filter { _, line in
        !isComment(line) && ["as! ", "try! "].contains { line.contains($0) }
      }.map { "\(file):\($0 + 1): \($1)" }
    }
    #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
  }

  private func isComment(_ line: String) -> Bool {
    line.drop { $0 == " " }.hasPrefix("//")
  }

  // A type, or a function that is neither an operator nor what a protocol demands.
  private func isSeenByOthers(_ line: String) -> Bool {
    var words = line.split(separator: " ").prefix(6)
    guard let access = words.popFirst(), ["package", "public"].contains(access) else {
      return false
    }
    while let word = words.first, ["static", "mutating", "indirect", "final"].contains(word) {
      words.removeFirst()
    }
    guard let kind = words.popFirst() else { return false }
    if ["struct", "enum", "class", "protocol", "typealias"].contains(kind) { return true }
    let name = words.first?.prefix { $0.isLetter || $0.isNumber } ?? ""
    return kind == "func" && !name.isEmpty && !Self.demanded.contains(name)
  }

  // What protocols demand.
  private static let demanded: Set<Substring> = [
    "attributes", "definition", "evaluate", "hash", "replacing", "retyped", "verb",
  ]

  // A comment stands above, or the line is one of a group under a comment.
  private func isExplained(_ number: Int, in file: SourceFile) -> Bool {
    for above in (0..<number).reversed() {
      let line = file.lines[above].drop { $0 == " " }
      if line.hasPrefix("///") { return true }
      if !line.hasPrefix("@") {
        return isSeenByOthers(file.lines[above]) && isExplained(above, in: file)
      }
    }
    return false
  }
}
