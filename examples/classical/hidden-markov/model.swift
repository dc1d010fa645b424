// Hidden Markov models: the forward and backward algorithms, posteriors and the Viterbi path, on
// five examples small enough to check by hand. Matrices go from the row to the column.

import GraphKit

struct HiddenMarkovModel {
  let start: Tensor  // [states]
  let transitions: Tensor  // [states, states]
  let emissions: Tensor  // [states, symbols]

  func answers(_ symbols: [Double]) -> Outputs {
    // The logarithm of the probability of what was seen, in each state: [steps, 1, states].
    let scores = log(emissions.transposed().gather(Tensor(symbols, .i32))).expanded(at: 1)
    let chain = HiddenChain(start: log(start), transitions: log(transitions))
    let logLikelihood = chain.likelihood(scores).sum()
    let forward = exp(chain.forward(scores)).squeezed(1)
    let backward = exp(chain.backward(scores)).squeezed(1)
    let (path, score) = chain.best(scores)
    let posterior = chain.posteriors(scores)
    // Forward and backward probabilities of any step add up to the likelihood, and its gradient by
    // the scores is the posterior.
    let sums = (forward * backward).sum(axis: 1)
    let slope = gradient(of: logLikelihood, by: scores)
    return [
      "likelihood": exp(logLikelihood), "forward": forward,
      "filtered": forward / forward.sum(axis: 1, keep: true),
      "posterior": posterior.squeezed(1), "path": path.squeezed(1),
      "path_probability": exp(score).sum(),
      "error": abs(posterior - slope).max() + abs(sums - exp(logLikelihood)).max(),
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

// Happy, sad; seen: a film or none, on two evenings. The moods of the first evening are those of
// the long run, so that the chance of a film is the same on all evenings.
model.function("film") {
  HiddenMarkovModel(
    start: Tensor([4.0 / 7, 3.0 / 7]), transitions: Tensor([[0.7, 0.3], [0.4, 0.6]]),
    emissions: Tensor([[0.2, 0.8], [0.4, 0.6]])
  ).answers([0, 0])
}
