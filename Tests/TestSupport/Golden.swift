package import Foundation

/// A text that differs from the one that is stored.
package struct GoldenMismatch: Error, CustomStringConvertible {
  package let description: String

  package init(description: String) { self.description = description }
}

/// The root of the repository.
package let repository = URL(filePath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent()

/// Compares `text` with the file `name` in `Tests/Golden/folder`.
///
/// With `GCOMP_BLESS=1` in the environment the file is written instead. A missing file is a
/// mismatch.
package func checkGolden(_ name: String, in folder: String, _ text: String) throws {
  let directory = repository.appending(path: "Tests/Golden").appending(path: folder)
  let file = directory.appending(path: name)
  if isBlessing {
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    try text.write(to: file, atomically: true, encoding: .utf8)
    return
  }
  guard let stored = try? String(contentsOf: file, encoding: .utf8) else {
    throw GoldenMismatch(
      description: "no golden '\(folder)/\(name)'; look at it and make it with GCOMP_BLESS=1")
  }
  try compare("\(folder)/\(name)", stored, text)
}

/// Compares `text` with what a document has between the lines `<!-- begin of NAME -->` and
/// `<!-- end of NAME -->`.
///
/// With `GCOMP_BLESS=1` in the environment that part is written instead.
package func checkDocument(_ path: String, _ name: String, _ text: String) throws {
  let file = repository.appending(path: path)
  var document = try String(contentsOf: file, encoding: .utf8)
  guard let begin = document.range(of: "<!-- begin of \(name) -->\n"),
    let end = document.range(of: "<!-- end of \(name) -->\n"), begin.upperBound <= end.lowerBound
  else { throw GoldenMismatch(description: "'\(path)' has no place for \(name)") }
  let range = begin.upperBound..<end.lowerBound
  if isBlessing {
    document.replaceSubrange(range, with: text)
    try document.write(to: file, atomically: true, encoding: .utf8)
    return
  }
  try compare("\(name) of \(path)", String(document[range]), text)
}

/// Compares `text` with a file of the repository that is made by a test.
///
/// With `GCOMP_BLESS=1` in the environment the file is written instead.
package func checkText(_ path: String, _ text: String) throws {
  let file = repository.appending(path: path)
  if isBlessing { return try text.write(to: file, atomically: true, encoding: .utf8) }
  try compare(path, (try? String(contentsOf: file, encoding: .utf8)) ?? "", text)
}

private var isBlessing: Bool { ProcessInfo.processInfo.environment["GCOMP_BLESS"] == "1" }

private func compare(_ title: String, _ stored: String, _ text: String) throws {
  guard stored != text else { return }
  let (old, new) = (
    stored.split(separator: "\n", omittingEmptySubsequences: false),
    text.split(separator: "\n", omittingEmptySubsequences: false)
  )
  let line =
    zip(old, new).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    ?? min(old.count, new.count)
  let before = line < old.count ? String(old[line]) : "<end>"
  let after = line < new.count ? String(new[line]) : "<end>"
  throw GoldenMismatch(
    description: """
      '\(title)' differs in line \(line + 1):
      - \(before)
      + \(after)
      """)
}
