import CBackend
import LoopIR
import TestSupport
import Testing

/// Long lines: where they break, and how what follows is indented.
@Suite struct WrappingTests {
  /// An Adam step with long names, a cell of an LSTM, and an interpolation, each on one statement.
  @Test func longStatements() throws {
    var d = Declarations()
    let (n, j) = (d.variable("batch", 8), d.variable("hidden", 16))
    func array(_ name: String) -> Buffer { d.buffer(name, [8, 16]) }
    let (gradient, moment) = (array("decoder.gradient"), array("decoder.second_moment"))
    let (inputs, forgets) = (array("input_gate_preactivation"), array("forget_gate_preactivation"))
    let (cell, candidate) = (array("previous_cell"), array("candidate_preactivation"))
    let (next, image) = (array("next_cell"), array("interpolated_feature_map_of_the_second_stage"))
    func gate(_ buffer: Buffer) -> Expression { .apply(.sigmoid, [buffer[n, j]]) }
    let state = gate(forgets) * cell[n, j] + gate(inputs) * .apply(.tanh, [candidate[n, j]])
    let inside = Expression.apply(
      .and,
      [
        .within(Index(n) * 2 + Index(j) - 3, 0..<16),
        .apply(.greater, [moment[n, j] + gradient[n, j] * gradient[n, j], number(1e-8)]),
      ])
    let rate = gradient[n, j] / (.apply(.sqrt, [moment[n, j]]) + number(1e-8))
    let chosen = Expression.apply(
      .select, [inside, rate * number(0.001) + state * state, .apply(.exp, [state - rate])])
    let all = [gradient, moment, inputs, forgets, cell, candidate]
    let kernel = Kernel(
      name: "long_statements",
      parameters: all.map { .init($0, .read) } + [.init(next, .write), .init(image, .write)],
      definitions: [
        Definition(.buffer(next, [Index(n), Index(j)]), state),
        Definition(.buffer(image, [Index(n), Index(j)]), chosen),
      ],
      body: [
        n.parallel(
          j.loop(
            next.set(n, j, to: state), image.set(n, j, to: chosen),
            .when(inside, then: [next.set(n, j, to: next[n, j] + state * rate)], otherwise: [])))
      ], origins: ["translation/decoder.swift:112", "translation/decoder.swift:118"])
    let files = try emitC(.running([kernel], name: "wrapping"), templates: templates())
    try checkGolden("wrapping.c", in: "c", #require(files["wrapping.c"]))
    for line in try #require(files["wrapping.c"]).split(separator: "\n") {
      #expect(line.count <= 100, "\(line)")
    }
  }
}
