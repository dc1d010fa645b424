import Foundation
import TestSupport
import Testing

/// What stands on the right of docs/from-pytorch.md, and its Swift, compiles.
///
/// Every code of a second column that is headed `GraphKit` is a statement of its own, except flags
/// of programs and arguments by themselves.
@Suite struct FromPyTorchTests {
  @Test func everySpellingCompiles() throws {
    let page = try Page.read()
    #expect(page.spellings.count > 200, "\(page.spellings.count)")
    #expect(page.blocks.count >= 2)
    var text = "import Foundation\nimport GraphKit\n"
    for (number, code) in (page.spellings + page.blocks).enumerated() {
      text += "func spelling\(number)(\(Self.context)) {\n\(code)\n}\n"
    }
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "page.swift")
      try text.write(to: file, atomically: true, encoding: .utf8)
      let (status, output) = try runProgram(
        "swiftc",
        ["-typecheck", "-suppress-warnings", "-I", PublicInterface.modules, file.path])
      #expect(status == 0, "\(output)")
    }
  }

  /// The flags that it names are those of the programs or of gcomp.
  @Test func flagsAreKnown() throws {
    let programs = try String(
      contentsOf: repository.appending(path: "docs/programs.md"), encoding: .utf8)
    let readme = try String(
      contentsOf: repository.appending(path: "README.md"), encoding: .utf8)
    let flags = try Page.read().text.matches(of: /(--[a-z][a-z-]*)/).map { String($0.1) }
    #expect(flags.count > 10)
    // A setting of the model on the page.
    let unknown = Set(flags).subtracting(["--rate"]).filter {
      !programs.contains($0) && !readme.contains($0)
    }
    #expect(unknown.isEmpty, "\(unknown.sorted())")
  }

  // What the right sides take for given.
  private static let context = """
    x: Tensor, y: Tensor, i: Tensor, b: Tensor, loss: Tensor, net: Sequential, model: Model,
    batch: Batch, optimizer: Adam, parameter: Parameter
    """

  private struct Page {
    let text: String
    private(set) var spellings: [String] = []
    private(set) var blocks: [String] = []

    static func read() throws -> Page {
      try Page(
        String(contentsOf: repository.appending(path: "docs/from-pytorch.md"), encoding: .utf8))
    }

    private init(_ text: String) {
      self.text = text
      var isGraphKit = false
      for (place, part) in text.components(separatedBy: "```").enumerated() {
        if !place.isMultiple(of: 2) {
          if part.hasPrefix("swift\n") { blocks.append(String(part.dropFirst("swift\n".count))) }
          continue
        }
        for line in part.components(separatedBy: "\n") where line.hasPrefix("| ") {
          let cells = line.components(separatedBy: "|").map {
            $0.trimmingCharacters(in: .whitespaces)
          }
          guard cells.count == 4 else { continue }
          if ["PyTorch", "torchvision and torchaudio"].contains(cells[1]) {
            isGraphKit = cells[2] == "GraphKit"
          } else if isGraphKit {
            let codes = cells[2].matches(of: /`([^`]+)`/).map { String($0.1) }
            spellings += codes.filter {
              !$0.contains("--") && $0 != "train" && $0.wholeMatch(of: /\w+: [\w.]+/) == nil
            }
          }
        }
      }
    }
  }
}
