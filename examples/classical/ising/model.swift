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

// 2048 chains at each temperature. Energy and magnet: 300 sweeps, of which the last 200 count. log
// Z by annealed importance sampling (Neal 2001): from no coupling to 1 / T in 400 steps, the mean
// of whose weights is Z. Errors are in standard errors, over independent chains.
model.sample {
  let chains = 2048
  let beta = 1 / Tensor(temperatures).repeatedEach(chains)
  let field = beta.reshaped([-1, 1, 1])
  let start = select(randomUniform([3 * chains, 4, 4]) .< 0.5, 1, -ones([3 * chains, 4, 4]))
  let zero = zeros([3 * chains])
  let sums = scan([start, zero, zero], steps: 300) { step in
    let spins = sweep(step.carries[0], field)
    let share = (step.index .>= 100).cast(to: .f32) / 200
    let energy = step.carries[1] - bonds(spins) / 16 * share
    return ([spins, energy, step.carries[2] + magnet(spins) * share], [])
  }.carries
  let annealed = scan([start, zero], steps: 400) { step in
    let part = (step.index.cast(to: .f32) + 1) / 400
    let weight = step.carries[1] + bonds(step.carries[0]) * beta / 400
    return ([sweep(step.carries[0], field * part), weight], [])
  }.carries[1].reshaped([3, chains])
  let most = annealed.max(axis: 1, keep: true)
  let weight = exp(annealed - most)
  let logZ = (most + log(weight.mean(axis: 1, keep: true))).squeezed(1) + 16 * log(Tensor(2))
  let root = Double(chains)
  func error(_ x: Tensor, _ mean: Tensor, _ exact: [Double]) -> Tensor {
    (mean - Tensor(exact)) / (x.standardDeviation(axis: 1) / sqrt(Tensor(root)))
  }
  let (energies, magnets) = (sums[1].reshaped([3, chains]), sums[2].reshaped([3, chains]))
  return [
    "log_z": logZ,
    "log_z_error": error(
      weight / weight.mean(axis: 1, keep: true), logZ, [22.117014, 15.521917, 13.281034]),
    "energy_error": error(energies, energies.mean(axis: 1), [-1.950643, -1.565624, -1.017070]),
    "magnet_error": error(magnets, magnets.mean(axis: 1), [0.986173, 0.843861, 0.601291]),
  ]
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
    "picture": stack([image, noisy / 2 + 0.5, restored / 2 + 0.5]),
  ]
}
