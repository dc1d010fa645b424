internal import TensorLibrary

/// The computation of a recurrent layer in one step.
enum RecurrentKind {
  /// One activation of a sum.
  case plain(RNN.Activation)
  case lstm
  case gru

  /// How many rows of the weights belong to each number of the state.
  var gates: Int {
    switch self {
    case .plain: 1
    case .lstm: 4
    case .gru: 3
    }
  }

  /// How many tensors a step hands on; the first is its output.
  var states: Int {
    switch self {
    case .plain, .gru: 1
    case .lstm: 2
    }
  }
}

/// The weights of one recurrent layer in one direction.
struct RecurrentWeights {
  let kind: RecurrentKind
  let hidden: Int
  /// For the input, [gates * hidden, inputs].
  let input: Parameter
  /// For the output of the previous step, [gates * hidden, outputs].
  let recurrent: Parameter
  let inputBias: Parameter?
  let recurrentBias: Parameter?
  /// The projection from hidden numbers to outputs, [outputs, hidden].
  let projection: Parameter?

  /// Weights whose names end with `suffix`.
  init(
    _ kind: RecurrentKind, inputs: Int, hidden: Int, projected: Int? = nil, bias: Bool,
    initialiser: Initialiser?, suffix: String = ""
  ) {
    self.kind = kind
    self.hidden = hidden
    let start = initialiser ?? .symmetric(1 / Double(hidden).squareRoot())
    let rows = kind.gates * hidden
    func make(_ shape: Shape, _ name: String) -> Parameter {
      Parameter(shape, initialiser: start, named: name + suffix)
    }
    input = make([rows, inputs], "weight_ih")
    recurrent = make([rows, projected ?? hidden], "weight_hh")
    inputBias = bias ? make([rows], "bias_ih") : nil
    recurrentBias = bias ? make([rows], "bias_hh") : nil
    projection = projected.map { make([$0, hidden], "weight_hr") }
  }

  /// The parameters under their names.
  var children: [(name: String, module: any Module)] {
    [input, recurrent, inputBias, recurrentBias, projection].compactMap { parameter in
      parameter.map { ($0.label ?? "weight", $0) }
    }
  }

  /// The extent of a step's output.
  var outputs: Int { recurrent.shape[1] }

  /// The extents of the tensors that a step hands on.
  var stateSizes: [Int] { kind.states == 2 ? [outputs, hidden] : [outputs] }

  /// Returns the contribution of the input `[..., inputs]` to the gates, for all steps at once.
  func projected(_ x: Tensor) -> Tensor {
    var gates = x.linear(input.value)
    if let inputBias { gates += inputBias.value }
    // Inside the new state of a GRU, this bias is multiplied by a gate.
    if case .gru = kind { return gates }
    return recurrentBias.map { gates + $0.value } ?? gates
  }

  /// Returns the next state, from the step's part of `projected` and the previous state.
  func step(_ input: Tensor, _ state: [Tensor]) -> [Tensor] {
    let product = state[0].linear(recurrent.value)
    switch kind {
    case .plain(.tanh): return [tanh(input + product)]
    case .plain(.relu): return [relu(input + product)]
    case .lstm:
      let gates = input + product
      let (i, f, g, o) = (gate(gates, 0), gate(gates, 1), gate(gates, 2), gate(gates, 3))
      let cell = sigmoid(f) * state[1] + sigmoid(i) * tanh(g)
      let output = sigmoid(o) * tanh(cell)
      return [projection.map { output.linear($0.value) } ?? output, cell]
    case .gru:
      let past = recurrentBias.map { product + $0.value } ?? product
      let reset = sigmoid(gate(input, 0) + gate(past, 0))
      let update = sigmoid(gate(input, 1) + gate(past, 1))
      let new = tanh(gate(input, 2) + reset * gate(past, 2))
      return [new + update * (state[0] - new)]
    }
  }

  private func gate(_ gates: Tensor, _ number: Int) -> Tensor {
    gates.sliced(-1, (number * hidden)..<((number + 1) * hidden))
  }
}
