package import Foundation

/// A stored example of what a pass does: comments, the text that goes in, and what comes out.
///
///     // A sentence that says what it shows.
///     // count: kernel 1
///
///     function f { ... }
///
///     // expect
///
///     function f { ... }
package struct PassGolden {
  package let file: URL
  /// How often a word is the name of an operation in the result, as far as the example says.
  package let counts: [(word: String, count: Int)]
  package let input: String
  private let head: String
  private let expected: String?

  private static let mark = "// expect\n"

  package init(_ file: URL) throws {
    self.file = file
    let text = try String(contentsOf: file, encoding: .utf8)
    let parts = text.components(separatedBy: Self.mark)
    head = parts[0].trimmingCharacters(in: .whitespacesAndNewlines)
    expected = parts.count == 2 ? parts[1].trimmingCharacters(in: .whitespacesAndNewlines) : nil
    let lines = head.split(separator: "\n", omittingEmptySubsequences: false)
    let comments = lines.prefix { $0.hasPrefix("//") }
    guard comments.first?.hasPrefix("// ") == true else {
      throw GoldenMismatch(description: "\(file.lastPathComponent) does not say what it shows")
    }
    counts = comments.filter { $0.hasPrefix("// count: ") }.compactMap { line in
      let words = line.split(separator: " ").suffix(2)
      return Int(words.last ?? "").map { (String(words.first ?? ""), $0) }
    }
    input = lines.dropFirst(comments.count).joined(separator: "\n")
  }

  /// The names of the examples in `Tests/Golden/folder`, in order.
  package static func names(in folder: String) -> [String] {
    let directory = repository.appending(path: "Tests/Golden").appending(path: folder)
    let files = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
    return files.filter { $0.hasSuffix(".gir") }.sorted()
  }

  package init(_ name: String, in folder: String) throws {
    try self.init(repository.appending(path: "Tests/Golden/\(folder)/\(name)"))
  }

  /// Compares `result` with what is expected; with `GCOMP_BLESS=1`, writes it down instead.
  package func check(_ result: String) throws {
    let result = result.trimmingCharacters(in: .whitespacesAndNewlines)
    if ProcessInfo.processInfo.environment["GCOMP_BLESS"] == "1" {
      let text = head + "\n\n" + Self.mark + "\n" + result + "\n"
      try text.write(to: file, atomically: true, encoding: .utf8)
      return
    }
    guard let expected else {
      throw GoldenMismatch(
        description: "\(file.lastPathComponent) expects nothing; look at it with GCOMP_BLESS=1")
    }
    guard expected != result else { return }
    let old = expected.components(separatedBy: "\n")
    let new = result.components(separatedBy: "\n")
    let line = zip(old, new).prefix { $0.0 == $0.1 }.count
    throw GoldenMismatch(
      description: """
        \(file.lastPathComponent) differs in line \(line + 1) of what is expected:
        - \(line < old.count ? old[line] : "<end>")
        + \(line < new.count ? new[line] : "<end>")
        all of it:
        \(result)
        """)
  }
}
