// Baum-Welch: a hidden Markov model learns from a diary of ice creams whether days were cold.
// Its expected counts are computed by the forward and backward algorithms, and as a gradient.

import GraphKit

let diary = [
  2, 3, 3, 2, 3, 2, 3, 2, 2, 3, 1, 3, 3, 1, 1, 1, 2, 1, 1, 1, 3, 1, 2, 1, 1, 1, 2, 3, 3, 2, 3, 2, 2,
].map { Double($0 - 1) }

struct Diary: Module {
  let start = Parameter([2], initialiser: .constant(0.5))
  // From the row to the column, cold and hot.
  let transitions = Parameter(
    [2, 2], initialiser: Initialiser { _ in Tensor([[0.8, 0.2], [0.2, 0.8]]) })
  let emissions = Parameter(
    [2, 3], initialiser: Initialiser { _ in Tensor([[0.7, 0.2, 0.1], [0.1, 0.2, 0.7]]) })

  /// The logarithm of the likelihood, and the expected counts of starts, steps and ice creams, by
  /// the forward and backward algorithms.
  func counts(_ days: Tensor) -> (likelihood: Tensor, counts: [Tensor], slopes: [Tensor]) {
    let logs = [log(start.value), log(transitions.value), log(emissions.value)]
    let chain = HiddenChain(start: logs[0], transitions: logs[1])
    let scores = logs[2].transposed().gather(days).expanded(at: 1)
    let (starts, steps) = chain.expectedCounts(scores)
    let seen = days.oneHot(3).cast(to: .f32)
    let creams = einsum("tns,tk->sk", chain.posteriors(scores), seen)
    // The same counts: the gradient of the likelihood by the logarithms of all probabilities.
    let likelihood = chain.likelihood(scores).sum()
    return (likelihood, [starts, steps, creams], gradient(of: likelihood, by: logs))
  }
}

let net = Diary()
let model = Model("diary", net)

model.train(epochs: 20, steps: 1) {
  let days = Tensor(diary, .i32)
  let (likelihood, counts, slopes) = net.counts(days)
  let difference = stack(zip(counts, slopes).map { abs($0 - $1).max() }).max()
  for (parameter, count) in zip([net.start, net.transitions, net.emissions], counts) {
    parameter.assign(count / count.sum(axis: -1, keep: true))
  }
  return ["loss": -likelihood, "difference": difference]
}

model.infer {
  [
    "start": net.start.value, "transitions": net.transitions.value,
    "emissions": net.emissions.value, "likelihood": net.counts(Tensor(diary, .i32)).likelihood,
  ]
}
