public import TensorLibrary

/// One step of `LSTM`, from `[batch, inputs]` and a state `[batch, hidden]`.
///
/// Parameters: `weight_ih` [4 * hidden, inputs], `weight_hh` [4 * hidden, hidden], `bias_ih` and
/// `bias_hh` [4 * hidden], with the gates in the order i, f, g, o.
public struct LSTMCell: RecurrentCell, NamedChildren {
  private let cell: LibraryCell
  var children: [(name: String, module: any Module)] { cell.children }

  /// A cell for `inputs` numbers with a state of `hidden` numbers.
  public init(
    _ inputs: Int, _ hidden: Int, bias: Bool = true,
    initialiser: Initialiser? = nil
  ) {
    cell = LibraryCell("LSTMCell", .lstm, inputs, hidden, bias: bias, initialiser)
  }

  /// Returns the next state; the default state is zeros.
  public func callAsFunction(_ x: Tensor, state: LSTM.State? = nil) -> LSTM.State {
    let next = cell.step(x, state.map { [$0.hidden, $0.cell] })
    return (next[0], next[1])
  }

  /// The extents of the tensors of the state.
  public var stateSizes: [Int] { cell.stateSizes }

  /// Returns the next state of a step.
  public func next(_ x: Tensor, _ state: [Tensor]) -> [Tensor] { cell.step(x, state) }
}
