// How many patterns a net of Hopfield (1982) holds: 0.138 for each unit (Amit, Gutfreund and
// Sompolinsky, 1985). A dense one, with an exponential in its energy, holds far more (Ramsauer et
// al., 2021).

import GraphKit

let loads = [0.05, 0.10, 0.12, 0.13, 0.15, 0.16, 0.20]

/// -1 or 1, with equal chances.
func signs(_ shape: Shape) -> Tensor {
  2 * randomBool(shape, probability: 0.5).cast(to: .f32) - 1
}

func spin(_ x: Tensor) -> Tensor { 2 * step(x) - 1 }

/// The mean overlap of states with patterns, [patterns, units]: 1 if all units agree.
func overlap(_ states: Tensor, _ patterns: Tensor) -> Tensor { (states * patterns).mean() }

let model = Model("hopfield")

// The patterns themselves as first states, then updates of all units: s = sign(W s), where W is the
// sum of all x x' / n without its diagonal.
model.infer {
  let units = 1000
  let results = loads.map { load in
    let stored = signs([Int(load * Double(units)), units])
    let weights = stored.transposed().matmul(stored) * (1 - eye(units)) / Double(units)
    let first = spin(stored.matmul(weights))
    let last = scan([first], steps: 40) { ([spin($0.carries[0].matmul(weights))], []) }.carries[0]
    return (wrong: (1 - overlap(first, stored)) / 2, overlap: overlap(last, stored))
  }
  let noise = 1 / sqrt(2 * Tensor(loads))
  return [
    "load": Tensor(loads), "wrong": stack(results.map(\.wrong)),
    // A unit is wrong after one update with this chance.
    "wrong_exact": erfc(noise) / 2, "overlap": stack(results.map(\.overlap)),
  ]
}

// 64 units and 1280 patterns, twenty for each unit. A seventh of the units is turned over;
// one update, s = sign(X' softmax(X s / 2)), restores the pattern.
model.function("dense") {
  let stored = signs([1280, 64])
  let noisy = select(randomUniform(stored.shape) .< 1.0 / 7, -stored, stored)
  let restored = spin(softmax(noisy.matmul(stored.transposed()) / 2).matmul(stored))
  return [
    "overlap_before": overlap(noisy, stored), "overlap_after": overlap(restored, stored),
    "restored": (restored .== stored).all(axis: 1).cast(to: .f32).mean(),
  ]
}
