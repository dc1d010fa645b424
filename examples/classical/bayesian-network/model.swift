// Bayesian networks, exactly: the joint distribution is a product of tables, a question is a sum
// over it. An axis of a table is a variable; 0 is false and 1 is true.

import GraphKit

let model = Model("bayes")

/// A table of the probabilities of false and true, from those of true.
func table(_ probability: Tensor) -> Tensor { stack([1 - probability, probability], axis: -1) }

// The lawn: clouds C, sprinkler S, rain R, wet grass W, with p(c) p(s|c) p(r|c) p(w|s, r).
model.infer {
  let c = table(Tensor(0.5))
  let s = table(Tensor([0.5, 0.1]))
  let r = table(Tensor([0.2, 0.8]))
  let w = table(Tensor([[0, 0.9], [0.9, 0.99]]))
  let joint = einsum("c,cs,cr,srw->srw", c, s, r, w)
  let wet = joint[.all, .all, 1]
  return [
    "wet": wet.sum(), "sprinkler": wet[1].sum() / wet.sum(),
    "rain": wet[.all, 1].sum() / wet.sum(),
    // Explaining away: rain makes the sprinkler less likely.
    "sprinkler_in_rain": wet[1, 1] / wet[.all, 1].sum(),
  ]
}

// The alarm: burglary B, earthquake E, alarm A, and calls by John J and Mary M.
model.function("alarm") {
  let b = table(Tensor(0.001))
  let e = table(Tensor(0.002))
  let a = table(Tensor([[0.001, 0.29], [0.94, 0.95]]))
  let j = table(Tensor([0.05, 0.9]))
  let m = table(Tensor([0.01, 0.7]))
  let joint = einsum("b,e,bea,aj,am->bjm", b, e, a, j, m)
  let both = joint[.all, 1, 1]
  return [
    "burglary": both[1] / both.sum(),
    "burglary_john": joint[1, 1].sum() / joint[.all, 1].sum(),
    "alarm": einsum("b,e,bea->a", b, e, a)[1],
  ]
}
