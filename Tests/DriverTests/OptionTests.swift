import Foundation
import Testing

/// Options of models and `--set`, as users meet them.
@Suite struct OptionTests {
  private static let model = """
    import GraphKit

    let width = option("width", 3, help: "extent of x")
    let kind = option("kind", "plain", of: ["plain", "square"])
    let model = Model("sized")
    model.infer(Input("x", [width])) { x in ["y": kind == "square" ? x * x : x + x] }

    """

  @Test func theyAreListed() throws {
    try Workspace.with(["m.swift": Self.model, "none.swift": Models.tiny]) { workspace in
      let (status, output) = try workspace.gcomp("options", "m.swift", "--set", "width=5")
      #expect(status == 0)
      #expect(
        output == """
            option  value          expected        meaning
            width   5 (default 3)  a whole number  extent of x
            kind    plain          plain, square

          """)
      #expect(try workspace.gcomp("summary", "m.swift").output.contains("options\n  option  value"))
      let none = try workspace.gcomp("options", "none.swift")
      #expect(none.status == 0)
      #expect(none.output.hasPrefix("'none.swift' has no options; a model declares one so: "))
    }
  }

  /// The model is compiled once, and run for each combination of values.
  @Test func otherValuesNeedNoCompiler() throws {
    try Workspace.with(["m.swift": Self.model]) { workspace in
      func shape(_ words: String...) throws -> String {
        let (_, output) = try workspace.gcomp(["m.swift", "--emit=graph"] + words)
        return String(output.firstMatch(of: /f32\[\d+\] "x"/)?.0 ?? "\(output)")
      }
      #expect(try shape() == "f32[3] \"x\"")
      let entries = workspace.names(in: "cache/models")
      #expect(try shape("--set", "width=5") == "f32[5] \"x\"")
      #expect(try shape("--set=width=7", "--set", "kind=square") == "f32[7] \"x\"")
      #expect(try shape() == "f32[3] \"x\"")
      #expect(workspace.names(in: "cache/models") == entries)
      #expect(workspace.names(in: "cache/programs").count == 3)
      // The order does not matter.
      #expect(try shape("--set", "kind=square", "--set=width=7") == "f32[7] \"x\"")
      #expect(workspace.names(in: "cache/programs").count == 3)
      // What the user's shell has set does not count.
      let (_, output) = try workspace.gcomp(
        "m.swift", "--emit=graph", environment: ["GCOMP_OPTIONS=width=9"])
      #expect(output.contains("f32[3] \"x\""))
    }
  }

  @Test func theProgramsSayWhatTheyWereCompiledWith() throws {
    try Workspace.with(["m.swift": Self.model]) { workspace in
      let (status, output) = try workspace.gcomp(
        "infer", "m.swift", "--set", "width=5", "--", "--help")
      #expect(status == 0, "\(output)")
      #expect(
        output.contains(
          """
          compiled with these options; gcomp --set NAME=VALUE changes them:
            width=5             extent of x
            kind=plain

          """), "\(output)")
      let text = try #require(workspace.text("build/sized/sized.c"))
      #expect(
        text.contains(
          "//   option  value  default\n//   width   5      3\n//   kind    plain  plain\n"))
    }
  }

  @Test func mistakesSayWhatToDo() throws {
    try Workspace.with(["m.swift": Self.model]) { workspace in
      let (status, output) = try workspace.gcomp("check", "m.swift", "--set", "width=wide")
      #expect(status == 1)
      #expect(
        output.hasPrefix(
          "m.swift:3:13: error: the option 'width' must be a whole number, such as 3; '--set' "
            + "gives 'wide'\nlet width = option"), "\(output)")
      let unknown = try workspace.gcomp("check", "m.swift", "--set", "widht=4")
      #expect(
        unknown.output.hasPrefix(
          "error: the model has no option 'widht'; it has 'width', 'kind'\n"
            + "note: did you mean 'width'?\n"), "\(unknown.output)")
      let text = try workspace.gcomp("m.swift", "--emit=graph").output
      try workspace.write(Array(text.utf8), to: "m.gir")
      let program = try workspace.gcomp("m.gir", "--emit=graph")
      #expect(program.output == text)
      let set = try workspace.gcomp("m.gir", "--set", "width=4")
      #expect(
        set.output.hasPrefix(
          "error: 'm.gir' is the text of a program; only a model in Swift has options\n"))
    }
  }
}
