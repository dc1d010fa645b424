public import TensorLibrary
internal import LoopIR

/// A chain of hidden states: the logarithms of the probabilities that a state begins the chain,
/// follows another one, and ends the chain.
public struct HiddenChain {
  /// `[states]`.
  public let start: Tensor
  /// `[states, states]`, from the row to the column.
  public let transitions: Tensor
  /// `[states]`; nil if a chain may end anywhere.
  public let end: Tensor?

  /// A chain with given scores, which need not be probabilities.
  public init(start: Tensor, transitions: Tensor, end: Tensor? = nil) {
    (self.start, self.transitions, self.end) = (start, transitions, end)
  }
}

extension HiddenChain {
  /// Returns the logarithm of the summed exponentials of the scores of all paths through the
  /// states, `[batch]`: for a hidden Markov model, the likelihood of what was observed.
  ///
  /// - Parameters:
  ///   - scores: those of each state in each step, `[steps, batch, states]`; for a hidden Markov
  ///     model, the logarithm of the probability of what was observed.
  ///   - lengths: how many steps each chain has, at least 1, `[batch]`; all by default.
  public func likelihood(_ scores: Tensor, lengths: Tensor? = nil) -> Tensor {
    applying("chain_likelihood", to: scores) { x in
      guard fits(x, lengths) else { return x.builder.poison() }
      let last = run(x) { before, step in
        let ways = before.expanded(at: 2) + transitions
        return select(runs(step, lengths), ways.logSumExp(axes: [1]) + step.slices[0], before)
      }
      return (end.map { last + $0 } ?? last).logSumExp(axes: [1])
    }
  }

  /// Returns the path through the states with the largest score, `[steps, batch]`, and the score.
  ///
  /// After the end of a chain the path repeats its last state. The arguments are those of
  /// `likelihood`.
  public func best(_ scores: Tensor, lengths: Tensor? = nil) -> (path: Tensor, score: Tensor) {
    var score: Tensor?
    let path = applying("chain_best", to: scores) { x in
      guard fits(x, lengths) else { return x.builder.poison() }
      let (batch, states) = (x.shape[1], x.shape[2])
      let own = range(states).broadcast(to: [batch, states])
      let rest = x.sliced(0, 1..<x.shape[0])
      let forward = scan([x.element(0) + start], over: [rest]) { step in
        let ways = step.carries[0].expanded(at: 2) + transitions
        let runs = runs(step, lengths)
        let next = select(runs, ways.max(axes: [1]) + step.slices[0], step.carries[0])
        return ([next], [select(runs, ways.argmax(axis: 1), own)])
      }
      let last = end.map { forward.carries[0] + $0 } ?? forward.carries[0]
      score = last.max(axes: [1])
      let final = last.argmax(axis: 1)
      // Follows the choices backwards.
      let back = scan(final, over: forward.outputs[0], reversed: true) { state, choices in
        let here = own .== state.expanded(at: 1)
        let before = select(here, choices, choices.filled(0)).sum(axes: [1]).cast(to: .i32)
        return (before, before)
      }
      return concatenate([back.outputs, final.expanded(at: 0)], axis: 0)
    }
    return (path, score ?? path.builder.poison())
  }

  // Runs `next` from the second step on, and returns what the last gives.
  private func run(_ x: Tensor, _ next: @escaping (Tensor, ScanStep) -> Tensor) -> Tensor {
    scan([x.element(0) + start], over: [x.sliced(0, 1..<x.shape[0])]) { step in
      ([next(step.carries[0], step)], [])
    }.carries[0]
  }

  // True for the chains that are not at their end; the loop begins with the second step.
  private func runs(_ step: ScanStep, _ lengths: Tensor?) -> Tensor {
    guard let lengths else { return step.index .>= 0 }
    return (step.index + 1 .< lengths.cast(to: .i32)).expanded(at: 1)
  }

  private func fits(_ x: Tensor, _ lengths: Tensor?) -> Bool {
    guard [start, transitions, end ?? start, lengths ?? start].allSatisfy({ $0.value != nil })
    else { return false }
    guard x.rank == 3, x.shape[0] >= 2, transitions.shape.dims == [x.shape[2], x.shape[2]] else {
      let states = transitions.shape.dims.last ?? 0
      let rule = "have the axes [steps, batch, \(states)] and at least 2 steps"
      Session.current.report(.layerInput("HiddenChain", rule, x.type, made: x.site))
      return false
    }
    return true
  }
}
