// Hidden Markov models: the forward and backward algorithms, posteriors and the Viterbi path on the
// small examples of four textbooks. Matrices go from the row to the column.

import GraphKit

struct HiddenMarkovModel {
  let start: Tensor  // [states]
  let transitions: Tensor  // [states, states]
  let emissions: Tensor  // [states, symbols]

  /// The probabilities of what was seen, in each state: `[steps, states]`.
  func seen(_ symbols: [Double]) -> Tensor {
    emissions.transposed().gather(Tensor(symbols, .i32))
  }

  /// alpha_t(j) = sum_i alpha_(t-1)(i) a_ij b_j(o_t).
  func forward(_ seen: Tensor) -> Tensor {
    let first = start * seen[0]
    let rest = scan(first, over: seen[1...]) { alpha, b in
      let next = einsum("i,ij->j", alpha, transitions) * b
      return (next, next)
    }.outputs
    return concatenate([first.expanded(at: 0), rest])
  }

  /// beta_t(i) = sum_j a_ij b_j(o_(t+1)) beta_(t+1)(j).
  func backward(_ seen: Tensor) -> Tensor {
    let last = ones([start.shape[0]])
    let rest = scan(last, over: seen[1...], reversed: true) { beta, b in
      let next = einsum("ij,j->i", transitions, b * beta)
      return (next, next)
    }.outputs
    return concatenate([rest, last.expanded(at: 0)])
  }

  func answers(_ symbols: [Double]) -> Outputs {
    let seen = seen(symbols)
    let (alpha, beta) = (forward(seen), backward(seen))
    let likelihood = alpha[-1].sum()
    // The likeliest path; the same chain in logarithms gives the same likelihood, and its
    // gradient by the scores is the posterior.
    let chain = HiddenChain(start: log(start), transitions: log(transitions))
    let scores = log(seen).expanded(at: 1)
    let (path, score) = chain.best(scores)
    let logLikelihood = chain.likelihood(scores).sum()
    let posterior = alpha * beta / likelihood
    let slope = gradient(of: logLikelihood, by: scores).squeezed(1)
    return [
      "likelihood": likelihood, "forward": alpha,
      "filtered": alpha / alpha.sum(axis: 1, keep: true),
      "posterior": posterior, "path": path.squeezed(1), "path_probability": exp(score).sum(),
      "error": abs(posterior - slope).max() + abs(likelihood - exp(logLikelihood)),
    ]
  }
}

let model = Model("hidden")

// Sunny, rainy; seen: no umbrella, umbrella.
model.infer {
  HiddenMarkovModel(
    start: Tensor([0.6, 0.4]), transitions: Tensor([[0.7, 0.3], [0.4, 0.6]]),
    emissions: Tensor([[0.9, 0.1], [0.2, 0.8]])
  ).answers([0, 1])
}

// Healthy, fever; seen: normal, cold, dizzy.
model.function("fever") {
  HiddenMarkovModel(
    start: Tensor([0.6, 0.4]), transitions: Tensor([[0.7, 0.3], [0.4, 0.6]]),
    emissions: Tensor([[0.5, 0.4, 0.1], [0.1, 0.3, 0.6]])
  ).answers([0, 1, 2])
}

// Rain, no rain; seen: umbrella, no umbrella. Two days, and five.
func umbrella() -> HiddenMarkovModel {
  HiddenMarkovModel(
    start: Tensor([0.5, 0.5]), transitions: Tensor([[0.7, 0.3], [0.3, 0.7]]),
    emissions: Tensor([[0.9, 0.1], [0.2, 0.8]]))
}
model.function("umbrella") { umbrella().answers([0, 0]) }
model.function("umbrella_week") { umbrella().answers([0, 0, 1, 0, 0]) }

// Hot, cold; seen: one, two or three ice creams.
model.function("icecream") {
  HiddenMarkovModel(
    start: Tensor([0.8, 0.2]), transitions: Tensor([[0.6, 0.4], [0.5, 0.5]]),
    emissions: Tensor([[0.2, 0.4, 0.4], [0.5, 0.4, 0.1]])
  ).answers([2, 0, 2])
}
