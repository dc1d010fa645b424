public import TensorLibrary
internal import LoopIR

/// A linear-chain conditional random field: labels for a sequence, each of which fits its step and
/// the previous label.
///
/// Parameters: `start_transitions` [labels], `transitions` [labels, labels] from the row to the
/// column, `end_transitions` [labels].
public struct ConditionalRandomField: Module, NamedChildren {
  private let start: Parameter
  private let transitions: Parameter
  private let end: Parameter

  var children: [(name: String, module: any Module)] {
    [start, end, transitions].map { ($0.label ?? "", $0) }
  }

  /// A field of a number of labels.
  public init(_ labels: Int, initialiser: Initialiser = .uniform(-0.1...0.1)) {
    let labels = Check.positive(labels, "labels", of: "ConditionalRandomField")
    func make(_ shape: Shape, _ name: String) -> Parameter {
      Parameter(shape, initialiser: initialiser, named: name)
    }
    start = make([labels], "start_transitions")
    transitions = make([labels, labels], "transitions")
    end = make([labels], "end_transitions")
  }

  private var chain: HiddenChain {
    HiddenChain(start: start.value, transitions: transitions.value, end: end.value)
  }

  /// Returns the logarithm of the probability of labels, `[batch]`; its negative mean is the loss.
  ///
  /// - Parameters:
  ///   - scores: `[steps, batch, labels]`.
  ///   - labels: integers `[steps, batch]`.
  ///   - lengths: how many steps each sequence has, at least 1, `[batch]`; all by default.
  public func logProbability(_ scores: Tensor, _ labels: Tensor, lengths: Tensor? = nil) -> Tensor {
    applying("crf", to: scores, naming: transitions) { x in
      guard labels.value != nil, x.rank == 3,
        labels.shape.dims == Array(x.shape.dims.prefix(2)), labels.elementType.isInteger
      else {
        if labels.value != nil {
          let rule = "be integers [steps, batch] for '\(x.type)'"
          Session.current.report(
            .argument(
              "labels", of: "ConditionalRandomField", rule, labels.type, made: labels.site))
        }
        return x.builder.poison()
      }
      let all = chain.likelihood(x, lengths: lengths)
      return score(x, labels.cast(to: .i32), lengths) - all
    }
  }

  /// Returns the most likely labels, `[steps, batch]`, and their score.
  public func best(_ scores: Tensor, lengths: Tensor? = nil) -> (labels: Tensor, score: Tensor) {
    let found = chain.best(scores, lengths: lengths)
    return (found.path, found.score)
  }

  // The score of labels: that of each step, of each pair of neighbours, and of both ends.
  private func score(_ x: Tensor, _ labels: Tensor, _ lengths: Tensor?) -> Tensor {
    let (steps, batch, count) = (x.shape[0], x.shape[1], x.shape[2])
    let counted: (Int) -> Tensor = { first in
      let index = range(steps - first).expanded(at: 1) + first
      guard let lengths else { return (index .>= 0).broadcast(to: [steps - first, batch]) }
      return index .< lengths.cast(to: .i32)
    }
    let hot = labels.oneHot(count)
    func sum(_ choice: Tensor, _ values: Tensor) -> Tensor {
      select(choice, values, x.filled(0).element(0).element(0).element(0)).sum(axes: [0])
    }
    let own = sum(hot .&& counted(0).expanded(at: 2), x).sum(axes: [1])
    let pairs = labels.sliced(0, 0..<(steps - 1)) * count + labels.sliced(0, 1..<steps)
    let steps2 = transitions.value.reshaped([count * count]).gather(pairs)
    let between = sum(counted(1), steps2)
    let ends =
      lengths.map { lengths in
        let isLast = range(steps).expanded(at: 1) .== lengths.cast(to: .i32) - 1
        return select(isLast, labels, labels.filled(0)).sum(axes: [0])
      } ?? labels.element(steps - 1)
    let edges = start.value.gather(labels.element(0)) + end.value.gather(ends)
    return own + between + edges
  }
}
