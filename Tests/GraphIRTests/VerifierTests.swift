import GraphIR
import LoopIR
import Support
import Testing

/// Mistakes that only a pass can make: text that holds them is not read.
@Suite struct VerifierTests {
  private static let type = TensorType(.f32, [2])
  private static let x = Node(Input(0, type), [], types: [type], name: nil, site: nil)

  @Test func samplesAreWellFormed() {
    for (name, program) in SamplePrograms.all { #expect(verify(program) == [], "\(name)") }
  }

  @Test func operandsPrecedeUsers() {
    let exp = node(Map(.exp), [Value(NodeID(index: 1))])
    #expect(
      problems([Self.x, exp]) == [
        "function f: the operand %1 does not come before its user\n  %1 = exp %1 : f32[2]"
      ])
    let second = node(Map(.exp), [Value(NodeID(index: 0), 1)])
    #expect(
      problems([Self.x, second]) == [
        "function f: the operand %0.1 does not come before its user\n  %1 = exp %0.1 : f32[2]"
      ])
  }

  @Test func typesAreWhatTheRuleSays() {
    let wrong = Node(
      Map(.exp), [Value(NodeID(index: 0))], types: [TensorType(.f32, [3])], name: "y",
      site: SiteID(index: 4))
    #expect(
      problems([Self.x, wrong]) == [
        "function f: expected the type 'f32[2]' by the rule of 'exp', found 'f32[3]'\n"
          + "  %1 = exp %0 : f32[3] \"y\" at #4",
        "function f: its place is not in the table\n  %1 = exp %0 : f32[3] \"y\" at #4",
      ])
  }

  @Test func operandsAreCounted() {
    let none = node(Map(.exp), [])
    #expect(
      problems([Self.x, none]) == [
        "function f: 'exp' takes 1 operand; found 0\n  %1 = exp : f32[2]"
      ])
  }

  @Test func outputsExist() {
    #expect(
      problems([Self.x], outputs: [Value(NodeID(index: 3))], results: [.output("y")]) == [
        "function f: the output %3 does not exist"
      ])
    #expect(
      problems([Self.x], outputs: [Value(NodeID(index: 0))], results: []) == [
        "function f: 0 results for 1 outputs"
      ])
  }

  @Test func settingsAreNumbers() {
    var program = GraphProgram(name: "p", source: "m.swift")
    program.settings = ["a", "b"].map { Setting(name: $0, value: 1, help: "") }
    _ = program.states.append(
      State(name: "a", type: TensorType(.u8, [1]), role: .statistic, site: nil))
    #expect(
      verify(program) == [
        "setting \"a\": expected a state 'setting f32[]' with its name, found 'statistic u8[1]'",
        "setting \"b\": there is no state with its name",
      ])
  }

  @Test func positionsOfInputsAreDifferent() {
    #expect(
      problems([Self.x, Self.x]) == [
        "function f: the input at position 1 is missing or occurs twice\n  %1 = input {0} : f32[2]"
      ])
  }

  @Test func graphsInsideAreChecked() {
    var body = Graph()
    body.outputs = [body.append(Self.x), body.append(node(Map(.exp), []))].map { Value($0) }
    let kernel = Node(
      KernelOp(name: "k", body: body), [Value(NodeID(index: 0))],
      types: [Self.type, Self.type], name: nil, site: nil)
    #expect(
      problems([Self.x, kernel]) == [
        "function f: 'exp' takes 1 operand; found 0\n  %1 = exp : f32[2]"
      ])
  }

  @Test func axesHaveTheirOwnNames() {
    let map = AxisMap(
      [Axis("i", 2), Axis("i", 2)], resultRank: 1, operands: [[.axis(0)]])
    #expect(
      problems([Self.x, node(Reduce(.sum, map), [Value(NodeID(index: 0))])]) == [
        "function f: two axes have the same name\n  %1 = reduce %0 {sum [i=2 | i=2] (i)} : f32[2]"
      ])
  }

  private func node(_ op: any Operation, _ operands: [Value]) -> Node {
    Node(op, operands, types: [Self.type], name: nil, site: nil)
  }

  private func problems(
    _ nodes: [Node], outputs: [Value] = [], results: [GraphFunction.Result] = []
  ) -> [String] {
    var program = GraphProgram(name: "p", source: "m")
    var graph = Graph()
    for node in nodes { _ = graph.append(node) }
    graph.outputs = outputs
    program.functions = [GraphFunction(name: "f", graph: graph, results: results)]
    return verify(program)
  }
}
