public import TensorLibrary

/// One step of `RNN`, from `[batch, inputs]` and a state `[batch, hidden]`.
///
/// Parameters: `weight_ih` [hidden, inputs], `weight_hh` [hidden, hidden], `bias_ih` and
/// `bias_hh` [hidden].
public struct RNNCell: RecurrentCell, NamedChildren {
  private let cell: LibraryCell
  var children: [(name: String, module: any Module)] { cell.children }

  /// A cell for `inputs` numbers with a state of `hidden` numbers.
  public init(
    _ inputs: Int, _ hidden: Int, activation: RNN.Activation = .tanh, bias: Bool = true,
    initialiser: Initialiser? = nil
  ) {
    cell = LibraryCell("RNNCell", .plain(activation), inputs, hidden, bias: bias, initialiser)
  }

  /// Returns the next state; the default state is zeros.
  public func callAsFunction(_ x: Tensor, state: Tensor? = nil) -> Tensor {
    cell.step(x, state.map { [$0] })[0]
  }

  /// The extents of the tensors of the state.
  public var stateSizes: [Int] { cell.stateSizes }

  /// Returns the next state of a step.
  public func next(_ x: Tensor, _ state: [Tensor]) -> [Tensor] { cell.step(x, state) }
}
