// Kernel density: the lengths of 150 petals as a smooth density, the mean of a normal curve about
// each; the width of the curve is chosen by leaving one out.

import GraphKit

let iris = DataSet.csv(
  "../../data/iris/iris.csv", fields: ["x": .column("petal length")])

struct Density: Module {
  let examples = Parameter.statistic([150])

  /// log (1 / (n h)) sum_i N((x - x_i) / h), for widths [w] and places [m]: [w, m].
  func callAsFunction(_ x: Tensor, _ width: Tensor, leavingOut: Bool = false) -> Tensor {
    let h = width.reshaped([-1, 1, 1])
    let away = (x.expanded(at: 1) - examples.value) / h
    var scores = -0.5 * away * away - log(h) - 0.9189385332046727
    let count = leavingOut ? 149.0 : 150
    if leavingOut { scores = scores - eye(150) * 1e9 }
    return scores.logSumExp(axis: -1) - log(Tensor(count))
  }
}

let net = Density()
let model = Model("density", net)
let widths = [0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5]

model.train(on: iris, batch: 150, epochs: 1) { batch in
  net.examples.assign(batch.x)
  let width = Tensor(widths)
  let score = net(batch.x, width).mean(axis: 1)
  let held = net(batch.x, width, leavingOut: true).mean(axis: 1)
  return [
    "loss": -held.max(), "score_01": score[0], "score_03": score[4], "score_05": score[6],
    "best_width": width.gather(held.argmax()),
  ]
}

model.infer(Input("x", [4])) { x in
  ["density": exp(net(x, Tensor([0.3]))[0])]
}
