// A grid of 5 x 5 fields (Sutton and Barto 2018, examples 3.5 and 3.8): what it is worth under
// chance by linear equations, and under the best moves by value and by policy iteration.

import GraphKit

let discount = 0.9

/// The next field and the reward of each move (north, south, west, east): from A (field 1) all
/// moves lead to 21 with reward 10, from B (field 3) to 13 with 5; at the edge one stays, -1.
let moves: [[(next: Int, reward: Double)]] = (0..<25).map { field in
  [(-1, 0), (1, 0), (0, -1), (0, 1)].map { down, right in
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

let model = Model("grid")

model.infer {
  let best = scan([zeros([25])], steps: 300) { step in
    ([worth(step.carries[0]).max(axis: 1)], [])
  }.carries[0]
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
