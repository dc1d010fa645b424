// Back-propagation through time by hand (Werbos, 1990), equal to `gradient`. A recurrent net
//
//   a_t = tanh(W_aa a_(t-1) + W_ax x_t + b),   y_t = softmax(W_ya a_t + c)
//
// reads random bits and says at each step whether this one differs from the one before: Elman's
// temporal XOR (1990). Real-time recurrent learning computes the same slopes forwards.

import GraphKit

let (steps, batch, hidden) = (20, 32, 8)

struct Net: Module {
  let waa = Parameter([hidden, hidden], initialiser: .orthogonal())
  let wax = Parameter([hidden, 2], initialiser: .xavierUniform())
  let b = Parameter([hidden])
  let wya = Parameter([2, hidden], initialiser: .xavierUniform())
  let c = Parameter([2])

  /// a_t for all steps, [steps, batch, hidden].
  func states(_ x: Tensor) -> Tensor {
    scan(zeros([batch, hidden]), over: x) { a, x in
      let next = tanh(
        a.matmul(waa.value.transposed()) + x.matmul(wax.value.transposed()) + b.value)
      return (next, next)
    }.outputs
  }
}

let net = Net()
let model = Model("bptt", net)
let rate = model.setting("rate", 1.0)

/// The sum over steps and examples of u_i v_j: the slopes of a matrix.
func products(_ u: Tensor, _ v: Tensor) -> Tensor { einsum("tbi,tbj->ij", u, v) }

/// The slopes of W_aa, W_ax and b from the error d_t that reaches each a_t from its own output.
func backwards(_ d: Tensor, _ a: Tensor, _ before: Tensor, _ x: Tensor) -> [Tensor] {
  // From the last step to the first: what comes from the output and from the next step, times
  // the slope of tanh, 1 - a^2, is the error before tanh; W_aa hands it to the step before.
  let e = scan([zeros([batch, hidden])], over: [d, a], reversed: true) { step in
    let e = (step.slices[0] + step.carries[0]) * (1 - step.slices[1] * step.slices[1])
    return ([e.matmul(net.waa.value)], [e])
  }.outputs[0]
  return [products(e, before), products(e, x), e.sum(axes: [0, 1])]
}

/// The same by carrying P_kij = da_k / dW_ij forwards, where W = [W_aa, W_ax, b] is a matrix and
/// z = [a, x, 1] its input: P_kij <- (1 - a_k^2) (sum_l W_aa,kl P_lij + [k = i] z_j).
func forwards(_ d: Tensor, _ a: Tensor, _ before: Tensor, _ x: Tensor) -> [Tensor] {
  let z = concatenate([before, x, ones([steps, batch, 1])], axis: -1)
  let columns = hidden + 3
  let start = [
    zeros([batch, hidden, hidden, columns]), zeros([hidden, columns]),
  ]
  let slopes = scan(start, over: [d, a, z]) { step in
    let (d, a, z) = (step.slices[0], step.slices[1], step.slices[2])
    let passed = einsum("kl,blij->bkij", net.waa.value, step.carries[0])
    let own = einsum("ki,bj->bkij", eye(hidden), z)
    let p = (1 - a * a).reshaped([batch, hidden, 1, 1]) * (passed + own)
    return ([p, step.carries[1] + einsum("bk,bkij->ij", d, p)], [])
  }.carries[1]
  let parts = slopes.split([hidden, 2, 1], axis: 1)
  return [parts[0], parts[1], parts[2].squeezed(1)]
}

model.train(epochs: 20, steps: 50) {
  let bits = randomIntegers([steps + 1, batch], 0..<2)
  let target = (bits[1...] ^ bits[..<steps]).oneHot(2).cast(to: .f32)
  let x = bits[1...].oneHot(2).cast(to: .f32)
  let a = net.states(x)
  let before = concatenate([zeros([1, batch, hidden]), a[..<(steps - 1)]])
  let scores = a.matmul(net.wya.value.transposed()) + net.c.value

  // The first step has nothing before it and is not counted.
  let counted = (range(steps) .> 0).cast(to: .f32).reshaped([steps, 1, 1])
  let count = Double((steps - 1) * batch)
  let loss = -(counted * target * logSoftmax(scores)).sum() / count

  // dL/dW_ya = sum_t (y_t - target_t) a_t, and from there to the states.
  let dy = counted * (softmax(scores) - target) / count
  let d = dy.matmul(net.wya.value)
  let slopes = backwards(d, a, before, x) + [products(dy, a), dy.sum(axes: [0, 1])]

  let automatic = gradient(of: loss, by: net.parameters.map(\.value))
  func largest(_ differences: [Tensor]) -> Tensor {
    differences.dropFirst().reduce(differences[0], maximum)
  }
  let difference = largest(zip(slopes, automatic).map { abs($0 - $1).max() })
  let forward = largest(zip(slopes, forwards(d, a, before, x)).map { abs($0 - $1).max() })
  for (parameter, slope) in zip(net.parameters, slopes) { parameter.value -= slope * rate.value }

  let right = (scores.argmax() .== target.argmax())[1...].cast(to: .f32).mean()
  return ["loss": loss, "accuracy": right, "difference": difference, "forward": forward]
}
