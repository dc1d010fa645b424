// McCulloch and Pitts (1943): neurons that fire or do not. Weights and thresholds are fixed, and
// circuits of them compute: the logical functions of two inputs, and the sum of two numbers.

import GraphKit

/// Fires if at least `threshold` of the exciting inputs fire and no inhibiting one does.
func neuron(_ exciting: Tensor..., threshold: Double, inhibiting: [Tensor] = []) -> Tensor {
  let fires = step(exciting.reduce(Tensor(-threshold), +))
  return inhibiting.reduce(fires) { $0 * (1 - $1) }
}

/// The last digit of the sum of three bits, and the carry: three neurons.
func fullAdder(_ a: Tensor, _ b: Tensor, _ c: Tensor) -> (sum: Tensor, carry: Tensor) {
  let carry = neuron(a, b, c, threshold: 2)
  let all = neuron(a, b, c, threshold: 3)
  let one = neuron(a, b, c, threshold: 1, inhibiting: [carry])
  return (neuron(one, all, threshold: 1), carry)
}

let model = Model("gates")

model.infer(Input("x", [1, 2])) { x in
  let (a, b) = (x[.all, 0], x[.all, 1])
  let and = neuron(a, b, threshold: 2)
  let or = neuron(a, b, threshold: 1)
  return [
    "and": and, "or": or,
    "not_a": neuron(threshold: 0, inhibiting: [a]),
    "nor": neuron(threshold: 0, inhibiting: [a, b]),
    "a_but_not_b": neuron(a, threshold: 1, inhibiting: [b]),
    "xor": neuron(or, threshold: 1, inhibiting: [and]),
  ]
}

// Two numbers of eight bits, as 100 and 55: the carry of each place is an input of the next.
model.function("add", Input("a", []), Input("b", [])) { a, b in
  let places = pow(Tensor(2), range(8, .f32))
  let bits = { (x: Tensor) in x.divided(by: places, rounding: .down) % 2 }
  let (carry, sums) = scan([Tensor(0)], over: [bits(a), bits(b)]) { step in
    let (sum, carry) = fullAdder(step.slices[0], step.slices[1], step.carries[0])
    return ([carry], [sum])
  }
  return ["bits": sums[0], "sum": (sums[0] * places).sum() + carry[0] * 256]
}
