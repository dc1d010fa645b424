import GraphIR
import GraphKit
import Support
import Testing

/// Values that are set when a model is compiled.
@Suite struct OptionTests {
  private func model() {
    let width = option("width", 3, help: "extent of x")
    let scale = option("scale", 0.5)
    let bias = option("bias", true)
    let kind = option("kind", "plain", of: ["plain", "square"])
    let name = option("name", "x")
    let model = Model("m")
    model.infer(Input(name, [width])) { x in
      let y = kind == "square" ? x * x : x
      return ["y": bias ? y * scale + 1 : y * scale]
    }
  }

  @Test func withoutValuesTheDefaultsHold() throws {
    let program = try program { model() }
    #expect(program.options.map(\.name) == ["width", "scale", "bias", "kind", "name"])
    #expect(program.options.map(\.value) == ["3", "0.5", "true", "plain", "x"])
    #expect(program.options[0].help == "extent of x")
    #expect(program.options[3].choices == ["plain", "square"])
    #expect(try program.function("infer").graph.nodes.values.first?.types.first?.shape == [3])
  }

  @Test func valuesThatAreGivenHold() throws {
    let given = ["width=5", "scale=1e-3", "bias=false", "kind=square", "name=a=b"]
    let found = mistakes(given: given) { model() }
    #expect(found.first?.contains("it is 'a=b'") == true, "\(found)")
    let program = try program(given: Array(given.dropLast()) + ["name=image"]) { model() }
    #expect(program.options.map(\.value) == ["5", "0.001", "false", "square", "image"])
    #expect(program.options.map(\.standard) == ["3", "0.5", "true", "plain", "x"])
    #expect(try program.function("infer").graph.nodes.values.first?.types.first?.shape == [5])
  }

  @Test func whatDoesNotFitIsAMistake() {
    func said(_ value: String) -> [String] { mistakes(from: 0, given: [value], model).map(message) }
    #expect(
      said("width=128.5") == [
        "the option 'width' must be a whole number, such as 3; '--set' gives '128.5'"
      ])
    #expect(
      said("width=16,64") == [
        "the option 'width' must be a whole number, such as 3; '--set' gives '16,64'",
        "'gcomp sweep' tries several values",
      ])
    #expect(
      said("scale=inf") == [
        "the option 'scale' must be a number, such as 0.5; '--set' gives 'inf'"
      ])
    #expect(said("bias=1") == ["the option 'bias' must be true or false; '--set' gives '1'"])
    #expect(
      said("kind=sqare") == [
        "the option 'kind' must be one of 'plain', 'square'; '--set' gives 'sqare'",
        "did you mean 'square'?",
      ])
  }

  @Test func unknownOptionsAreMistakes() {
    #expect(
      mistakes(given: ["widht=3"]) { model() } == [
        "the model has no option 'widht'; it has 'width', 'scale', 'bias', 'kind', 'name'",
        "  did you mean 'width'?",
      ])
    let found = mistakes(given: ["hidden=3"]) {
      Model("m").infer(Input("x", [2])) { ["y": $0] }
    }
    #expect(
      found == [
        "the model has no options, and '--set' gives 'hidden'",
        "  declare one: let hidden = option(\"hidden\", 64)",
      ])
  }

  /// A layer that is made twice declares its options twice.
  @Test func declarationsOfOneOptionMustAgree() {
    let found = mistakes {
      _ = option("rate", 0.1)
      _ = option("rate", 0.1, help: "the same")
      _ = option("rate", 0.2)
      _ = option("rate", 1) as Int
      _ = option("two words", 1) as Int
      _ = option("kind", "c", of: ["a", "b"])
      Model("m").infer(Input("x", [2])) { ["y": $0] }
    }
    #expect(
      found == [
        "3: the option 'rate' is declared twice, with '0.1' and here with '0.2'",
        "  1: it is first declared here",
        "  declare it once, as in 'let rate = option(...)', and use that",
        "4: the option 'rate' is declared twice, with '0.1' and here with '1'",
        "  1: it is first declared here",
        "  declare it once, as in 'let rate = option(...)', and use that",
        "5: the name of an option must consist of ASCII letters, digits and '_', and not begin "
          + "with a digit; it is 'two words'",
        "  did you mean 'two_words'?",
        "6: the option 'kind' must be one of 'a', 'b'; its default is 'c'",
      ])
  }

  // The mistake without its place.
  private func message(_ line: String) -> String {
    String(line.trimmingPrefix(/\ *(\d+: )?/))
  }
}
