public import TensorLibrary

/// A recurrent layer: `h = tanh(W_ih x + b_ih + W_hh h + b_hh)` for each step of a sequence.
///
/// Sequences are `[steps, batch, inputs]`, or `[batch, steps, inputs]` with `batchFirst`.
/// Parameters of layer k: `weight_ih_lk` [hidden, inputs], `weight_hh_lk` [hidden, hidden],
/// `bias_ih_lk` and `bias_hh_lk` [hidden]; those of the backward direction end with `_reverse`.
public struct RNN: Layer, LibraryLayer, NamedChildren {
  /// The function applied to the sum in each step.
  public enum Activation: Sendable {
    case tanh, relu
  }

  let site = Session.current.here()
  private let stack: RecurrentStack
  var children: [(name: String, module: any Module)] { stack.children }

  /// Layers for `inputs` numbers in each step that give `hidden` numbers, twice as many if they
  /// are `bidirectional`. In training, `dropout` is applied between layers.
  public init(
    _ inputs: Int, _ hidden: Int, layers: Int = 1, activation: Activation = .tanh,
    bias: Bool = true, batchFirst: Bool = false, dropout: Double = 0, bidirectional: Bool = false,
    initialiser: Initialiser? = nil
  ) {
    stack = RecurrentStack(
      "RNN", .plain(activation), inputs, hidden,
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
