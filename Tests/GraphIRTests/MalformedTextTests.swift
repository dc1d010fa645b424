import GraphIR
import Support
import TestSupport
import Testing

/// Texts that are no program; the golden has each with the message that it gets.
@Suite struct MalformedTextTests {
  @Test func messagesAreAsExpected() throws {
    var report = ""
    for text in MalformedText.all {
      report += text.split(separator: "\n", omittingEmptySubsequences: false)
        .map { "| \($0)\n" }.joined()
      do {
        let program = try parseProgram(text)
        let problems = verify(program)
        #expect(!problems.isEmpty, "\(text)")
        report += problems.map { "ill-formed: \($0)\n" }.joined() + "\n"
      } catch {
        report += "\(error)\n\n"
      }
    }
    try checkGolden("malformed.txt", in: "graph", report)
  }

  /// Whatever is cut off, changed or left out, there is an error and never a trap.
  @Test func damageNeverTraps() throws {
    let bytes = Array(printProgram(SamplePrograms.operations).utf8)
    var errors = 0
    func check(_ bytes: some Collection<UInt8>) {
      do {
        _ = verify(try parseProgram(String(decoding: bytes, as: UTF8.self)))
      } catch {
        errors += 1
      }
    }
    for i in stride(from: 0, to: bytes.count, by: 37) {
      check(bytes[..<i])
      var changed = bytes
      changed[i] = UInt8(ascii: "9")
      check(changed)
      changed.insert(contentsOf: "99999999".utf8, at: i)
      check(changed)
      changed.removeSubrange(i..<(i + 9))
      check(changed)
    }
    #expect(errors > bytes.count / 37)
  }
}

/// The corpus.
enum MalformedText {
  static let all = heads + functions + nodes + attributes + indexing + programs + kinds

  /// What stands above the functions.
  private static let heads =
    ["", "\u{1}", "programm \"x\"", "program x", "program \"x", "program \"x\" \"y\""]
    + [
      "stat", "setting a", "setting \"a\" fast", "setting \"a\" 1", "setting \"a\" 1 \"\\q\"",
      "phase \"\" epochs 1 batch x", "phase \"\" epochs 1 { set \"d\" }", "state \"a\"",
      "state @1 \"a\" counter f32[]", "state @0 \"a\" weight f32[]", "state @0 \"a\" counter f33[]",
      "state @0 \"a\" counter f32", "state @0 \"a\" counter f32[2 3]",
      "state @0 \"a\" counter f32[0]", "state @0 \"a\" counter f32[-1]",
      "state @0 \"a\" counter f32[99999999999999999999]",
      "state @0 \"a\" counter f32[16777216, 16777216, 2]", "state @0 \"a\" counter f32[] at",
      "state @0 \"a\" counter f32[] at m:3", "state @0 \"a\" counter f32[] at \"m",
      "state @0 \"a\" counter f32[] at #0", "sites m", "function f", "function 3 {",
      "function f { ret }", "function f { return %0 }", "function f { return \"x\" %0 }",
      "function f { return update 3 }", "function f { return } }", "function f { return",
      "function f as { return }", "function f as teacher { return }",
      "function f as prepare { return }", "function f as user { return }",
    ].map { "program \"p\" from \"m\"\n" + $0 }

  /// The ends of functions.
  private static let functions = [
    "return \"y\" %x,", "return \"y\" %x \"z\" %x", "return \"y\"", "return y %x", "}", "yield %x",
    "return probe %x", "return update @0 %x", "return update @1 %x",
    "return update @0 %s, update @0 %s",
  ].map { function("", $0) }

  private static let nodes = [
    "% = iota", "%0 iota", "%0 = 3", "%0 = frobnicate %x : f32[2]", "%x = constant {1} : f32[2]",
    "%0 = exp %y : f32[2]", "%0 = exp %0 : f32[2]", "%0 = exp %x.1 : f32[2]",
    "%0 = exp %x.-1 : f32[2]", "%0 = exp : f32[2]", "%0 = exp %x, %x : f32[2]",
    "%0 = exp %x : f32[3]", "%0 = exp %x", "%0 = exp %x : f32[2], f32[2]", "%0 = exp %x, : f32[2]",
    "%0 = exp %x {1} : f32[2]", "%0 = exp %x {1 : f32[2]", "%0 = sin %i : i32[3]",
    "%0 = add %x, %i : f32[2]", "%0 = exp %x : f32[2] name", "%0 = map %x : f32[2]",
    "%0 = exp %x : f32[2] { yield }", "%0 = kernel {a}", "%0 = kernel %x {a} { yield }",
    "%0 = kernel {a} : f32[2] { yield }", "%0 = kernel {a} { yield %x }",
    "%0 = kernel {a} { return }",
    "%0 = kernel %i {a} : f32[2] { %x = input {0} : f32[2] yield %x }",
    "%0 = kernel {a} { yield } { yield }",
    "%0 = kernel %x {a} : f32[2] { %x = input {1} : f32[2] yield %x }",
    String(repeating: "%0 = kernel {a} { ", count: 65), "%0 = gradient : f32[2]",
  ].map { function($0, "return \"y\" %x") }

  private static let attributes = [
    "%0 = cast %x : f33[2]", "%0 = reshape %x : f32[3]", "%0 = transpose %m {0, x} : f32[2, 3]",
    "%0 = transpose %m {0, 2} : f32[2, 3]", "%0 = transpose %m {0 1} : f32[2, 3]",
    "%0 = broadcast %x {5} : f32[3, 2]", "%0 = broadcast %x {99999999999} : f32[3, 2]",
    "%0 = slice %m {0:1} : f32[2, 3]", "%0 = slice %m {0:1, 0:9} : f32[2, 3]",
    "%0 = slice %m {0:1, 2:4} : f32[2, 3]", "%0 = slice %m {0:1:, 0:2} : f32[2, 3]",
    "%0 = pad %x {1:1} : f32[4]", "%0 = pad %x {0} : f32[4]", "%0 = pad %x {x; 1:1} : f32[4]",
    "%0 = pad %x {0; 1:1:-1} : f32[4]", "%0 = pad %x {0; -1:-1} : f32[1]",
    "%0 = pad %x {0; -1:-0} : f32[2]", "%0 = concat %x, %i {0} : f32[5]",
    "%0 = concat %x, %x {1} : f32[4]", "%0 = concat {0} : f32[4]",
    "%0 = reduce %x {mean [ | i=2] (i)} : f32[]", "%0 = reduce %x {sum [i=2] (i)} : f32[]",
    "%0 = reduce %x {sum [ | i=2, i=2] (i)} : f32[]", "%0 = reduce %x {sum [ | i=2] (j)} : f32[]",
    "%0 = reduce %x {sum [ | i=2] (2*i)} : f32[]", "%0 = reduce %x {sum [ | i=2] (i-1)} : f32[]",
    "%0 = reduce %x {sum [ | i=2] (i*2)} : f32[]", "%0 = reduce %x {sum [ | i=2] (i+)} : f32[]",
    "%0 = reduce %x {sum [ | i=2] (i) (i)} : f32[]", "%0 = reduce %x {sum [ | i=2] ()} : f32[]",
    "%0 = reduce %x {any [ | i=2] (i)} : f32[]",
    "%0 = reduce %x {sum [ | i=281474976710656] (1073741824*i)} : f32[]",
    "%0 = contract %x, %x {[ | i=2] (i)} : f32[]",
    "%0 = contract %x, %m {[n=2 | i=2] (i) (n, i+2*i)} : f32[2]",
    "%0 = gather %m, %x {0} : f32[2, 3]", "%0 = gather %m, %i {7} : f32[3, 3]",
    "%0 = scatterAdd %i, %m {1} : f32[2, 9]", "%0 = scatterAdd %i, %m {1, 0} : f32[2, 9]",
    "%0 = scatterAdd %i, %m {0, 9} : f32[9, 3]", "%0 = constant : f32[2]",
    "%0 = constant {1, 2, 3} : f32[2]", "%0 = constant {1.5} : i32[2]",
    "%0 = constant {-1} : u64[]",
    "%0 = constant {1} : bool[2]", "%0 = constant {0x} : f32[2]", "%0 = constant {true} : f32[2]",
    "%0 = iota {1} : i32[2]", "%0 = input {-1} : i32[2]", "%0 = read {3} : f32[2]",
    "%0 = read {@9} : f32[2]", "%0 = read {@0} : f32[3]", "%0 = write %i {@0} : f32[2]",
    "%0 = write %x {@0} : f32[2]", "%0 = gradient %x, %x : f32[2]",
    "%0 = customGradient %x, %x {1} : f32[2] { yield }",
    "%0 = customGradient %x, %x {1, 1} : f32[2] { yield }", "%0 = cholesky %x : f32[2]",
    "%0 = cholesky %m : f32[2, 3]", "%0 = cholesky %i : i32[3]",
    "%0 = triangularSolve %m, %m {up} : f32[2, 3]",
    "%0 = triangularSolve %m, %m {upper} : f32[2, 3]",
    "%0 = triangularSolve %m, %m {upper unit x} : f32[2, 3]", "%0 = lu %m : f32[2, 3]",
    "%0 = solve %m, %x : f32[2, 3]", "%0 = qr %m : f32[2, 3]", "%0 = qr %x : f32[2]",
    "%0 = symmetricEigen %m : f32[2]", "%0 = svd %m : f32[2, 3]",
    "%0 = pseudoInverse %m : f32[3, 2]", "%0 = pseudoInverse %m {-1.0} : f32[3, 2]",
    "%0 = gradient %s, %i : i32[3]", "%0 = stopGradient %x : f32[1]",
  ].map { function($0, "return \"y\" %x") }

  private static let indexing = [
    "%0 = takeAlongAxis %m, %x {0} : f32[2, 3]", "%0 = takeAlongAxis %m, %i {0} : f32[3]",
    "%0 = takeAlongAxis %x, %i {7} : f32[3]", "%0 = takeAlongAxis %m, %m {0} : f32[2, 3]",
    "%0 = scatter %x, %i, %i {set, 0} : f32[2]", "%0 = scatter %x, %i, %x {add, 0} : f32[2]",
    "%0 = scatter %x, %i, %x {sum, 0} : f32[2]", "%0 = scatter %x, %i, %x {add} : f32[2]",
    "%0 = dynamicSlice %x, %s {1} : f32[1]", "%0 = dynamicSlice %x, %i {1} : f32[1]",
    "%0 = dynamicSlice %x {1} : f32[1]", "%0 = dynamicSlice %x, %x {3} : f32[3]",
    "%0 = dynamicUpdate %x, %i, %i : f32[2]", "%0 = dynamicUpdate %x, %x : f32[2]",
    "%0 = dynamicUpdate %x, %m, %i : f32[2]", "%0 = argsort %x {0, 3, ascending} : i32[3]",
    "%0 = argsort %x {0, 0, ascending} : i32[0]", "%0 = argsort %x {0, 2, up} : i32[2]",
    "%0 = argsort %x {0, 2, ascending} : i32[2]",
    "%0 = argsort %x {1, 2, ascending} : i32[2]", "%0 = argsort %x {0, 2} : i32[2]",
    "%0 = searchSorted %x, %i {left} : i32[3]", "%0 = searchSorted %m, %x {left} : i32[2]",
    "%0 = searchSorted %s, %x {left} : i32[2]", "%0 = searchSorted %x, %x {middle} : i32[2]",
    "%0 = cumulative %x {sum, 1} : f32[2]", "%0 = cumulative %x {any, 0} : f32[2]",
    "%0 = cumulative %i {logSumExp, 0} : i32[3]", "%0 = linearRecurrence %x, %i {0} : i32[3]",
    "%0 = linearRecurrence %m, %x {0} : f32[2]", "%0 = linearRecurrence %x, %x {2} : f32[2]",
    "%0 = nonMaximumSuppression %m, %x, %i {0.5, 0, 3} : i32[3], i32[]",
    "%0 = nonMaximumSuppression %x, %x, %i {0.5, 0} : i32[3], i32[]",
    "%0 = nonMaximumSuppression %i, %x, %i {0.5, 0, 3} : i32[3], i32[]",
    "%0 = editDistance %i, %i : i32[], i32[4]", "%0 = editDistance %x, %x, %i, %i : i32[], i32[3]",
    "%0 = editDistance %i, %i, %s, %s : i32[], i32[4]",
    "%0 = editDistance %i, %i, %i, %i : i32[], i32[4]",
    "%j = cast %m : i32[2, 3] %0 = editDistance %j, %i, %i, %i : i32[2], i32[2, 4]",
    "%j = cast %i : i64[3] %0 = editDistance %j, %i, %i, %i : i32[], i32[4]",
    "%j = cast %s : i32[] %0 = editDistance %i, %j, %j, %j : i32[], i32[4]",
    "%j = cast %s : i32[] %0 = editDistance %i, %i, %j, %j : i32[]",
    "%j = cast %s : i32[] %0 = editDistance %i, %i, %j, %j {1} : i32[], i32[4]",
  ].map { function($0, "return \"y\" %x") }

  private static let programs = [
    function("%0 = input {1} : f32[]", "return \"y\" %0"),
    function("%0 = input {4} : f32[]", "return \"y\" %0"),
    function("", "return") + "function f { return }",
  ]

  /// Functions that are not such as their kinds say.
  private static let kinds = [
    "function init { return }", "function init as initialise { return }",
    "function a as trainStep { return } function b as trainStep { return }",
    "function eval_rest as evaluationRest { return }",
    "function evaluated as evaluated { return }",
    """
    function train_step as trainStep { return }
    function eval_step as evaluationStep { %0 = input {0} : f32[4] "x" return "loss" %0 }
    function eval_rest as evaluationRest { %0 = input {0} : f32[4, 1] "x" return "loss" %0 }
    function evaluated as evaluated { %0 = input {0} : f32[] "loss" return }
    """,
  ].map { "program \"p\" from \"m\"\n\($0)\n" }

  private static func function(_ node: String, _ end: String) -> String {
    """
    program "p" from "m"
    state @0 "a" counter f32[]
    function f {
      %x = input {0} : f32[2]
      %i = input {1} : i32[3]
      %m = input {2} : f32[2, 3]
      %s = read {@0} : f32[]
      \(node)
      \(end)
    }

    """
  }
}
