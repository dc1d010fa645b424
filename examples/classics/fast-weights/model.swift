// Fast weights (Schmidhuber, 1992) are linear attention (Schlag, Irie and Schmidhuber, 2021): a
// matrix to which each step adds value times key, read by a query, gives what attention without
// softmax gives. With the delta rule it can also overwrite.

import GraphKit

let model = Model("fast_weights")

// 64 steps of keys, values and queries of 16 numbers.
model.infer {
  let (keys, values) = (relu(randomNormal([64, 16])), randomNormal([64, 16]))
  let queries = relu(randomNormal([64, 16]))
  // Attention: sum over the steps so far of (query . key) value.
  let scores = queries.matmul(keys.transposed()).lowerTriangle()
  let attention = scores.matmul(values)
  let fast = scan([zeros([16, 16])], over: [keys, values, queries]) { step in
    let weights = step.carries[0] + step.slices[1].outer(step.slices[0])
    return ([weights], [weights.matmul(step.slices[2].expanded(at: 1)).squeezed(1)])
  }.outputs[0]
  return ["difference": abs(attention - fast).max(), "largest": abs(attention).max()]
}

// 8 keys, each of which is given 5 values one after the other; the last value should come back.
model.function("overwrite") {
  let keys = randomNormal([8, 8]).qr().q.tiled([5, 1])
  let values = randomNormal([40, 8])
  func recalled(erases: Bool) -> Tensor {
    let weights = scan([zeros([8, 8])], over: [keys, values]) { step in
      let (w, key) = (step.carries[0], step.slices[0].expanded(at: 1))
      let known = w.matmul(key).squeezed(1)
      let change = erases ? step.slices[1] - known : step.slices[1]
      return ([w + change.outer(step.slices[0])], [])
    }.carries[0]
    return mse(keys[(-8)...].matmul(weights.transposed()), values[(-8)...])
  }
  return ["sum_error": recalled(erases: false), "delta_error": recalled(erases: true)]
}
