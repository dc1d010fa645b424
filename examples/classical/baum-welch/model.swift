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

  /// The expected counts of starts, steps and ice creams: sums of gamma_t and of
  /// xi_t(i, j) = alpha_t(i) a_ij b_j(o_(t+1)) beta_(t+1)(j) / P.
  func counts(_ days: Tensor) -> [Tensor] {
    let (a, b) = (transitions.value, emissions.value.transposed().gather(days))
    let first = start.value * b[0]
    let alpha = scan(first, over: b[1...]) { alpha, b in
      let next = einsum("i,ij->j", alpha, a) * b
      return (next, next)
    }.outputs
    let beta = scan(ones([2]), over: b[1...], reversed: true) { beta, b in
      let next = einsum("ij,j->i", a, b * beta)
      return (next, next)
    }.outputs
    let all = concatenate([first.expanded(at: 0), alpha])
    let after = concatenate([beta, ones([1, 2])])
    let likelihood = all[-1].sum()
    let gamma = all * after / likelihood
    let xi = einsum("ti,ij,tj,tj->ij", all[..<(-1)], a, b[1...], after[1...]) / likelihood
    return [gamma[0], xi, einsum("ti,ts->is", gamma, days.oneHot(3).cast(to: .f32))]
  }

  /// The same counts: the gradient of the log-likelihood by the logarithms of all probabilities.
  func slopes(_ days: Tensor) -> (likelihood: Tensor, counts: [Tensor]) {
    let logs = [log(start.value), log(transitions.value), log(emissions.value)]
    let chain = HiddenChain(start: logs[0], transitions: logs[1])
    let scores = logs[2].transposed().gather(days).expanded(at: 1)
    let likelihood = chain.likelihood(scores).sum()
    return (likelihood, gradient(of: likelihood, by: logs))
  }
}

let net = Diary()
let model = Model("diary", net)

model.train(epochs: 20, steps: 1) {
  let days = Tensor(diary, .i32)
  let counts = net.counts(days)
  let (likelihood, slopes) = net.slopes(days)
  let difference = stack(zip(counts, slopes).map { abs($0 - $1).max() }).max()
  for (parameter, count) in zip([net.start, net.transitions, net.emissions], counts) {
    parameter.assign(count / count.sum(axis: -1, keep: true))
  }
  return ["loss": -likelihood, "difference": difference]
}

model.infer {
  [
    "start": net.start.value, "transitions": net.transitions.value,
    "emissions": net.emissions.value, "likelihood": net.slopes(Tensor(diary, .i32)).likelihood,
  ]
}
