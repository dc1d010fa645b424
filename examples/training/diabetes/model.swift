// How a disease goes on, from ten measurements of 442 patients: ridge regression in closed form,
// least squares by descent, and small nets, scored by five folds.

import GraphKit

let patients = 442

// The whole table as one example, in its order.
let table = DataSet.series(
  "../../data/diabetes/diabetes.csv",
  fields: [
    "x": .window(
      patients, columns: "age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"),
    "y": .window(patients, columns: "progression"),
  ])

// Six rows of weights of patients: five folds, each held out in its turn, and all patients.
let isHeldOut = Constant {
  let fold = range(patients).bucketized(Tensor([89, 178, 266, 354], .i32), right: true)
  return concatenate([fold.oneHot(5).transposed(), zeros([1, patients], .bool)])
}

/// A linear layer for each of the six.
struct Dense6: Module {
  let weight: Parameter
  let bias: Parameter

  init(_ inputs: Int, _ outputs: Int, deviation: Double) {
    weight = Parameter([6, outputs, inputs], initialiser: .normal(deviation: deviation))
    bias = Parameter([6, 1, outputs])
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    x.matmul(weight.value.transposed()) + bias.value
  }
}

struct Nets: Module {
  let line = Dense6(10, 1, deviation: 0)
  let hidden = Dense6(10, 16, deviation: 0.3)
  let output = Dense6(16, 1, deviation: 0.25)
}

let nets = Nets()
let model = Model("diabetes", nets)

/// The weights that minimise ||y - x w - b||^2 + penalty ||w||^2 over the patients of each row;
/// returns the answers x w + b for all patients, [6, patients].
func ridge(_ x: Tensor, _ y: Tensor, _ isIn: Tensor, penalty: Double) -> Tensor {
  let share = isIn / isIn.sum(axis: 1, keep: true)
  let meanX = share.matmul(x).expanded(at: 1)
  let meanY = (share * y).sum(axis: 1, keep: true)
  let centred = x - meanX
  let inside = (centred * isIn.expanded(at: 2)).transposed()
  let square = inside.matmul(centred) + eye(10) * penalty
  let weights = square.solve(inside.matmul((y - meanY).expanded(at: 2)))
  return centred.matmul(weights).squeezed(2) + meanY
}

/// 1 - (squared errors) / (squared differences from the mean), over the patients of each row.
func r2(_ answers: Tensor, _ y: Tensor, _ isScored: Tensor) -> Tensor {
  let mean = (isScored * y).sum(axis: 1, keep: true) / isScored.sum(axis: 1, keep: true)
  let errors = (isScored * pow(y - answers, 2)).sum(axis: 1)
  return 1 - errors / (isScored * pow(y - mean, 2)).sum(axis: 1)
}

model.train(on: table, batch: 1, epochs: 1000) { batch in
  let (x, y) = (batch.x[0], batch.y.flattened())
  let out = isHeldOut.value.cast(to: .f32)
  let isIn = 1 - out
  let isScored = concatenate([out[..<5], ones([1, patients])])

  // Columns of deviation 1, and a target of about that: a scale that suits descent.
  let (wide, small) = (x * 21.02, (y - 152) / 77)
  func loss(_ answers: Tensor) -> Tensor {
    (isIn * pow(answers - small, 2)).sum() / Double(patients)
  }
  let line = nets.line(wide).squeezed(2)
  SGD(rate: 0.05, momentum: 0.95).minimize(loss(line), nets.line.parameters)
  let curve = nets.output(tanh(nets.hidden(wide))).squeezed(2)
  let adam = AdamW(rate: .polynomial(from: 0.01, steps: 300), weightDecay: 3)
  adam.minimize(loss(curve), nets.hidden.parameters + nets.output.parameters)

  let exact = ridge(x, y, isIn, penalty: 0)
  let answers = [
    exact, ridge(x, y, isIn, penalty: 0.01), ridge(x, y, isIn, penalty: 0.1),
    ridge(x, y, isIn, penalty: 1), line * 77 + 152, curve * 77 + 152,
  ]
  let scores = answers.map { r2($0, y, isScored) }
  let means = scores.map { $0[..<5].mean() }
  return [
    "loss": loss(curve), "least_squares_all": scores[0][5], "error_all": mse(exact[5], y),
    "descent_all": scores[4][5], "ridge_0": means[0], "ridge_0_01": means[1],
    "ridge_0_1": means[2], "ridge_1": means[3], "descent": means[4], "net": means[5],
  ]
}
