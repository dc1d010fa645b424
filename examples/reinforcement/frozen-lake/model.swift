// The frozen lake: value iteration from the table of the lake, and Q-learning and SARSA, which only
// play. 16 or 64 fields, four moves, and ice on which one slips to either side.

import GraphKit

let small = ["SFFF", "FHFH", "FFFH", "HFFG"]
let large = [
  "SFFFFFFF", "FFFFFFFF", "FFFHFFFF", "FFFFFHFF", "FFFHFFFF", "FHHFFFHF", "FHFFHFHF", "FFFHFFFG",
]

/// The probability of each next field, [fields, 4, fields], and the mean reward, [fields, 4].
struct Lake {
  let fields: Int
  let probability: [Double]
  let reward: [Double]

  init(_ rows: [String]) {
    let map = rows.map(Array.init)
    let n = map.count
    fields = n * n
    var (probability, reward) = ([Double](), [Double]())
    for field in 0..<n * n {
      for move in 0..<4 {
        var after = [Double](repeating: 0, count: n * n)
        if "HG".contains(map[field / n][field % n]) {
          after[field] = 1
        } else {
          // Left, down, right, up: the move that was meant, and those to its sides.
          for slip in [move + 3, move, move + 1] {
            let (down, right) = [(0, -1), (1, 0), (0, 1), (-1, 0)][slip % 4]
            let row = min(max(field / n + down, 0), n - 1)
            let column = min(max(field % n + right, 0), n - 1)
            after[row * n + column] += 1.0 / 3
          }
        }
        probability += after
        let goal = n * n - 1
        reward.append(field == goal ? 0 : after[goal])
      }
    }
    (self.probability, self.reward) = (probability, reward)
  }

  var next: Tensor { Tensor(values: probability, shape: [fields, 4, fields]) }
  var rewards: Tensor { Tensor(values: reward, shape: [fields, 4]) }

  /// V(s) = max_a (r(s, a) + discount sum_s' p(s' | s, a) V(s')).
  func values(discount: Double, steps: Int = 2000) -> Tensor {
    let (next, rewards) = (next, rewards)
    return scan([zeros([fields])], steps: steps) { step in
      let q = rewards + discount * einsum("sat,t->sa", next, step.carries[0])
      return ([q.max(axis: 1)], [])
    }.carries[0]
  }
}

let (q, sarsa) = (Player(sarsa: false), Player(sarsa: true))
let model = Model("lake", ["q": q, "sarsa": sarsa])

model.infer {
  let (values, discounted) = (Lake(small).values(discount: 1), Lake(small).values(discount: 0.99))
  return [
    "start": values[0], "start_discounted": discounted[0],
    "start_8x8": Lake(large).values(discount: 1)[0],
    "values": discounted.reshaped([4, 4]),
  ]
}

// The table beside gymnasium's.
model.function(
  "check", Input("probability", [16, 4, 16]), Input("reward", [16, 4])
) { probability, reward in
  let lake = Lake(small)
  let different = abs(lake.next - probability).max()
  return ["difference": maximum(different, abs(lake.rewards - reward).max())]
}

/// A table of Q that learns from 16 players at a time.
struct Player: Module {
  let sarsa: Bool
  let q = Parameter.statistic([16, 4])
  let field = Parameter.cache([16], .i32)
  let time = Parameter.cache([16])

  private func choose(_ fields: Tensor, _ chance: Tensor) -> Tensor {
    let values = q.value.gather(fields) + randomUniform([16, 4]) * 1e-6
    let any = randomIntegers([16], 0..<4)
    return select(randomUniform([16]) .< chance, any, values.argmax())
  }

  /// 1000 steps of all players; Q-learning goes towards the best next move, SARSA to that taken.
  func train(rate: Tensor, chance: Tensor) {
    let next = Lake(small).next
    _ = scan([choose(field.value, chance)], steps: 1000) { step in
      let action = step.carries[0]
      let place = field.value * 4 + action
      let odds = next.reshaped([64, 16]).gather(place)
      let after = randomCategorical(probabilities: odds)
      // From the goal itself nothing is won.
      let won = ((after .== 15) .&& (field.value .!= 15)).cast(to: .f32)
      let isEnd = (Tensor([5, 7, 11, 12, 15], .i32) .== after.expanded(at: 1)).any(axis: 1)
      let following = choose(after, chance)
      let values = q.value.gather(after)
      let value =
        sarsa
        ? values.takeAlongAxis(following.expanded(at: 1)).squeezed(1) : values.max(axis: 1)
      let goal = won + 0.99 * select(isEnd, 0, value)
      let error = (goal - q.value.flattened().gather(place)) * rate
      q.assign(q.value.flattened().scattered(error, at: place, by: .add).reshaped([16, 4]))
      let over = isEnd .|| (time.value .>= 99)
      field.assign(select(over, zeros([16], .i32), after))
      time.assign(select(over, 0, time.value + 1))
      return ([select(over, choose(zeros([16], .i32), chance), following)], [])
    }
  }

  /// The share of 1000 games that reach the goal within 100 steps, always by the best move.
  func success() -> Tensor {
    let next = Lake(small).next
    let end = scan([zeros([1000], .i32)], steps: 100) { step in
      let action = q.value.gather(step.carries[0]).argmax()
      let odds = next.reshaped([64, 16]).gather(step.carries[0] * 4 + action)
      return ([randomCategorical(probabilities: odds)], [])
    }.carries[0]
    return (end .== 15).cast(to: .f32).mean()
  }
}

for (name, player) in [("q", q), ("sarsa", sarsa)] {
  model.phase(name, epochs: 40, steps: 1, best: .max("success")) {
    let epoch = model.steps.cast(to: .f32) % 40
    player.train(rate: 0.2 / (1 + epoch / 4), chance: maximum(1 - epoch / 30, 0.02))
    return ["loss": -player.q.value[0].max()]
  } evaluate: {
    let success = player.success()
    return ["loss": -success, "success": success]
  }
}
