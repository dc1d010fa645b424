import GraphIR
import GraphKit

// The rows of `scripts/reference/functional.py`.
extension ModuleRow {
  static let functional: [ModuleRow] =
    brackets + assignments + convolutions + replacements + chosenCells

  // A function of the inputs.
  private static func function(
    _ name: String, _ body: @escaping @Sendable (Arguments) -> Tensor
  ) -> ModuleRow {
    ModuleRow(name, Nothing()) { ["y": body($1)] }
  }

  private static let brackets: [ModuleRow] = [
    function("first") { $0["x"][0] },
    function("last_of_rows") { $0["x"][-1, 1..<4] },
    function("ellipsis") { $0["x"][..., 1] },
    function("ellipsis_between") { $0["x"][1, ..., (-1)...] },
    function("every_second") { $0["x"][.all, .slice(step: 2), 1] },
    function("backwards") { $0["x"][1..., .slice(step: -1)][.all, .slice(to: -1, step: 2)] },
    function("from_the_end") { $0["x"][-3..<(-1), ..<2, .newAxis, (-2)...] },
    function("rows") { $0["x"][$0["rows"]] },
    function("columns") { $0["x"][1..., $0["columns"], 0] },
    function("points") { $0["x"][.all, $0["columns"], minimum($0["rows"], 2)] },
    function("points_and_slices") { $0["x"][$0["rows"], $0["columns"], 1...] },
  ]

  // The square of x after an assignment of v.
  private static func assigned(
    _ name: String, _ body: @escaping @Sendable (inout Tensor, Tensor, Arguments) -> Void
  ) -> ModuleRow {
    function(name) { arguments in
      var x = arguments["x"]
      body(&x, arguments["v"], arguments)
      return x * x
    }
  }

  private static let assignments: [ModuleRow] = [
    assigned("put_first") { x, v, _ in x[0] = v },
    assigned("put_last") { x, v, _ in x[-1, 1...3] = v },
    assigned("put_column") { x, v, _ in x[..., 1] = v },
    assigned("put_one_number") { x, v, _ in x[1..<3, 2] = v },
    assigned("put_every_second") { x, v, _ in x[.all, .slice(step: 2), 1] = v },
    assigned("put_in_steps_of_both") { x, v, _ in
      x[.slice(from: 1, step: 2), .slice(from: 4, step: 3)] = v
    },
    assigned("put_backwards") { x, v, _ in x[1..., .slice(step: -2)] = v },
    assigned("put_at") { x, v, inputs in x[1..., inputs["columns"], 0] = v },
    assigned("put_points") { x, v, inputs in x[1, inputs["rows"], inputs["columns"]] = v },
    assigned("put_masked") { x, v, _ in x[x .< 0] = v },
    assigned("put_at_a_number") { x, v, inputs in x[inputs["i"], 1...] = v },
  ]

  private static let convolutions: [ModuleRow] = [
    function("conv1d") {
      convolution($0["x"], tanh($0["w"]), bias: $0["b"], stride: 2, padding: 1)
    },
    function("conv2d") {
      convolution(
        $0["x"], tanh($0["w"]), bias: $0["b"], stride: [2, 1], padding: [1, 2],
        dilation: [1, 2], groups: 2)
    },
    function("conv2d_same") { convolution($0["x"], tanh($0["w"]), padding: .same) },
    function("conv3d") { convolution($0["x"], tanh($0["w"]), padding: 1) },
    function("conv_transpose1d") {
      transposedConvolution($0["x"], tanh($0["w"]), bias: $0["b"], stride: 2, padding: 1)
    },
    function("conv_transpose2d") {
      transposedConvolution(
        $0["x"], tanh($0["w"]), bias: $0["b"], stride: [2, 3], padding: [0, 1],
        outputPadding: [1, 2], dilation: [2, 1], groups: 2)
    },
    function("conv_transpose3d") { transposedConvolution($0["x"], tanh($0["w"])) },
  ]

  private static let replacements: [ModuleRow] = [
    ModuleRow(
      "maml",
      Sequential {
        Dense(3, 4); Tanh(); Dense(4, 2)
      }
    ) { net, inputs in
      let weights = net.parameters.map(\.value)
      let inner = mse(net(inputs["x"]), inputs["y"])
      let slopes = gradient(of: inner, by: weights)
      let fast = zip(weights, slopes).map { $0 - $1 * 0.25 }
      return [
        "inner": inner, "outer": net.with(fast) { mse(net(inputs["u"]), inputs["v"]) },
      ]
    },
    ModuleRow("spectral_norm", Dense(3, 4)) { layer, inputs in
      let w = layer.weight.value
      let fixed = w.stopGradient()
      var (u, v) = (inputs["start"].stopGradient().expanded(at: -1), inputs["start"])
      for _ in 0..<2 {
        v = fixed.transposed().matmul(u).normalized(axis: 0)
        u = fixed.matmul(v).normalized(axis: 0)
      }
      let largest = u.transposed().matmul(w).matmul(v)
      return ["y": layer.with(["weight": w / largest]) { layer(inputs["x"]) }]
    },
    ModuleRow("hypernetwork", Hyper()) { ["y": $0.run($1["x"], $1["z"])] },
    ModuleRow("low_rank", Adapter()) { adapter, inputs in
      let correction = adapter.up.value.matmul(adapter.down.value) * 0.5
      let weight = adapter.layer.weight.value.stopGradient() + correction
      return ["y": adapter.layer.with(["weight": weight]) { adapter.layer(inputs["x"]) }]
    },
  ]

  private static let chosenCells: [ModuleRow] = [
    ModuleRow(
      "cells_lstm",
      Recurrent(
        [LSTMCell(3, 4), LSTMCell(8, 4)], backward: [LSTMCell(3, 4), LSTMCell(8, 4)])
    ) { layer, inputs in
      let (y, last) = layer(inputs["x"], lengths: inputs["lengths"])
      return ["y": y, "last0": last[0], "last1": last[1]]
    },
    ModuleRow(
      "cells_leaky", Recurrent([Leaky(3), Leaky(8)], backward: [Leaky(3), Leaky(8)])
    ) { layer, inputs in
      let (y, last) = layer(inputs["x"], state: [inputs["start"]], lengths: inputs["lengths"])
      return ["y": y, "last0": last[0]]
    },
  ]
}

/// A net that makes the weight and the bias of a layer, which has parameters of its own too.
private struct Hyper: Module {
  let weight = Dense(2, 12)
  let bias = Dense(2, 4)
  let layer = Dense(3, 4)

  func run(_ x: Tensor, _ z: Tensor) -> Tensor {
    let made = ["weight": weight(z).reshaped([4, 3]), "bias": bias(z)]
    // One inside the other: what is replaced last counts, and reads what is outside.
    let product = layer.with(["bias": bias(z) * (layer.bias?.value ?? x)]) {
      let mixed = layer.bias?.value ?? x
      return layer.with(made) {
        layer(x) * layer.with(["bias": mixed]) { layer(x) }
      }
    }
    return product + layer(x)
  }
}

/// A layer with a correction of low rank.
private struct Adapter: Module {
  let layer = Dense(5, 4)
  let down = Parameter([2, 5])
  let up = Parameter([4, 2])
}

/// A leaky average of what it sees.
private struct Leaky: RecurrentCell {
  let input: Dense
  let leak = Parameter([4])
  let stateSizes = [4]

  init(_ inputs: Int) { input = Dense(inputs, 4) }

  func next(_ x: Tensor, _ state: [Tensor]) -> [Tensor] {
    let share = sigmoid(leak.value)
    return [state[0] * share + tanh(input(x)) * (1 - share)]
  }
}
