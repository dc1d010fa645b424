// swift-format-ignore-file: NeverForceUnwrap

import GraphIR
import LoopIR
import Passes
import Support
import TensorLibrary
import TestSupport
import Testing

/// Large programs compile in time that grows with their size, and no expression grows out of
/// hand.
@Suite(.serialized) struct CompileTimeTests {
  // They take about one second, and longer while other tests run.
  private static let limit = Duration.seconds(10)

  private static let f32 = ElementType.f32

  /// Checks time and size of the compiled program; the size of a kernel is its longest text.
  private func check(
    _ name: String, _ program: GraphProgram, atLeast nodes: Int, longestKernel: Int = 100_000
  ) throws {
    let clock = ContinuousClock()
    var optimized = program
    GraphPass.differentiate.run(&optimized)
    let count = optimized.functions[0].graph.nodes.count
    var loops: LoopProgram?
    let time = clock.measure { loops = lower(optimize(program)) }
    let kernels = loops!.kernels.values.map { LoopPrinter.print($0).utf8.count }
    print(
      "\(name): \(count) nodes, \(kernels.count) kernels, longest \(kernels.max() ?? 0), \(time)")
    #expect(count >= nodes)
    #expect(time < Self.limit)
    #expect(kernels.max() ?? 0 < longestKernel)
  }

  /// A training step with residual layers and an optimizer with two moments.
  @Test func training() throws {
    var program = GraphProgram(name: "deep", source: "deep.swift")
    let builder = GraphBuilder()
    func state(_ name: String, _ shape: Shape) -> Tensor {
      let type = TensorType(Self.f32, shape)
      let id = program.states.append(State(name: name, type: type, role: .parameter, site: nil))
      return builder.apply(ReadState(id, type))
    }
    let x = builder.input(0, TensorType(Self.f32, [32, 64]))
    var h = x
    var parameters: [Tensor] = []
    for i in 0..<120 {
      let (w, b) = (state("\(i).weight", [64, 64]), state("\(i).bias", [64]))
      parameters += [w, b]
      builder.name = "layer\(i)"
      h = h + tanh(h.linear(w) + b)
    }
    let loss = (h * h).mean()
    let gradients = builder.gradient(of: loss, by: parameters)
    var outputs = [loss]
    var results: [GraphFunction.Result] = [.output("loss")]
    func update(_ old: Tensor, _ new: Tensor) {
      guard let read = builder.graph[old.value!.node].op as? ReadState else { return }
      outputs.append(new)
      results.append(.update(read.state))
    }
    for (i, (p, g)) in zip(parameters, gradients).enumerated() {
      let (m, v) = (state("\(i).m", p.shape), state("\(i).v", p.shape))
      let (m1, v1) = (m * 0.9 + g * 0.1, v * 0.999 + g * g * 0.001)
      update(m, m1)
      update(v, v1)
      update(p, p - m1 / (sqrt(v1) + 1e-8) * 0.001)
    }
    builder.outputs = outputs.map { $0.value! }
    program.functions = [GraphFunction(name: "train", graph: builder.graph, results: results)]
    #expect(verify(program) == [])
    try check("training", program, atLeast: 5000)
  }

  /// One long chain of maps of one operand.
  @Test func chain() throws {
    var x = GraphBuilder().input(0, TensorType(Self.f32, [100]))
    for i in 0..<5000 { x = i % 2 == 0 ? sin(x) : x + 1 }
    try check("chain", GraphProgram([x]), atLeast: 5000)
  }

  /// Each value is used twice, at the same position.
  @Test func diamonds() throws {
    var x = GraphBuilder().input(0, TensorType(Self.f32, [100]))
    for _ in 0..<1500 { x = x * sin(x) + x }
    try check("diamonds", GraphProgram([x]), atLeast: 4500)
  }

  /// Each value is used twice, once under a condition: written out it would double each time.
  @Test func shifts() throws {
    var x = GraphBuilder().input(0, TensorType(Self.f32, [64]))
    for i in 0..<600 {
      let shift = 1 << (i % 6)
      x = tanh(x) + x.sliced(0, 0..<(64 - shift)).padded([(shift, 0)])
    }
    try check("shifts", GraphProgram([x]), atLeast: 2400)
  }

  /// Halves that change places, as in a fast Fourier transform.
  @Test func rotations() throws {
    var x = GraphBuilder().input(0, TensorType(Self.f32, [4, 64]))
    for _ in 0..<400 {
      let halves = [x.sliced(1, 32..<64), x.sliced(1, 0..<32)]
      x = x + concatenate([-halves[0], halves[1]], axis: 1) * 0.5
    }
    try check("rotations", GraphProgram([x]), atLeast: 2400)
  }

  /// Each value is used at two positions.
  @Test func slices() throws {
    var x = GraphBuilder().input(0, TensorType(Self.f32, [2000]))
    for i in 0..<900 { x = x.sliced(0, 1..<(2000 - i)) + sin(x).sliced(0, 0..<(1999 - i)) }
    try check("slices", GraphProgram([x]), atLeast: 3600)
  }

  /// Single numbers that have nothing to do with each other.
  @Test func scalars() throws {
    let builder = GraphBuilder()
    let x = builder.input(0, TensorType(Self.f32, [2500]))
    var outputs: [Tensor] = []
    for i in 0..<1200 { outputs.append(sin(x.element(i) * Double(i + 2))) }
    try check("scalars", GraphProgram(outputs), atLeast: 4800)
  }

  /// Many reductions of one value, each with its own result.
  @Test func outputs() throws {
    let builder = GraphBuilder()
    let x = builder.input(0, TensorType(Self.f32, [10, 10]))
    let outputs = (0..<1700).map { exp(x * Double($0 + 1)).sum(axes: [$0 % 2]) }
    try check("outputs", GraphProgram(outputs), atLeast: 5000)
  }
}
