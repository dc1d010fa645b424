// The shifter (Hinton and Sejnowski, 1986): eight bits in a ring, and the same bits one place to
// the left, in place, or one to the right. Which was it? No bit by itself says anything about it,
// only two together do. A Boltzmann machine and a net with back-propagation find out with 24
// hidden units.

import GraphKit

let (ring, hidden) = (8, 24)
let visible = 2 * ring + 3

/// Hidden units see all visible ones, and no other hidden unit.
struct Machine: Module {
  let weight = Parameter([hidden, visible], initialiser: .normal(deviation: 0.1))
  let hiddenBias = Parameter([hidden])
  let visibleBias = Parameter([visible])
  /// What the machine dreams of: it goes on from step to step.
  let dream = Parameter.statistic([100, visible])

  func input(_ v: Tensor) -> Tensor { v.matmul(weight.value.transposed()) + hiddenBias.value }

  /// Minus the logarithm of the probability of visible states, up to a constant; the sum over all
  /// states of the hidden units is a product.
  func energy(_ v: Tensor) -> Tensor {
    -v.matmul(visibleBias.value.expanded(at: 1)).squeezed(-1) - softplus(input(v)).sum(axis: -1)
  }

  /// All hidden units, then all visible ones, ten times.
  func goOn() {
    let last = scan(dream.value, over: range(10)) { v, _ in
      let h = randomBernoulli(sigmoid(input(v)))
      return (randomBernoulli(sigmoid(h.matmul(weight.value) + visibleBias.value)), zeros([]))
    }
    dream.assign(last.carry)
  }
}

let machine = Machine()
let net = Sequential {
  Dense(2 * ring, hidden); Tanh(); Dense(hidden, 3)
}
let model = Model("shifter", ["machine": machine, "net": net])

/// The bits and the moved ones: [..., 16] of bits [n, 8] and shifts [n] from 0 to 2.
func pairs(_ first: Tensor, _ shift: Tensor) -> Tensor {
  let place = (range(ring) + 1 - shift.expanded(at: 1) + ring) % ring
  return concatenate([first, first.takeAlongAxis(place)], axis: 1)
}

/// Minus the energies of the three answers, [n, 3].
func answers(_ pairs: Tensor) -> Tensor {
  let answer = eye(3).tiled([pairs.shape[0], 1])
  let each = concatenate([pairs.repeatedEach(3, axis: 0), answer], axis: 1)
  return -machine.energy(each).reshaped([-1, 3])
}

/// All 256 states of the first ring, three shifts of each, and how probable a state is.
func allCases() -> (pairs: Tensor, shift: Tensor, share: Tensor, ones: Tensor) {
  let bits = ((range(256).expanded(at: 1) >> range(ring)) & Tensor(1, .i32)).cast(to: .f32)
  let first = bits.repeatedEach(3, axis: 0)
  let (shift, ones) = (range(3).tiled([256]), first.sum(axis: 1))
  let share = pow(Tensor(0.3), ones) * pow(Tensor(0.7), 8 - ones) / 3
  return (pairs(first, shift), shift, share, ones)
}

// A bit is on with probability 0.3, as in the paper.
model.train(epochs: 20, steps: 500, best: .max("boltzmann")) {
  let first = randomBool([100, ring], probability: 0.3).cast(to: .f32)
  let shift = randomIntegers([100], 0..<3)
  let x = pairs(first, shift)
  let data = concatenate([x, shift.oneHot(3).cast(to: .f32)], axis: 1)
  machine.goOn()
  let contrast = machine.energy(data).mean() - machine.energy(machine.dream.value).mean()
  Adam(rate: .linear(from: 5e-3)).minimize(contrast, machine.parameters)
  let loss = crossEntropy(net(x), shift)
  Adam(rate: .linear(from: 1e-2)).minimize(loss, net.parameters)
  return ["loss": loss, "contrast": contrast]
} evaluate: {
  let (x, shift, share, _) = allCases()
  func right(_ scores: Tensor) -> Tensor {
    ((scores.argmax() .== shift).cast(to: .f32) * share).sum()
  }
  return ["boltzmann": right(answers(x)), "net": right(net(x))]
}

// The share of right answers for 0 to 8 bits that are on, and the best that is possible: some rings
// look the same after two or three of the shifts.
model.function("examine") {
  let (x, shift, share, ones) = allCases()
  let group = ones.cast(to: .i32).oneHot(ring + 1).cast(to: .f32)
  func each(_ isRight: Tensor) -> Tensor {
    isRight.expanded(at: 0).matmul(group).squeezed(0) / group.sum(axis: 0)
  }
  let isSame = (distances(x, x) .== 0).cast(to: .f32).sum(axis: 1)
  return [
    "boltzmann": each((answers(x).argmax() .== shift).cast(to: .f32)),
    "net": each((net(x).argmax() .== shift).cast(to: .f32)), "best": each(1 / isSame),
    "best_of_all": (share / isSame).sum(),
  ]
}
