// The 8-3-8 encoder of Ackley, Hinton and Sejnowski (1985), who invented the Boltzmann machine for
// it: two groups of eight units, of each of which one is on, talk through three hidden units, which
// must find eight different codes. 200 machines learn side by side.

import GraphKit

let machines = 200
let noise = option("noise", 0.2, help: "the noise in the weights at the beginning")

struct Machines: Module {
  let first = Parameter([machines, 3, 8], initialiser: .normal(deviation: 0.1))
  let second = Parameter([machines, 3, 8], initialiser: .normal(deviation: 0.1))
  let hiddenBias = Parameter([machines, 3, 1])
  let firstBias = Parameter([machines, 1, 8])
  let secondBias = Parameter([machines, 1, 8])

  /// log p of the pairs (i, i), [machines, 8], where exp(-E) = exp(h.(U_i + V_j + b) + c_i + d_j).
  func logProbability() -> Tensor {
    let both = firstBias.value + secondBias.value
    let pairs = both.squeezed(1) + softplus(input()).sum(axis: 1)
    // The sum over all states: the groups are independent given one of eight hidden states.
    let states = ((range(8).expanded(at: 1) >> range(3)) & Tensor(1, .i32)).cast(to: .f32)
    let each = { (group: Parameter, bias: Parameter) in
      (states.matmul(group.value) + bias.value).logSumExp(axis: 2)
    }
    let all = each(first, firstBias) + each(second, secondBias)
    let scores = all + states.matmul(hiddenBias.value).squeezed(2)
    return pairs - scores.logSumExp(axis: 1, keep: true)
  }

  /// The inputs of the hidden units for each pair (i, i): [machines, 3, 8].
  func input() -> Tensor { first.value + second.value + hiddenBias.value }

  /// The number of different codes that a machine has for the eight pairs.
  func codes() -> Tensor {
    let numbers = ((input() .> 0).cast(to: .i32) * Tensor([[1], [2], [4]], .i32)).sum(axis: 1)
    return numbers.oneHot(8).any(axis: 1).cast(to: .f32).sum(axis: 1)
  }
}

let net = Machines()
let model = Model("boltzmann_encoder", net)

// The gradient of the exact likelihood; in the paper, whose units also learn to inhibit the others
// of their group, it comes from samples. Their noise frees machines that have one code for two
// pairs from local optima: here it is added to the weights, less and less.
model.train(epochs: 200, steps: 100) {
  let loss = -net.logProbability().mean()
  let toHidden = [net.first, net.second, net.hiddenBias]
  let left = 1 - model.progress
  let total = loss * Double(machines) + 0.01 * left * l2Penalty(toHidden)
  SGD(rate: 1).minimize(total, net.parameters)
  for weight in toHidden { weight.value += noise * left * randomNormal(like: weight.value) }
  return [
    "nats": loss, "codes": net.codes().mean(),
    "all_codes": (net.codes() .== 8).cast(to: .f32).mean(),
  ]
}
