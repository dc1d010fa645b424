import Foundation
import LoopIR
import TestSupport
import Testing

/// The table of the kinds of functions, compared with what is written by hand beside it.
@Suite struct KindTests {
  @Test func theRuntimeHasTheSameKinds() throws {
    let header = try text("Runtime/model/model.h")
    let end = try #require(header.range(of: "} rt_kind;")).lowerBound
    let begin = try #require(header[..<end].range(of: "typedef enum {", options: .backwards))
    let constants = header[begin.upperBound..<end].split(separator: "\n").compactMap {
      (line) -> String? in
      let word = line.drop { $0 == " " }.prefix { $0.isLetter || $0 == "_" }
      return word.isEmpty ? nil : String(word)
    }
    #expect(constants == FunctionKind.allCases.compactMap(\.row.constant))
  }

  @Test func theDocumentHasTheSameKinds() throws {
    let rows = try text("docs/ir.md").split(separator: "\n").filter { $0.hasPrefix("| `") }
      .map { $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }
    for kind in FunctionKind.allCases {
      guard let name = kind.row.name else { continue }
      #expect(rows.contains { $0.starts(with: ["`\(kind.rawValue)`", "`\(name)`"]) }, "\(kind)")
    }
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOf: repository.appending(path: path), encoding: .utf8)
  }
}
