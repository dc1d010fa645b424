// Markov chains: the stationary distribution as the solution of linear equations, as the limit of
// powers of the matrix, and as the shares of time of a chain that runs.

import GraphKit

let model = Model("chain")

// From the column to the row: columns sum to 1, and a distribution p becomes P p.
let table = [[0.5, 0.1, 0.7], [0.3, 0.5, 0.2], [0.2, 0.4, 0.1]]

// A market that rises, falls or stands still, from the row to the column.
let market = [[0.9, 0.075, 0.025], [0.15, 0.8, 0.05], [0.25, 0.25, 0.5]]

// The weather of the hidden Markov models, sunny or rainy, and how likely a film is in the mood of
// either.
let weather = [[0.7, 0.3], [0.4, 0.6]]
let film = [0.2, 0.4]

/// Returns p with P p = p and sum 1: the last of the equations (P - 1) p = 0 follows from the
/// others, and the sum takes its place.
func stationary(_ columns: Tensor) -> Tensor {
  let n = columns.shape[0]
  var equations = columns - eye(n)
  equations[-1] = ones([n])
  return equations.solve(eye(n)[.all, (-1)...]).squeezed(1)
}

model.infer {
  let columns = Tensor(table)
  let start = Tensor([1, 0, 0])
  return [
    "table": stationary(columns) * 90,  // 37, 31, 22
    "market": stationary(Tensor(market).transposed()),
    "weather": stationary(Tensor(weather).transposed()),  // 4/7, 3/7
    "film": (stationary(Tensor(weather).transposed()) * Tensor(film)).sum(),  // 2/7
    "next": columns.matmul(start.expanded(at: 1)).squeezed(1),
    "power": columns.matrixPower(50).matmul(start.expanded(at: 1)).squeezed(1) * 90,
  ]
}

// 1000 chains of the first table run 500 steps, of which the last 400 count.
model.sample {
  let rows = Tensor(table).transposed()
  let states = scan(zeros([1000], .i32), over: zeros([500])) { state, _ in
    let next = randomCategorical(probabilities: rows.gather(state))
    return (next, next)
  }.outputs
  return ["shares": states[100...].oneHot(3).cast(to: .f32).mean(axes: [0, 1]) * 90]
}
