public import TensorLibrary

/// One step of `GRU`, from `[batch, inputs]` and a state `[batch, hidden]`.
///
/// Parameters: `weight_ih` [3 * hidden, inputs], `weight_hh` [3 * hidden, hidden], `bias_ih` and
/// `bias_hh` [3 * hidden], with the gates in the order r, z, n.
public struct GRUCell: RecurrentCell, NamedChildren {
  private let cell: LibraryCell
  var children: [(name: String, module: any Module)] { cell.children }

  /// A cell for `inputs` numbers with a state of `hidden` numbers.
  public init(
    _ inputs: Int, _ hidden: Int, bias: Bool = true,
    initialiser: Initialiser? = nil
  ) {
    cell = LibraryCell("GRUCell", .gru, inputs, hidden, bias: bias, initialiser)
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
