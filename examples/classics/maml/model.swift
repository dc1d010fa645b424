// Learning to learn (MAML: Finn, Abbeel and Levine, 2017): weights from which one step of gradient
// descent on five points is enough to fit a new sine. Beside it, a net trained on all sines at
// once.

import GraphKit

struct Weights: Module {
  let first = Parameter([1, 40], initialiser: .normal())
  let firstBias = Parameter([40])
  let second = Parameter([40, 40], initialiser: .normal(deviation: 0.2))
  let secondBias = Parameter([40])
  let third = Parameter([40, 1], initialiser: .normal(deviation: 0.15))
  let thirdBias = Parameter([1])

  /// Copies of the weights, one for each of so many tasks.
  func copies(_ tasks: Int) -> [Tensor] {
    parameters.map { p in
      let shape = p.shape.rank == 1 ? [1, p.shape[0]] : p.shape.dims
      return p.value.reshaped(Shape([1] + shape)).broadcast(to: Shape([tasks] + shape))
    }
  }
}

/// Two hidden layers of 40 units, each task by its own weights: [tasks, n, 1].
func net(_ x: Tensor, _ w: [Tensor]) -> Tensor {
  let first = relu(x.matmul(w[0]) + w[1])
  return relu(first.matmul(w[2]) + w[3]).matmul(w[4]) + w[5]
}

/// The weights after one step on the points of each task.
func fitted(_ w: [Tensor], _ x: Tensor, _ y: Tensor) -> [Tensor] {
  // The mean over the points, and the sum over the tasks, as each has its own weights.
  let loss = pow(net(x, w) - y, 2).mean(axes: [1, 2]).sum()
  return zip(w, gradient(of: loss, by: w)).map { $0 - $1 * 0.01 }
}

let (meta, joint) = (Weights(), Weights())
let model = Model("maml", ["meta": meta, "joint": joint])
let tasks = 25

/// a sin(x - b) with a from 0.1 to 5, b from 0 to pi, and x from -5 to 5.
func sines(_ points: Int, tasks: Int) -> (x: Tensor, y: Tensor) {
  let (a, b) = (randomUniform([tasks, 1, 1], 0.1...5), randomUniform([tasks, 1, 1], 0...Double.pi))
  let x = randomUniform([tasks, points, 1], -5...5)
  return (x, a * sin(x - b))
}

// Five points to fit a task, ten others to judge by.
model.train(epochs: 20, steps: 250, evaluation: 20) {
  let (x, y) = sines(15, tasks: tasks)
  let (known, other) = (0..<5, 5..<15)
  func error(_ w: [Tensor]) -> Tensor { mse(net(x[.all, other], w), y[.all, other]) }
  let start = meta.copies(tasks)
  let after = error(fitted(start, x[.all, known], y[.all, known]))
  let plain = joint.copies(tasks)
  let fit = mse(net(x, plain), y)
  Adam(rate: .cosine(from: 3e-3)).minimize(after + fit, meta.parameters + joint.parameters)
  return [
    "loss": after, "before": error(start), "joint": error(plain),
    "joint_after": error(fitted(plain, x[.all, known], y[.all, known])),
  ]
}
