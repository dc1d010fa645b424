import Foundation
import Testing

/// Models in Swift: compiled, run, cached, built.
@Suite struct SwiftModelTests {
  @Test func whatSwiftcSaysGoesThrough() throws {
    let model = "import GraphKit\nlet x: Int = \"a\"\n"
    try Workspace.with(["m.swift": model]) { workspace in
      let (status, output) = try workspace.gcomp("m.swift")
      #expect(status == 1)
      #expect(
        output.hasPrefix(
          "m.swift:2:14: error: cannot convert value of type 'String' to specified type 'Int'\n"))
      #expect(!output.contains("emit-module"))
    }
  }

  @Test func mistakesInTheModelAreShownWithTheirLine() throws {
    let model = Models.tiny.replacing("x * x", with: "x.sum(axes: [9])")
    try Workspace.with(["m.swift": model]) { workspace in
      for _ in 1...2 {
        let (status, output) = try workspace.gcomp("check", "m.swift")
        #expect(status == 1)
        #expect(output.hasPrefix("m.swift:4:"))
        #expect(output.contains(": error: 'sum' has no axis 9 in 'f32[2, 3]'"))
        #expect(output.contains("\nmodel.infer(Input(\"x\", [2, 3]))"))
        #expect(output.hasSuffix("\n1 error\n"))
      }
    }
  }

  @Test func aTrapIsOneMessage() throws {
    let model = "import GraphKit\nlet none: [Int] = []\nprint(none[3])\n"
    try Workspace.with(["m.swift": model]) { workspace in
      let (status, output) = try workspace.gcomp("m.swift")
      #expect(status == 1)
      let lines = output.split(separator: "\n")
      #expect(lines.count == 2, "\(output)")
      #expect(lines.first?.hasPrefix("error: 'm.swift' stopped with signal ") == true)
      #expect(lines.first?.hasSuffix("Fatal error: Index out of range") == true)
    }
  }

  @Test(arguments: [
    ("import GraphKit\n", "error: 'm.swift' declares no model\n"),
    (
      "import Foundation\nexit(7)\n",
      "error: 'm.swift' ended with status 7 before it was complete\n"
    ),
  ])
  func aModelThatIsNoneIsAnError(model: String, message: String) throws {
    try Workspace.with(["m.swift": model]) { workspace in
      let (status, output) = try workspace.gcomp("m.swift")
      #expect(status == 1)
      #expect(output.hasPrefix(message), "\(output)")
    }
  }

  @Test func aProgramThatCannotBeWrittenIsAnError() throws {
    let model = Models.tiny.replacing("\"tiny\"", with: "\"\(String(repeating: "a", count: 252))\"")
    try Workspace.with(["m.swift": model]) { workspace in
      let (status, output) = try workspace.gcomp("m.swift")
      #expect(status == 1)
      #expect(output.contains("aaa.gir': File name too long\n"), "\(output)")
      #expect(output.contains("'m.swift' ended with status 1 before it was complete"), "\(output)")
    }
  }

  @Test func aSecondRunTakesAllFromTheCache() throws {
    let model = "print(\"hello\")\n" + Models.tiny
    try Workspace.with(["m.swift": model]) { workspace in
      let first = try workspace.gcomp("m.swift", "--emit=graph")
      let entries = workspace.names(in: "cache/models")
      #expect(entries.count == 1)
      let path = "cache/models/\(entries[0])/model"
      let before = try workspace.time(path)
      let clock = ContinuousClock()
      var second = first
      let duration = try clock.measure { second = try workspace.gcomp("m.swift", "--emit=graph") }
      #expect(duration < .seconds(5))
      #expect(second.output == first.output)
      #expect(first.output.hasPrefix("hello\nprogram \"tiny\" from \"m.swift\"\n"))
      #expect(workspace.names(in: "cache/models") == entries)
      #expect(try workspace.time(path) == before)
      // Another text is another entry.
      let changed = model.replacing("x * x", with: "x + x")
      try workspace.write(Array(changed.utf8), to: "m.swift")
      #expect(try workspace.gcomp("m.swift", "--emit=graph").output != first.output)
      #expect(workspace.names(in: "cache/models").count == 2)
    }
  }

  /// What can read the environment is run each time.
  @Test func aModelThatReadsTheWorldIsNotTakenFromTheCache() throws {
    let model = """
      import Foundation
      import GraphKit

      let size = Int(ProcessInfo.processInfo.environment["SIZE"] ?? "") ?? 1
      let model = Model("sized")
      model.infer(Input("x", [size])) { x in ["y": x + x] }

      """
    try Workspace.with(["m.swift": model]) { workspace in
      for size in [3, 5] {
        let (_, output) = try workspace.gcomp(
          "m.swift", "--emit=graph", environment: ["SIZE=\(size)"])
        #expect(output.contains("f32[\(size)] \"x\""))
      }
    }
  }

  @Test func runsAtTheSameTimeDoNotDisturbEachOther() throws {
    try Workspace.with(["m.swift": Models.tiny]) { workspace in
      DispatchQueue.concurrentPerform(iterations: 3) { _ in
        let result = try? workspace.gcomp("m.swift", "--emit=c")
        #expect(result?.status == 0)
        #expect(result?.output.hasSuffix("wrote build/tiny\n") == true)
      }
      #expect(workspace.names(in: "cache/models").count == 1)
    }
  }

  @Test func twoModelsInAFileAreBuiltAndOneIsRun() throws {
    let model =
      Models.tiny + """
        let other = Model("other")
        other.infer(Input("x", [2])) { x in ["y": x - x] }

        """
    try Workspace.with(["m.swift": model]) { workspace in
      let (status, output) = try workspace.gcomp("m.swift", "-o", "out")
      #expect(status == 0, "\(output)")
      #expect(output.contains("\nbuilt out/tiny/tiny-infer\n"))
      #expect(output.contains("\nbuilt out/other/other-infer\n"))
      let program = "out/tiny/tiny-infer"
      let before = try workspace.time(program)
      let again = try workspace.gcomp("m.swift", "-o", "out")
      #expect(again.status == 0)
      #expect(try workspace.time(program) == before)
      let run = try workspace.gcomp("infer", "m.swift")
      #expect(run.status == 1)
      #expect(run.output.hasPrefix("error: 'm.swift' has several models: other, tiny\n"))
      try workspace.write(Array(Models.tiny.utf8), to: "m.swift")
      let help = try workspace.gcomp("infer", "m.swift", "-o", "out", "--", "--help")
      #expect(help.status == 0)
      #expect(help.output.contains("usage: tiny-infer"))
      let train = try workspace.gcomp("train", "m.swift", "-o", "out")
      #expect(train.output.contains("error: 'tiny' does not learn"))
    }
  }
}
