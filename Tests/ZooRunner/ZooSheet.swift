package import Foundation
internal import TestSupport

/// What an example promises: the file `zoo.txt` in its folder.
///
/// Each line is `key: value`. A `run:` is a command as a reader types it in the folder of the
/// example; the `expect:` lines after it say what must come out, the `aim:` lines what others
/// reached, and `why:` why ours does not. `seeds:` is how often the run above it and those below it
/// are done. `short:` and `short-expect:` are the form of some seconds that tests run.
package struct ZooSheet: Sendable {
  /// As in `neurons/xor-epochs`.
  package let name: String
  package let folder: URL
  package private(set) var system = ""
  package private(set) var data = ""
  package private(set) var published = ""
  /// Why an aim is missed.
  package private(set) var reason = ""
  package private(set) var runs: [ZooRun] = []
  package private(set) var short: [ZooRun] = []
  // Of the next run.
  private var nextSeeds = 1

  /// How many seeds there are: those of the run that has most.
  package var seeds: Int { runs.map(\.seeds).max() ?? 1 }

  /// Reads the sheet of an example.
  package init(_ folder: URL) throws {
    self.folder = folder
    name = folder.pathComponents.suffix(2).joined(separator: "/")
    let file = folder.appending(path: "zoo.txt")
    let text = try String(contentsOf: file, encoding: .utf8)
    for (i, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if line.allSatisfy(\.isWhitespace) { continue }
      do {
        try add(line)
      } catch let mistake as ZooMistake {
        throw ZooMistake("\(name)/zoo.txt: line \(i + 1): \(mistake.description)")
      }
    }
    for (key, value) in [("system", system), ("data", data), ("published", published)]
    where value.isEmpty { throw ZooMistake("\(name)/zoo.txt: '\(key)' is missing") }
    if runs.isEmpty { throw ZooMistake("\(name)/zoo.txt: there is no 'run'") }
    if short.isEmpty { throw ZooMistake("\(name)/zoo.txt: there is no 'short'") }
  }

  private mutating func add(_ line: Substring) throws {
    guard let colon = line.firstIndex(of: ":") else {
      throw ZooMistake("expected 'key: value', found '\(line)'")
    }
    let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    switch line[..<colon] {
    case "system": system = value
    case "data": data = value
    case "published": published = value
    case "seeds":
      guard let count = Int(value), count > 0 else {
        throw ZooMistake("expected a number of seeds, found '\(value)'")
      }
      nextSeeds = count
      if !runs.isEmpty { runs[runs.count - 1].seeds = count }
    case "why": reason = value
    case "run": runs.append(ZooRun(command: value, seeds: nextSeeds))
    case "short": short.append(ZooRun(command: value, seeds: 1))
    case "expect": try Self.add(try ZooExpectation(value), to: &runs)
    case "aim": try Self.add(try ZooExpectation(value, isAim: true), to: &runs)
    case "short-expect": try Self.add(try ZooExpectation(value), to: &short)
    default:
      throw ZooMistake(
        "expected system, data, published, seeds, run, expect, aim, why, short or short-expect; "
          + "found '\(line[..<colon])'")
    }
  }

  private static func add(_ expectation: ZooExpectation, to runs: inout [ZooRun]) throws {
    guard !runs.isEmpty else { throw ZooMistake("an expectation needs a command before it") }
    runs[runs.count - 1].expectations.append(expectation)
  }

  /// All examples that have a sheet, sorted by name.
  package static func all(in examples: URL) throws -> [ZooSheet] {
    var sheets: [ZooSheet] = []
    for family in try names(in: examples) {
      let folder = examples.appending(path: family)
      for example in try names(in: folder) {
        let inside = folder.appending(path: example)
        let file = inside.appending(path: "zoo.txt").path
        guard FileManager.default.fileExists(atPath: file) else { continue }
        sheets.append(try ZooSheet(inside))
      }
    }
    return sheets
  }

  // The names in a folder in order; none if it is a file.
  private static func names(in folder: URL) throws -> [String] {
    var isFolder: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder)
    guard isFolder.boolValue else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }
}

/// A command of an example, and what must come out.
package struct ZooRun: Sendable {
  /// As typed, with `{seed}` where a seed goes.
  package let command: String
  /// How often it is done, with the seeds from 0 on.
  package internal(set) var seeds: Int
  package internal(set) var expectations: [ZooExpectation] = []
}

/// A mistake in a sheet or in the command line.
package struct ZooMistake: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
