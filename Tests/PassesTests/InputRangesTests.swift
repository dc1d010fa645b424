import GraphIR
import LoopIR
import Passes
import Testing

/// What a graph says about the integers that it is given.
@Suite struct InputRangesTests {
  private struct Case: Sendable {
    let what: String
    /// The lines behind `%x`, the input.
    let body: String
    let range: IntegerRange?
  }

  private static let cases = [
    Case(
      what: "classes",
      body: """
        %b = broadcast %x {0} : i32[4, 10]
        %i = iota {1} : i32[4, 10]
        %y = equal %b, %i : bool[4, 10]
        """, range: IntegerRange(count: 10)),
    Case(
      what: "classes and a number that is ignored",
      body: """
        %b = broadcast %x {0} : i32[4, 10]
        %i = iota {1} : i32[4, 10]
        %h = equal %b, %i : bool[4, 10]
        %c = constant {-100} : i32[4]
        %y = notEqual %x, %c : bool[4]
        """, range: IntegerRange(count: 10, others: [-100])),
    Case(
      what: "rows of a table",
      body: """
        %t = constant {0} : f32[7, 3]
        %r = reshape %x : i32[2, 2]
        %y = gather %t, %r {0} : f32[2, 2, 3]
        """, range: IntegerRange(count: 7)),
    Case(
      what: "the smaller of two tables",
      body: """
        %t = constant {0} : f32[7, 3]
        %s = constant {0} : f32[5, 3]
        %a = gather %t, %x {0} : f32[4, 3]
        %y = gather %s, %x {0} : f32[4, 3]
        """, range: IntegerRange(count: 5)),
    Case(
      what: "compared with what was found",
      body: """
        %t = constant {0} : f32[7, 3]
        %a = gather %t, %x {0} : f32[4, 3]
        %b = constant {1.5} : f32[4]
        %z = cast %b : i32[4]
        %y = equal %x, %z : bool[4]
        """, range: IntegerRange(count: 7)),
    Case(
      what: "kept inside the table by the model",
      body: """
        %t = constant {0} : f32[7, 3]
        %c = constant {6} : i32[4]
        %m = minimum %x, %c : i32[4]
        %y = gather %t, %m {0} : f32[4, 3]
        """, range: nil),
    Case(
      what: "also compared by size, which may mask some",
      body: """
        %t = constant {0} : f32[7, 3]
        %a = gather %t, %x {0} : f32[4, 3]
        %c = constant {0} : i32[4]
        %y = less %x, %c : bool[4]
        """, range: nil),
  ]

  @Test func rangesAreFound() throws {
    for test in Self.cases {
      let text = """
        program "p" from "p.swift"

        function f {
          %x = input {0} : i32[4] "label"
          \(test.body)
          return "y" %y
        }
        """
      let program = try parseProgram(text)
      #expect(inputRanges(of: program)["f"]?["label"] == test.range, "\(test.what)")
    }
  }
}
