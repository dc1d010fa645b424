internal import TensorLibrary
internal import LoopIR

/// The common part of `RNN`, `LSTM` and `GRU`: layers of recurrent weights, in one or both
/// directions, each a `scan` over the steps.
struct RecurrentStack {
  private let owner: String
  private let kind: RecurrentKind
  private let inputs: Int
  private let isBatchFirst: Bool
  private let dropout: Dropout
  /// By layer and direction.
  private let layers: [[RecurrentWeights]]

  init(
    _ owner: String, _ kind: RecurrentKind, _ inputs: Int, _ hidden: Int, projected: Int? = nil,
    options: RecurrentOptions
  ) {
    self.owner = owner
    self.kind = kind
    let inputs = Check.positive(inputs, "inputs", of: owner)
    let hidden = Check.positive(hidden, "hidden", of: owner)
    let projected = projected.map { Check.positive($0, "projected", of: owner) }
    let count = Check.positive(options.layers, "layers", of: owner)
    self.inputs = inputs
    isBatchFirst = options.batchFirst
    dropout = Dropout(Check.inside(options.dropout, 0...1, "dropout", of: owner))
    let directions = options.bidirectional ? ["", "_reverse"] : [""]
    layers = (0..<count).map { layer in
      directions.map { direction in
        RecurrentWeights(
          kind, inputs: layer == 0 ? inputs : (projected ?? hidden) * directions.count,
          hidden: hidden, projected: projected, bias: options.bias,
          initialiser: options.initialiser, suffix: "_l\(layer)\(direction)")
      }
    }
  }

  /// The parameters under their names.
  var children: [(name: String, module: any Module)] {
    layers.flatMap { $0 }.flatMap(\.children)
  }

  /// Returns the outputs of all steps of the last layer, and the last states of all layers,
  /// stacked; both are poison after a mistake.
  func run(_ x: Tensor, _ states: [Tensor]?, lengths: Tensor?) -> (Tensor, [Tensor]) {
    var last: [Tensor]?
    let output = applying(owner.lowercased(), to: x, naming: layers[0][0].input) { x in
      guard fits(x, states, lengths) else { return x.builder.poison() }
      var sequence = isBatchFirst ? x.transposed([1, 0, 2]) : x
      let batch = sequence.shape[1]
      var finals: [[Tensor]] = []
      for (number, layer) in layers.enumerated() {
        if number > 0 { sequence = dropout(sequence) }
        let results = layer.enumerated().map { direction, weights in
          let place = number * layer.count + direction
          let start =
            states?.map { $0.element(place) }
            ?? weights.stateSizes.map { full([batch, $0], 0, x.elementType) }
          return runSteps(
            start, over: weights.projected(sequence), lengths: lengths, reversed: direction == 1
          ) { weights.step($0, $1) }
        }
        finals += results.map(\.last)
        sequence = concatenate(results.map(\.outputs), axis: -1)
      }
      last = (0..<kind.states).map { i in stack(finals.map { $0[i] }) }
      return isBatchFirst ? sequence.transposed([1, 0, 2]) : sequence
    }
    return (output, last ?? [Tensor](repeating: output.builder.poison(), count: kind.states))
  }

  // Reports arguments that do not fit the layer.
  private func fits(_ x: Tensor, _ states: [Tensor]?, _ lengths: Tensor?) -> Bool {
    let session = Session.current
    guard x.rank == 3, x.shape[2] == inputs else {
      let axes = isBatchFirst ? "[batch, steps, \(inputs)]" : "[steps, batch, \(inputs)]"
      session.report(.layerInput(owner, "have the axes \(axes)", x.type, made: x.site))
      return false
    }
    guard x.isComputed(in: layers[0][0].input.type.element, owner) else { return false }
    let batch = x.shape[isBatchFirst ? 0 : 1]
    let count = layers.count * layers[0].count
    for (state, size) in zip(states ?? [], layers[0][0].stateSizes) {
      guard state.value != nil else { return false }
      let expected = TensorType(x.elementType, [count, batch, size])
      guard state.type == expected else {
        session.report(
          .argument("initial state", of: owner, "be '\(expected)'", state.type, made: state.site))
        return false
      }
    }
    return areLengths(lengths, of: batch, owner)
  }
}

/// The options that all recurrent layers have.
struct RecurrentOptions {
  let layers: Int
  let bias: Bool
  let batchFirst: Bool
  let dropout: Double
  let bidirectional: Bool
  /// Nil for PyTorch's default.
  let initialiser: Initialiser?
}
