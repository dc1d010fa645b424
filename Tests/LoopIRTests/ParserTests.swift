import LoopIR
import Support
import TestSupport
import Testing

@Suite struct ParserTests {
  @Test func whatIsPrintedIsRead() throws {
    let kernels =
      Kernels.all + Kernels.transforms + ElementType.allCases.map { Kernels.casts(from: $0) }
      + ElementType.allCases.map { Kernels.functions(of: $0) }
      + ElementType.allCases.filter { $0 != .bool }.map { Kernels.arithmetic(of: $0) }
    for kernel in kernels {
      let text = LoopPrinter.print(kernel)
      let read = try LoopParser.kernel(text)
      #expect(read == kernel, "\(text)")
      #expect(LoopPrinter.print(read) == text)
    }
    #expect(try LoopParser.program(LoopPrinter.print(.tiny)) == .tiny)
    #expect(try LoopParser.program(LoopPrinter.print(.walks)) == .walks)
  }

  /// Names that mean something, and names that stand for two things.
  @Test func namesThatNeedCare() throws {
    var d = Declarations()
    let (i, j) = (d.variable("i", 4), d.variable("i", 4))
    let (x, y) = (d.buffer("f32", [4, 4]), d.buffer("for", [4, 4]))
    let (a, b) = (d.local("true"), d.local("a b"))
    let negative = Expression.apply(.negate, [number(1)]) - number(-1) - number(.infinity)
    let kernel = Kernel(
      name: "two words", parameters: [.init(x, .read), .init(y, .write)], definitions: [],
      body: [
        i.loop(
          j.loop(
            .constant(a, x[i, j]), .variable(b, .local(a) + negative), y.set(i, j, to: .local(b))))
      ], origins: ["a \"b\"\n"])
    #expect(try LoopParser.kernel(LoopPrinter.print(kernel)) == kernel)
  }

  @Test(arguments: [
    ("copy state 0[t] to state 1", "no variable is called 't'"),
    ("repeat { call 0 k() }", "expected 'call', found '}'"),
    ("if { }", "expected an operand, found '{'"),
    ("for t < 3 { }", "expected '#', found '<'"),
    ("copy f32[0] to state 1", "expected a number, found '['"),
  ])
  func mistakesInSteps(_ steps: String, _ message: String) {
    let text = """
      program p from "p" arena 0 at least 0
      function f() -> () { summary "" \(steps) }
      """
    do {
      _ = try LoopParser.program(text)
      Issue.record("no mistake was found")
    } catch {
      #expect(error.description.hasSuffix(message), "\(error)")
    }
  }

  @Test(arguments: [
    ("kernel k() { x[0] = 1.0f32 }", "1:14: no array is called 'x'"),
    ("kernel k(write x#0: f32[4]) { x[0] = 1.0 }", "1:42: '1.0' is not a number with a type"),
    ("kernel k(write x#0: f3[4]) { }", "1:21: expected an element type, found 'f3'"),
    ("kernel k() { for i < 3 { } }", "1:20: expected '#', found '<'"),
  ])
  func mistakesAreReported(_ text: String, _ message: String) {
    do {
      _ = try LoopParser.kernel(text)
      Issue.record("no mistake was found")
    } catch {
      #expect(error.description == message)
    }
  }
}
