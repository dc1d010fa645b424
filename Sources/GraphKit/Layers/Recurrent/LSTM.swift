public import TensorLibrary

/// Long short-term memory: a cell that gates write to, keep and read.
///
///     i = sigmoid(W_ii x + b_ii + W_hi h + b_hi)      f, o alike
///     g = tanh(W_ig x + b_ig + W_hg h + b_hg)
///     c = f c + i g
///     h = o tanh(c)
///
/// Sequences are `[steps, batch, inputs]`, or `[batch, steps, inputs]` with `batchFirst`.
/// Parameters of layer k, with the gates in the order i, f, g, o: `weight_ih_lk` [4 * hidden,
/// inputs], `weight_hh_lk` [4 * hidden, hidden], `bias_ih_lk` and `bias_hh_lk` [4 * hidden]; with
/// `projected`, also `weight_hr_lk` [projected, hidden], by which each `h` is multiplied. Those of
/// the backward direction end with `_reverse`.
public struct LSTM: Layer, LibraryLayer, NamedChildren {
  /// The state that a step hands on.
  public typealias State = (hidden: Tensor, cell: Tensor)

  let site = Session.current.here()
  private let stack: RecurrentStack
  var children: [(name: String, module: any Module)] { stack.children }

  /// Layers for `inputs` numbers in each step that give `hidden` numbers, or `projected`, and twice
  /// as many if they are `bidirectional`. In training, `dropout` is applied between layers.
  public init(
    _ inputs: Int, _ hidden: Int, layers: Int = 1, projected: Int? = nil, bias: Bool = true,
    batchFirst: Bool = false, dropout: Double = 0, bidirectional: Bool = false,
    initialiser: Initialiser? = nil
  ) {
    stack = RecurrentStack(
      "LSTM", .lstm, inputs, hidden, projected: projected,
      options: RecurrentOptions(
        layers: layers, bias: bias, batchFirst: batchFirst, dropout: dropout,
        bidirectional: bidirectional, initialiser: initialiser))
  }

  /// Returns the outputs of the last layer for all steps, starting from zeros.
  public func callAsFunction(_ x: Tensor) -> Tensor { stack.run(x, nil, lengths: nil).0 }

  /// Returns the outputs of the last layer for all steps, and the last state of all layers:
  /// `[layers * directions, batch, hidden]`, with `projected` instead of `hidden` numbers in
  /// `state.hidden` if given.
  ///
  /// - Parameters:
  ///   - state: the state to begin with; zeros if there is none.
  ///   - lengths: how many steps each sequence of the batch has. After them the output is 0, and
  ///     the state stays, as for a packed sequence in PyTorch.
  public func callAsFunction(_ x: Tensor, state: State?, lengths: Tensor? = nil) -> (
    output: Tensor, state: State
  ) {
    let (output, last) = stack.run(x, state.map { [$0.hidden, $0.cell] }, lengths: lengths)
    return (output, (last[0], last[1]))
  }

  /// Returns the same for sequences with lengths, starting from zeros.
  public func callAsFunction(_ x: Tensor, lengths: Tensor) -> (output: Tensor, state: State) {
    self(x, state: nil, lengths: lengths)
  }
}
