// Multi-armed bandits: the 10-armed testbed of Sutton and Barto (2018, chapter 2). Each of 2000
// problems has ten arms with normal values; an arm pays its value and noise, for 1000 steps.

import GraphKit

let (problems, arms, steps) = (2000, 10, 1000)

/// Plays all problems; `choose` gets the estimates, how often each arm was taken, and the step.
func play(
  first: Double = 0, rate: Double? = nil, _ choose: @escaping (Tensor, Tensor, Tensor) -> Tensor
) -> (reward: Tensor, optimal: Tensor) {
  let values = randomNormal([problems, arms])
  let best = values.argmax()
  let start = [full([problems, arms], first), zeros([problems, arms])]
  let outputs = scan(start, steps: steps) { step in
    let (estimate, count) = (step.carries[0], step.carries[1])
    let arm = choose(estimate, count, step.index)
    let taken = arm.oneHot(arms).cast(to: .f32)
    let reward = (values * taken).sum(axis: 1) + randomNormal([problems])
    let counted = count + taken
    // Q += (R - Q) / N, or by a constant rate.
    let error = (reward.expanded(at: 1) - estimate) * taken
    let learned = estimate + (rate.map { error * $0 } ?? error / maximum(counted, 1))
    let isBest = (arm .== best).cast(to: .f32)
    return ([learned, counted], [reward.mean(), isBest.mean()])
  }.outputs
  return (outputs[0], outputs[1])
}

/// The best arm by the estimates, or with a probability any.
func epsilonGreedy(_ epsilon: Double) -> (Tensor, Tensor, Tensor) -> Tensor {
  { estimate, _, _ in
    let explores = randomUniform([problems]) .< epsilon
    // Noise breaks ties.
    let greedy = (estimate + randomUniform(estimate.shape) * 1e-6).argmax()
    return select(explores, randomIntegers([problems], 0..<arms), greedy)
  }
}

/// The upper confidence bound Q + c sqrt(log t / N).
func upperConfidence(_ c: Double) -> (Tensor, Tensor, Tensor) -> Tensor {
  { estimate, count, step in
    let bound = c * sqrt(log(step.cast(to: .f32) + 1) / maximum(count, 1e-9))
    return (estimate + bound + randomUniform(estimate.shape) * 1e-6).argmax()
  }
}

/// Gradient ascent on preferences H: p = softmax(H), H += rate (R - mean R) (1[a] - p).
func gradientBandit(rate: Double) -> (reward: Tensor, optimal: Tensor) {
  let values = randomNormal([problems, arms])
  let best = values.argmax()
  let outputs = scan([zeros([problems, arms]), zeros([problems])], steps: steps) { step in
    let (preference, mean) = (step.carries[0], step.carries[1])
    let arm = randomCategorical(logits: preference)
    let taken = arm.oneHot(arms).cast(to: .f32)
    let reward = (values * taken).sum(axis: 1) + randomNormal([problems])
    let change = (reward - mean).expanded(at: 1) * (taken - softmax(preference)) * rate
    let next = mean + (reward - mean) / (step.index.cast(to: .f32) + 1)
    return ([preference + change, next], [reward.mean(), (arm .== best).cast(to: .f32).mean()])
  }.outputs
  return (outputs[0], outputs[1])
}

let model = Model("bandits")

let colours = [
  [0.1, 0.4, 0.8], [1, 0.5, 0], [0.1, 0.6, 0.2], [0.9, 0.1, 0.2], [0.6, 0.3, 0.8], [0, 0, 0],
]

/// Curves over the steps, each in its colour, and a line at each quarter.
func picture(_ curves: [Tensor]) -> Tensor {
  let (height, width) = (300, 500)
  let level = 1 - (range(height, .f32) + 0.5).expanded(at: 1) / Double(height)
  let isLine = (level * 4) % 1 .< 0.02
  var image = select(isLine, 0.85, ones([3, height, width]))
  for (curve, colour) in zip(curves, colours) {
    let columns = curve.reshaped([width, steps / width]).mean(axis: 1)
    let isCurve = abs(level - columns) .< 0.01
    image = select(isCurve, Tensor(colour).reshaped([3, 1, 1]), image)
  }
  return image
}

/// Each way to choose, with the reward and the share of the best arm in each step.
func runs() -> [(name: String, reward: Tensor, optimal: Tensor)] {
  let all = [
    ("greedy", play(epsilonGreedy(0))),
    ("epsilon_01", play(epsilonGreedy(0.01))),
    ("epsilon_10", play(epsilonGreedy(0.1))),
    ("optimistic", play(first: 5, rate: 0.1, epsilonGreedy(0))),
    ("confidence", play(upperConfidence(2))),
    ("gradient", gradientBandit(rate: 0.1)),
  ]
  return all.map { ($0.0, $0.1.reward, $0.1.optimal) }
}

// The mean reward of the last 100 steps, and how often the best arm was taken in them.
model.infer {
  var outputs: Outputs = [:]
  for run in runs() {
    outputs.append(run.name, run.reward[(-100)...].mean())
    outputs.append("optimal_" + run.name, run.optimal[(-100)...].mean())
  }
  return outputs
}

model.function("picture") { ["picture": picture(runs().map(\.optimal))] }
