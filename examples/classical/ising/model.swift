// A Markov random field: Ising's magnet on a 4 x 4 torus, by all its 65,536 states and by Gibbs
// sampling; and the same field as a prior that cleans a noisy picture.

import GraphKit

let model = Model("ising")
let temperatures = [1.5, 2.269185314213022, 3]

/// -E = sum over neighbours s_i s_j, of spins [n, rows, columns] on a torus.
func bonds(_ spins: Tensor) -> Tensor {
  (spins * (spins.rolled(by: 1, axis: 1) + spins.rolled(by: 1, axis: 2))).sum(axes: [1, 2])
}

func magnet(_ spins: Tensor) -> Tensor { abs(spins.mean(axes: [1, 2])) }

// All states: log Z = log sum exp(-E / T), and means of energy and magnet for each spin.
model.infer {
  let states = range(65_536).expanded(at: 1)
  let bits = (states >> range(16)) & Tensor(1, .i32)
  let spins = (bits.cast(to: .f32) * 2 - 1).reshaped([65_536, 4, 4])
  let (b, m) = (bonds(spins), magnet(spins))
  let scores = stack(temperatures.map { b / $0 })
  let chance = softmax(scores)
  return [
    "log_z": scores.logSumExp(axis: 1), "energy": -(chance * b).sum(axis: 1) / 16,
    "magnet": (chance * m).sum(axis: 1),
  ]
}

/// Draws the spins of the black and then those of the white fields of a chess board, each given its
/// neighbours: p(s = 1) = sigmoid(2 (sum of neighbours) / T + evidence).
func sweep(_ spins: Tensor, _ beta: Tensor, evidence: Tensor = Tensor(0)) -> Tensor {
  let (rows, columns) = (spins.shape[1], spins.shape[2])
  let board = (range(rows).expanded(at: 1) + range(columns)) % 2
  var spins = spins
  for color in 0...1 {
    let around =
      spins.rolled(by: 1, axis: 1) + spins.rolled(by: -1, axis: 1) + spins.rolled(by: 1, axis: 2)
      + spins.rolled(by: -1, axis: 2)
    let up = randomUniform(spins.shape) .< sigmoid(2 * beta * around + evidence)
    spins = select(board .== color, select(up, 1, -ones(like: spins)), spins)
  }
  return spins
}

// 2048 chains. Energy and magnet: 300 sweeps each, of which the last 200 count. log Z by annealed
// importance sampling (Neal 2001): from no coupling to 1 / T in 400 steps, the weights of which
// multiply. Errors are in standard errors, over independent chains.
model.sample {
  let exact = (
    z: [22.117014, 15.521917, 13.281034], energy: [-1.950643, -1.565624, -1.017070],
    magnet: [0.986173, 0.843861, 0.601291]
  )
  func error(_ x: Tensor, _ exact: Double) -> Tensor {
    (x.mean() - exact) / (x.standardDeviation() / sqrt(Tensor(Double(x.shape.count))))
  }
  let start = select(randomUniform([2048, 4, 4]) .< 0.5, 1, -ones([2048, 4, 4]))
  var errors: [[Tensor]] = []
  var logZ: [Tensor] = []
  for (i, t) in temperatures.enumerated() {
    let means = scan([start, zeros([2048]), zeros([2048])], steps: 300) { step in
      let spins = sweep(step.carries[0], Tensor(1 / t))
      let counts = (step.index .>= 100).cast(to: .f32) / 200
      return (
        [
          spins, step.carries[1] - bonds(spins) / 16 * counts,
          step.carries[2] + magnet(spins) * counts,
        ], []
      )
    }.carries
    let annealed = scan([start, zeros([2048])], steps: 400) { step in
      let beta = (step.index.cast(to: .f32) + 1) / (400 * t)
      let weight = step.carries[1] + bonds(step.carries[0]) / (400 * t)
      return ([sweep(step.carries[0], beta), weight], [])
    }.carries[1]
    let weight = exp(annealed - annealed.max())
    let mean = annealed.max() + log(weight.mean()) + 16 * log(Tensor(2))
    let spread = weight.standardDeviation() / (weight.mean() * sqrt(Tensor(2048)))
    logZ.append(mean)
    errors.append([
      error(means[1], exact.energy[i]), error(means[2], exact.magnet[i]),
      (mean - exact.z[i]) / spread,
    ])
  }
  return ["errors": stack(errors.map { stack($0) }), "log_z": stack(logZ)]
}

// A picture of black and white with a fifth of its pixels turned over; 60 sweeps, of which the last
// 40 give the probability of white, at coupling 1. A pixel is right with probability 0.8, so its
// evidence is log(0.8 / 0.2).
model.function("denoise", Input("image", [1, 120, 146])) { image in
  let clean = select(image .> 0.5, 1, -ones(like: image))
  let flips = randomUniform(image.shape) .< 0.2
  let noisy = select(flips, -clean, clean)
  let evidence = noisy * 1.3862943611198906
  let white = scan([noisy, zeros(like: noisy)], steps: 60) { step in
    let spins = sweep(step.carries[0], Tensor(1), evidence: evidence)
    let counts = (step.index .>= 20).cast(to: .f32) / 40
    return ([spins, step.carries[1] + spins * counts], [])
  }.carries[1]
  let restored = select(white .> 0, 1, -ones(like: white))
  return [
    "noise": (noisy .!= clean).cast(to: .f32).mean(),
    "error": (restored .!= clean).cast(to: .f32).mean(),
    "picture": concatenate([image, noisy / 2 + 0.5, restored / 2 + 0.5]),
  ]
}
