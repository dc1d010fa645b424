// Family trees (Hinton, 1986): who is the aunt of Colin? A net learns 100 of the 104 facts about
// two families with the same tree, and should find out the other four. 20 nets learn side by side,
// and each has other four facts left out.

import GraphKit

let people = [
  "Christopher", "Andrew", "Arthur", "James", "Charles", "Colin", "Penelope", "Christine",
  "Victoria", "Jennifer", "Margaret", "Charlotte",
]
let relations = [
  "father", "mother", "husband", "wife", "son", "daughter", "uncle", "aunt", "brother", "sister",
  "nephew", "niece",
]
let nets = 20
let decay = option("decay", 0.03, help: "the decay of weights")

/// Couples and their children; a man first.
let couples = [(0, 6), (1, 7), (2, 10), (3, 8), (4, 9)]
let children = [[2, 8], [3, 9], [], [5, 11], []]

/// All facts of one family: person, relation, and all people who stand in it.
let facts: [(Int, Int, [Int])] = {
  let isMale = { (p: Int) in p < 6 }
  let couple = { (p: Int) in couples.firstIndex { $0.0 == p || $0.1 == p } }
  let spouse = { (p: Int) -> [Int] in
    couple(p).map { [couples[$0].0 == p ? couples[$0].1 : couples[$0].0] } ?? []
  }
  let parents = { (p: Int) -> [Int] in
    children.firstIndex { $0.contains(p) }.map { [couples[$0].0, couples[$0].1] } ?? []
  }
  let siblings = { (p: Int) in (children.first { $0.contains(p) } ?? []).filter { $0 != p } }
  let offspring = { (p: Int) in couple(p).map { children[$0] } ?? [] }
  var found: [(Int, Int, [Int])] = []
  for p in 0..<12 {
    let elders = parents(p).flatMap(siblings)
    let youngers = (siblings(p) + spouse(p).flatMap(siblings)).flatMap(offspring)
    let kin = [
      parents(p), spouse(p), offspring(p), elders + elders.flatMap(spouse), siblings(p), youngers,
    ]
    for (i, group) in kin.enumerated() {
      for sex in 0...1 {
        let those = group.filter { isMale($0) == (sex == 0) }
        if !those.isEmpty { found.append((p, 2 * i + sex, those)) }
      }
    }
  }
  return found
}()

/// Rows of 104 facts: 24 people, 12 relations, and the people who are the answer.
func rows(_ of: ((Int, Int, [Int])) -> [Int], _ count: Int, isPerson: Bool) -> Tensor {
  Tensor(
    [0, 12].flatMap { family in
      facts.map { fact in
        let ones = of(fact).map { isPerson ? $0 + family : $0 }
        return (0..<count).map { ones.contains($0) ? 1.0 : 0 }
      }
    })
}

struct Nets: Module {
  let person = Parameter([nets, 24, 6], initialiser: .uniform(-1...1))
  let relation = Parameter([nets, 12, 6], initialiser: .uniform(-1...1))
  let centre = Parameter([nets, 13, 12], initialiser: .uniform(-1...1))
  let answer = Parameter([nets, 13, 6], initialiser: .uniform(-1...1))
  let output = Parameter([nets, 7, 24], initialiser: .uniform(-1...1))

  /// Scores of the 24 people for each fact: [nets, 104, 24].
  func callAsFunction(_ who: Tensor, _ what: Tensor) -> Tensor {
    let one = ones([nets, who.shape[0], 1])
    let codes = [sigmoid(who.matmul(person.value)), sigmoid(what.matmul(relation.value))]
    let middle = sigmoid(concatenate(codes + [one], axis: 2).matmul(centre.value))
    let code = sigmoid(concatenate([middle, one], axis: 2).matmul(answer.value))
    return concatenate([code, one], axis: 2).matmul(output.value)
  }
}

let net = Nets()
let model = Model("family_trees", net)

model.train(epochs: 40, steps: 100) {
  let who = rows({ [$0.0] }, 24, isPerson: true)
  let what = rows({ [$0.1] }, 12, isPerson: false)
  let answers = rows({ $0.2 }, 24, isPerson: true)
  // Net i does not see the facts 5 i, 5 i + 29, 5 i + 61 and 5 i + 83.
  let first = 5 * range(nets).reshaped([nets, 1, 1]) + Tensor([0, 29, 61, 83], .i32)
  let isLearned = 1 - (first % 104 .== range(104).expanded(at: 1)).any(axis: 2).cast(to: .f32)
  let scores = net(who, what)
  let wanted = answers.broadcast(to: scores.shape)
  let errors = binaryCrossEntropy(logits: scores, wanted, reduction: .none)
  let loss = (errors.sum(axis: 2) * isLearned).sum() / 100
  // Right, as in the paper: all outputs on the right side of a half.
  let isRight = ((scores .> 0) .== (answers .> 0)).all(axis: 2).cast(to: .f32)
  let unseen = (isRight * (1 - isLearned)).sum(axis: 1)
  AdamW(rate: .cosine(from: 0.05), weightDecay: decay).minimize(loss, net.parameters)
  return [
    "loss": loss / Double(nets), "learned": (isRight * isLearned).sum() / Double(100 * nets),
    "unseen": unseen.mean(), "most_unseen": unseen.max(),
  ]
}

// What the six units for a person see in the first net, as Hinton drew it: squares as large as the
// weights, white above 0, black below; the English people above the Italian ones.
model.every(epochs: 40, "codes", .image(columns: 2)) {
  let weight = net.person.value[0].transposed().reshaped([6, 2, 1, 12, 1])
  let place = abs(range(24, .f32) - 11.5) / 12
  let isInside = maximum(place.reshaped([24, 1, 1]), place) .< sqrt(abs(weight) / abs(weight).max())
  let image = select(isInside, (weight .> 0).cast(to: .f32), 0.5)
  return ["image": image.reshaped([6, 1, 48, 288])]
}
