// Runs the examples of the zoo and writes docs/zoo.md.

internal import Foundation
internal import TestSupport
internal import ZooRunner

let usage = """
  usage: scripts/zoo [--short] [--jobs N] [--out FILE] [WORD ...]

  Runs the examples whose names contain one of the words, or all of them, as their zoo.txt says,
  and compares what they give with what it expects. Writes their rows of the table in docs/zoo.md.

    --short       the forms of some seconds; writes nothing
    --jobs N      so many examples at once, with one thread each; as many as processors
    --out FILE    the document with the table
  """

var words: [String] = []
var isShort = false
var jobs = ProcessInfo.processInfo.activeProcessorCount
var out: String?
var rest = CommandLine.arguments.dropFirst()
func leave(_ text: String) -> Never {
  FileHandle.standardError.write(Data("zoo: \(text)\n".utf8))
  exit(2)
}
while let argument = rest.popFirst() {
  switch argument {
  case "-h", "--help":
    print(usage)
    exit(0)
  case "--short": isShort = true
  case "--jobs":
    guard let count = rest.popFirst().flatMap({ Int($0) }), count > 0 else {
      leave("'--jobs' needs a number")
    }
    jobs = count
  case "--out":
    guard let file = rest.popFirst() else { leave("'--out' needs a file") }
    out = file
  case _ where argument.hasPrefix("-"): leave("there is no '\(argument)'\n\(usage)")
  default: words.append(argument)
  }
}

do {
  let all = try ZooSheet.all(in: repository.appending(path: "examples"))
  let sheets = all.filter { sheet in
    words.isEmpty || words.contains { sheet.name.contains($0) }
  }
  if sheets.isEmpty { leave("no example is called so: \(words.joined(separator: " "))") }
  let document = (out ?? (isShort ? nil : "docs/zoo.md")).map {
    URL(filePath: $0, relativeTo: repository)
  }
  let report = try ZooReport(sheets, isShort: isShort, jobs: jobs) { sheet, outcomes in
    if let document { try ZooTable.record(sheet, outcomes, in: document, of: all) }
  }
  exit(report.failures == 0 ? 0 : 1)
} catch {
  leave("\(error)")
}
