import Foundation
import TestSupport
import Testing
import ZooRunner

/// Each example of the zoo learns, in the form of some seconds that its `zoo.txt` gives.
@Suite struct ZooTests {
  private static let sheets = Result {
    try ZooSheet.all(in: repository.appending(path: "examples"))
  }

  @Test func sheetsAreWhole() throws {
    let sheets = try Self.sheets.get()
    #expect(sheets.count >= 168)
    for sheet in sheets {
      #expect(sheet.short.contains { !$0.expectations.isEmpty }, "\(sheet.name)")
      for file in ["README.md", "model.swift"] {
        let path = sheet.folder.appending(path: file).path
        #expect(FileManager.default.fileExists(atPath: path), "\(sheet.name)/\(file)")
      }
    }
  }

  @Test(arguments: (try? sheets.get().map(\.name)) ?? []) func learns(_ name: String) throws {
    let sheet = try #require(try Self.sheets.get().first { $0.name == name })
    let outcome = try withTemporaryFolder {
      try sheet.run(isShort: true, seed: 0, in: $0, gcomp: gcompExecutable)
    }
    #expect(outcome.problems == [])
  }
}
