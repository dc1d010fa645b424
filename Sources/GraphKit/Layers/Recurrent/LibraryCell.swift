internal import TensorLibrary
internal import LoopIR

/// The common part of `RNNCell`, `LSTMCell` and `GRUCell`: one step, without a loop.
struct LibraryCell {
  private let owner: String
  private let weights: RecurrentWeights

  init(
    _ owner: String, _ kind: RecurrentKind, _ inputs: Int, _ hidden: Int, bias: Bool,
    _ initialiser: Initialiser?
  ) {
    self.owner = owner
    weights = RecurrentWeights(
      kind, inputs: Check.positive(inputs, "inputs", of: owner),
      hidden: Check.positive(hidden, "hidden", of: owner), bias: bias, initialiser: initialiser)
  }

  /// The parameters under their names.
  var children: [(name: String, module: any Module)] { weights.children }

  /// The extents of the tensors of the state.
  var stateSizes: [Int] { weights.stateSizes }

  /// Returns the state that the step hands on; poison after a mistake.
  func step(_ x: Tensor, _ state: [Tensor]?) -> [Tensor] {
    var next: [Tensor]?
    let kind = "\(owner.dropLast(4).lowercased())_cell"
    let first = applying(kind, to: x, naming: weights.input) { x in
      guard fits(x, state) else { return x.builder.poison() }
      let start = weights.stateSizes.map { full([x.shape[0], $0], 0, x.elementType) }
      let results = weights.step(weights.projected(x), state ?? start)
      next = results
      return results[0]
    }
    return next ?? [Tensor](repeating: first, count: weights.kind.states)
  }

  // Reports arguments that do not fit the cell.
  private func fits(_ x: Tensor, _ state: [Tensor]?) -> Bool {
    let inputs = weights.input.shape[1]
    guard x.rank == 2, x.shape[1] == inputs else {
      let rule = "have the axes [batch, \(inputs)]"
      Session.current.report(.layerInput(owner, rule, x.type, made: x.site))
      return false
    }
    guard x.isComputed(in: weights.input.type.element, owner) else { return false }
    for (state, size) in zip(state ?? [], weights.stateSizes) {
      guard state.value != nil else { return false }
      let expected = TensorType(x.elementType, [x.shape[0], size])
      if state.type == expected { continue }
      Session.current.report(
        .argument("state", of: owner, "be '\(expected)'", state.type, made: state.site))
      return false
    }
    return true
  }
}
