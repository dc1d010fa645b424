// Autoregression: orders 1, 2 and 9 fitted by least squares to 309 years of sunspots, and simulated
// series of orders 0, 1 and 2, whose autocorrelations are known.

import GraphKit

struct Autoregression: Module {
  let order: Int
  let weights: Parameter  // the constant, then the weights of the last year, the one before, ...

  init(_ order: Int) {
    self.order = order
    weights = .statistic([order + 1])
  }

  /// Fits X_t = c + sum_i phi_i X_(t-i) + e_t, and returns the mean square of e.
  func fit(_ x: Tensor) -> Tensor {
    let windows = x.windows(of: order + 1)
    let past = windows[.all, ..<order].reversed(axes: [1])
    let inputs = concatenate([ones([past.shape[0], 1]), past], axis: 1)
    let target = windows[.all, order...]
    // Least squares: A = QR, R w = Q^T y.
    let (q, r) = inputs.qr()
    let w = r.triangularSolve(q.transposed().matmul(target), upper: true)
    weights.assign(w.squeezed(1))
    return mse(inputs.matmul(w), target)
  }
}

let models = [1, 2, 9].map { Autoregression($0) }
let model = Model("sunspots", models)

// The whole series is one example.
let sunspots = DataSet.series(
  "../../data/sunspots/sunspots.csv", fields: ["x": .window(309, columns: "activity")])

model.train(on: sunspots, batch: 1, epochs: 1) { batch in
  let errors = models.map { $0.fit(batch.x.flattened()) }
  return ["mse_9": errors[2], "mse_2": errors[1], "mse_1": errors[0]]
}

model.infer {
  ["order_1": models[0].weights.value, "order_2": models[1].weights.value]
}

// 512 series of 2000 steps: noise, X_t = 0.8 X_(t-1) + e, and X_t = X_(t-1) / 2 + X_(t-2) / 4 + e.
func autocorrelation(_ x: Tensor, lags: Int) -> Tensor {
  let x = x[.all, 200...]  // without the beginning from zero
  let n = x.shape[1]
  let parts = (0...lags).map { lag in (x[.all, lag...] * x[.all, ..<(n - lag)]).mean() }
  return stack(parts) / parts[0]
}

model.sample {
  let noise = randomNormal([512, 2000])
  let second = scan([zeros([512]), zeros([512])], over: [noise.transposed()]) { step in
    let next = step.carries[0] * 0.5 + step.carries[1] * 0.25 + step.slices[0]
    return ([next, step.carries[0]], [next])
  }.outputs[0]
  let first = noise.linearRecurrence(full([512, 2000], 0.8))
  // The autocorrelations of order 2 by Yule and Walker: r_k = r_(k-1) / 2 + r_(k-2) / 4.
  var exact = [1, 2.0 / 3]
  for k in 2...6 { exact.append(exact[k - 1] / 2 + exact[k - 2] / 4) }
  return [
    "order_0": autocorrelation(noise, lags: 6), "order_1": autocorrelation(first, lags: 6),
    "order_2": autocorrelation(second.transposed(), lags: 6),
    "exact_1": pow(Tensor(0.8), range(7, .f32)), "exact_2": Tensor(exact),
  ]
}
