public import TensorLibrary

/// A module that computes one step of a recurrent layer; `Recurrent` runs it over sequences.
public protocol RecurrentCell: Module {
  /// The extents of the tensors of the state. The first tensor is also the output of a step.
  var stateSizes: [Int] { get }

  /// Returns the next state of a step, from its input `[batch, inputs]` and the state so far, a
  /// tensor `[batch, size]` for each of `stateSizes`.
  func next(_ x: Tensor, _ state: [Tensor]) -> [Tensor]
}

/// A recurrent layer of cells that a model chooses or defines itself: one after the other, in one
/// or both directions.
///
/// Sequences are `[steps, batch, inputs]`, or `[batch, steps, inputs]` with `batchFirst`. The names
/// of parameters begin with `cells.0`, and with `backward.0` for the other direction.
public struct Recurrent: Layer, LibraryLayer, NamedChildren {
  let site = Session.current.here()
  private let cells: [any RecurrentCell]
  private let backward: [any RecurrentCell]
  private let isBatchFirst: Bool
  private let dropout: Dropout

  var children: [(name: String, module: any Module)] {
    cells.enumerated().map { ("cells.\($0)", $1) }
      + backward.enumerated().map { ("backward.\($0)", $1) }
  }

  /// A layer with a cell for each level, and one that runs backwards beside each if `backward` has
  /// any; the next level gets the outputs of both. In training, `dropout` is applied between
  /// levels.
  public init(
    _ cells: [any RecurrentCell], backward: [any RecurrentCell] = [], batchFirst: Bool = false,
    dropout: Double = 0
  ) {
    (self.cells, self.backward, isBatchFirst) = (cells, backward, batchFirst)
    self.dropout = Dropout(Check.inside(dropout, 0...1, "dropout", of: "Recurrent"))
    let session = Session.current
    if cells.isEmpty { session.report(.range("Recurrent", "number of cells", "at least 1", "0")) }
    if !backward.isEmpty, backward.count != cells.count {
      session.report(.backwardCells(cells.count, backward.count))
    }
    let sizes = (cells + backward).map(\.stateSizes)
    if let other = sizes.first(where: { $0 != sizes[0] || $0.isEmpty }) {
      session.report(.stateSizes(sizes[0], other))
    }
  }

  /// Returns the outputs of the last level for all steps, starting from zeros.
  public func callAsFunction(_ x: Tensor) -> Tensor { self(x, state: nil).output }

  /// Returns the same for sequences with lengths, starting from zeros.
  public func callAsFunction(_ x: Tensor, lengths: Tensor) -> (output: Tensor, state: [Tensor]) {
    self(x, state: nil, lengths: lengths)
  }

  /// Returns the outputs of the last level for all steps, and the last states of all cells: for
  /// each tensor of the state `[levels * directions, batch, size]`.
  ///
  /// - Parameters:
  ///   - state: the state to begin with; zeros if there is none.
  ///   - lengths: how many steps each sequence of the batch has. After them the output is 0, and
  ///     the state stays.
  public func callAsFunction(_ x: Tensor, state: [Tensor]?, lengths: Tensor? = nil) -> (
    output: Tensor, state: [Tensor]
  ) {
    let sizes = cells.first?.stateSizes ?? []
    var last: [Tensor]?
    let output = applying("recurrent", to: x) { x in
      guard fits(x, state, lengths, sizes) else { return x.builder.poison() }
      var sequence = isBatchFirst ? x.transposed([1, 0, 2]) : x
      let batch = sequence.shape[1]
      var finals: [[Tensor]] = []
      for level in cells.indices {
        if level > 0 { sequence = dropout(sequence) }
        let pair = [cells[level]] + (backward.isEmpty ? [] : [backward[level]])
        let results = pair.enumerated().map { direction, cell in
          let place = level * pair.count + direction
          let start =
            state?.map { $0.element(place) } ?? sizes.map { full([batch, $0], 0, x.elementType) }
          return runSteps(
            start, over: sequence, lengths: lengths, reversed: direction == 1
          ) { cell.next($0, $1) }
        }
        finals += results.map(\.last)
        sequence = concatenate(results.map(\.outputs), axis: -1)
      }
      last = sizes.indices.map { i in stack(finals.map { $0[i] }) }
      return isBatchFirst ? sequence.transposed([1, 0, 2]) : sequence
    }
    return (output, last ?? sizes.map { _ in output.builder.poison() })
  }

  // Reports arguments that do not fit the layer.
  private func fits(_ x: Tensor, _ state: [Tensor]?, _ lengths: Tensor?, _ sizes: [Int]) -> Bool {
    let session = Session.current
    // Cells that do not go together were reported when the layer was made.
    guard !cells.isEmpty, !sizes.isEmpty, (cells + backward).allSatisfy({ $0.stateSizes == sizes }),
      backward.isEmpty || backward.count == cells.count
    else { return false }
    guard x.rank == 3 else {
      let axes = isBatchFirst ? "[batch, steps, inputs]" : "[steps, batch, inputs]"
      session.report(.layerInput("Recurrent", "have the axes \(axes)", x.type, made: x.site))
      return false
    }
    let batch = x.shape[isBatchFirst ? 0 : 1]
    if let state {
      guard state.allSatisfy({ $0.value != nil }) else { return false }
      let count = cells.count + backward.count
      let expected = sizes.map { TensorType(x.elementType, [count, batch, $0]) }
      guard state.map(\.type) == expected else {
        session.report(.initialState(expected, state.map(\.type), made: state.first?.site))
        return false
      }
    }
    return areLengths(lengths, of: batch, "Recurrent")
  }
}
