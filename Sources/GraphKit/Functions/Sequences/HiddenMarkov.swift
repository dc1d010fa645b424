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
      let last = beginnings(x, lengths).last
      return (end.map { last + $0 } ?? last).logSumExp(axes: [1])
    }
  }

  /// Returns the forward variables, `[steps, batch, states]`: the logarithm of the summed
  /// exponentials of the scores of all paths up to a step that end in a state.
  ///
  /// After the end of a chain they stay as they are. The arguments are those of `likelihood`.
  public func forward(_ scores: Tensor, lengths: Tensor? = nil) -> Tensor {
    applying("chain_forward", to: scores) { x in
      fits(x, lengths) ? beginnings(x, lengths).all : x.builder.poison()
    }
  }

  /// Returns the backward variables, `[steps, batch, states]`: the logarithm of the summed
  /// exponentials of the scores of all paths after a step that begin in a state.
  ///
  /// From the last step of a chain on they are the scores of an end. The arguments are those of
  /// `likelihood`.
  public func backward(_ scores: Tensor, lengths: Tensor? = nil) -> Tensor {
    applying("chain_backward", to: scores) { x in
      fits(x, lengths) ? endings(x, lengths) : x.builder.poison()
    }
  }

  /// Returns the probability of each state in each step given all that was observed,
  /// `[steps, batch, states]`; 0 after the end of a chain.
  public func posteriors(_ scores: Tensor, lengths: Tensor? = nil) -> Tensor {
    applying("chain_posteriors", to: scores) { x in
      guard fits(x, lengths) else { return x.builder.poison() }
      let scores = beginnings(x, lengths).all + endings(x, lengths)
      return inside(softmax(scores), lengths, from: 0)
    }
  }

  /// Returns how often a state is expected to begin a chain, `[states]`, and to follow another one,
  /// `[states, states]`, over all chains: with the posteriors, what the Baum-Welch algorithm needs.
  public func expectedCounts(
    _ scores: Tensor, lengths: Tensor? = nil
  ) -> (starts: Tensor, transitions: Tensor) {
    var starts: Tensor?
    let counts = applying("chain_counts", to: scores) { x in
      guard fits(x, lengths) else { return x.builder.poison() }
      let steps = x.shape[0]
      let (before, after) = (beginnings(x, lengths).all, endings(x, lengths))
      starts = softmax(before.element(0) + after.element(0)).sum(axes: [0])
      guard steps > 1 else { return transitions.filled(0) }
      let next = (x + after).sliced(0, 1..<steps).expanded(at: 2)
      let ways = before.sliced(0, 0..<(steps - 1)).expanded(at: 3) + transitions + next
      let states = x.shape[2]
      let shares = softmax(ways.reshaped([steps - 1, x.shape[1], states * states]))
      return inside(shares, lengths, from: 1).sum(axes: [0, 1]).reshaped([states, states])
    }
    return (starts ?? counts.builder.poison(), counts)
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
      let first = x.element(0) + start
      guard x.shape[0] > 1 else {
        let final = end.map { first + $0 } ?? first
        score = final.max(axes: [1])
        return final.argmax(axis: 1).expanded(at: 0)
      }
      let rest = x.sliced(0, 1..<x.shape[0])
      let forward = scan([first], over: [rest]) { step in
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

  // The forward variables of all steps and of the last one.
  private func beginnings(_ x: Tensor, _ lengths: Tensor?) -> (all: Tensor, last: Tensor) {
    let first = x.element(0) + start
    guard x.shape[0] > 1 else { return (first.expanded(at: 0), first) }
    let rest = scan([first], over: [x.sliced(0, 1..<x.shape[0])]) { step in
      let before = step.carries[0]
      let ways = before.expanded(at: 2) + transitions
      let next = select(
        runs(step, lengths), ways.logSumExp(axes: [1]) + step.slices[0], before)
      return ([next], [next])
    }
    let all = concatenate([first.expanded(at: 0), rest.outputs[0]], axis: 0)
    return (all, rest.carries[0])
  }

  // The backward variables.
  private func endings(_ x: Tensor, _ lengths: Tensor?) -> Tensor {
    let last = (end ?? start.filled(0)).broadcast(to: [x.shape[1], x.shape[2]])
    guard x.shape[0] > 1 else { return last.expanded(at: 0) }
    let rest = scan([last], over: [x.sliced(0, 1..<x.shape[0])], reversed: true) { step in
      let after = step.carries[0]
      let ways = (step.slices[0] + after).expanded(at: 1) + transitions
      let next = select(runs(step, lengths), ways.logSumExp(axes: [2]), last)
      return ([next], [next])
    }.outputs[0]
    return concatenate([rest, last.expanded(at: 0)], axis: 0)
  }

  // Numbers `[steps, batch, ...]` of the steps from `first` on, or 0 after the end of a chain.
  private func inside(_ x: Tensor, _ lengths: Tensor?, from first: Int) -> Tensor {
    guard let lengths else { return x }
    let steps = (range(x.shape[0]) + first).expanded(at: 1)
    let isInside = (steps .< lengths.cast(to: .i32).expanded(at: 0)).expanded(at: 2)
    return select(isInside, x, x.filled(0))
  }

  // True for the chains that are not at their end; the loop begins with the second step.
  private func runs(_ step: ScanStep, _ lengths: Tensor?) -> Tensor {
    guard let lengths else { return step.index .>= 0 }
    return (step.index + 1 .< lengths.cast(to: .i32)).expanded(at: 1)
  }

  private func fits(_ x: Tensor, _ lengths: Tensor?) -> Bool {
    guard [start, transitions, end ?? start, lengths ?? start].allSatisfy({ $0.value != nil })
    else { return false }
    guard x.rank == 3, transitions.shape.dims == [x.shape[2], x.shape[2]] else {
      let states = transitions.shape.dims.last ?? 0
      let rule = "have the axes [steps, batch, \(states)]"
      Session.current.report(.layerInput("HiddenChain", rule, x.type, made: x.site))
      return false
    }
    return true
  }
}
