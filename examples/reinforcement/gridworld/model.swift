// A grid of 5 x 5 fields (Sutton and Barto 2018, examples 3.5 and 3.8): what it is worth under
// chance by linear equations, and under the best moves by value and by policy iteration.

import GraphKit

let discount = 0.9
let directions = [(-1, 0), (1, 0), (0, -1), (0, 1)]

/// The next field and the reward of each move (north, south, west, east): from A (field 1) all
/// moves lead to 21 with reward 10, from B (field 3) to 13 with 5; at the edge one stays, -1.
let moves: [[(next: Int, reward: Double)]] = (0..<25).map { field in
  directions.map { down, right in
    if field == 1 { return (21, 10) }
    if field == 3 { return (13, 5) }
    let (row, column) = (field / 5 + down, field % 5 + right)
    guard (0..<5).contains(row), (0..<5).contains(column) else { return (field, -1) }
    return (row * 5 + column, 0)
  }
}

func next() -> Tensor { Tensor(moves.map { $0.map { Double($0.next) } }, .i32) }
func reward() -> Tensor { Tensor(moves.map { $0.map(\.reward) }) }

/// Solves V = sum_a p(a) (r + discount V'), for probabilities of moves [25, 4].
func values(_ policy: Tensor) -> Tensor {
  let after = einsum("sa,sat->st", policy, next().oneHot(25).cast(to: .f32))
  let mean = (policy * reward()).sum(axis: 1, keep: true)
  return (eye(25) - discount * after).solve(mean).squeezed(1)
}

/// What each move is worth, if V is what the fields are worth.
func worth(_ values: Tensor) -> Tensor { reward() + discount * values.gather(next()) }

/// Value iteration.
func bestValues() -> Tensor {
  scan([zeros([25])], steps: 300) { step in ([worth(step.carries[0]).max(axis: 1)], []) }.carries[0]
}

let model = Model("grid")

model.infer {
  let best = bestValues()
  // Policy iteration: the best moves by the values of the moves before.
  let policy = scan([full([25, 4], 0.25)], steps: 10) { step in
    let moves = worth(values(step.carries[0])).argmax()
    return ([moves.oneHot(4).cast(to: .f32)], [])
  }.carries[0]
  return [
    "chance": values(full([25, 4], 0.25)).reshaped([5, 5]),
    "best": best.reshaped([5, 5]),
    "difference": abs(values(policy) - best).max(),
  ]
}

// Fields of 40 x 40 pixels, the brighter the more they are worth, with a triangle for each of their
// best moves.
model.function("picture") {
  let best = bestValues()
  let line = (range(40, .f32) - 19.5) / 20
  let (x, y) = (line, line.expanded(at: 1))
  let triangles = directions.map { down, right in
    let along = y * Double(down) + x * Double(right)
    return (along .> 0.35) .&& (abs(y * Double(right) + x * Double(down)) .< (0.9 - along) * 0.6)
  }
  let isBest = worth(best) .> best.expanded(at: 1) - 1e-3
  let isDrawn = (isBest.reshaped([25, 4, 1, 1]) .&& stack(triangles)).any(axis: 1)
  let fields = select(isDrawn, 0, (best / best.max()).reshaped([25, 1, 1]) * 0.8 + 0.2)
  return ["picture": fields.reshaped([5, 5, 40, 40]).swappedAxes(1, 2).reshaped([1, 200, 200])]
}
