public import TensorLibrary

/// Gated recurrent units: a gate decides how much of the state each step replaces, another how much
/// of it the replacement sees.
///
///     r = sigmoid(W_ir x + b_ir + W_hr h + b_hr)
///     z = sigmoid(W_iz x + b_iz + W_hz h + b_hz)
///     n = tanh(W_in x + b_in + r (W_hn h + b_hn))
///     h = (1 - z) n + z h
///
/// Sequences are `[steps, batch, inputs]`, or `[batch, steps, inputs]` with `batchFirst`.
/// Parameters of layer k, with the gates in the order r, z, n: `weight_ih_lk` [3 * hidden, inputs],
/// `weight_hh_lk` [3 * hidden, hidden], `bias_ih_lk` and `bias_hh_lk` [3 * hidden]; those of the
/// backward direction end with `_reverse`.
public struct GRU: Layer, LibraryLayer, NamedChildren {
  let site = Session.current.here()
  private let stack: RecurrentStack
  var children: [(name: String, module: any Module)] { stack.children }

  /// Layers for `inputs` numbers in each step that give `hidden` numbers, twice as many if they
  /// are `bidirectional`. In training, `dropout` is applied between layers.
  public init(
    _ inputs: Int, _ hidden: Int, layers: Int = 1, bias: Bool = true, batchFirst: Bool = false,
    dropout: Double = 0, bidirectional: Bool = false, initialiser: Initialiser? = nil
  ) {
    stack = RecurrentStack(
      "GRU", .gru, inputs, hidden,
      options: RecurrentOptions(
        layers: layers, bias: bias, batchFirst: batchFirst, dropout: dropout,
        bidirectional: bidirectional, initialiser: initialiser))
  }

  /// Returns the outputs of the last layer for all steps, starting from zeros.
  public func callAsFunction(_ x: Tensor) -> Tensor { stack.run(x, nil, lengths: nil).0 }

  /// Returns the outputs of the last layer for all steps, and the last state of all layers,
  /// `[layers * directions, batch, hidden]`.
  ///
  /// - Parameters:
  ///   - state: the state to begin with; zeros if there is none.
  ///   - lengths: how many steps each sequence of the batch has. After them the output is 0, and
  ///     the state stays, as for a packed sequence in PyTorch.
  public func callAsFunction(_ x: Tensor, state: Tensor?, lengths: Tensor? = nil) -> (
    output: Tensor, state: Tensor
  ) {
    let (output, last) = stack.run(x, state.map { [$0] }, lengths: lengths)
    return (output, last[0])
  }

  /// Returns the same for sequences with lengths, starting from zeros.
  public func callAsFunction(_ x: Tensor, lengths: Tensor) -> (output: Tensor, state: Tensor) {
    self(x, state: nil, lengths: lengths)
  }
}
