// A normalising flow (RealNVP, Dinh et al., 2017) on two moons: eight affine couplings, each of
// which can be undone exactly, give the density of every point. The floor is the entropy of the
// data.

import GraphKit

/// Scales and shifts one coordinate by functions of the other.
struct Coupling: Module {
  let kept: Int
  let net = Sequential {
    Dense(1, 64); SiLU()
    Dense(64, 64); SiLU()
    Dense(64, 2)
  }

  func factors(_ x: Tensor) -> (scale: Tensor, shift: Tensor) {
    let parts = net(x).chunked(2, axis: 1)
    return (tanh(parts[0]) * 2, parts[1])
  }

  func joined(_ same: Tensor, _ other: Tensor) -> Tensor {
    concatenate(kept == 0 ? [same, other] : [other, same], axis: 1)
  }

  /// Towards noise, with the logarithm of the determinant: y2 = x2 exp(s(x1)) + t(x1), log det =
  /// s(x1).
  func forward(_ x: Tensor) -> (y: Tensor, logDeterminant: Tensor) {
    let (same, other) = (x[.all, kept..<(kept + 1)], x[.all, (1 - kept)..<(2 - kept)])
    let (scale, shift) = factors(same)
    return (joined(same, other * exp(scale) + shift), scale.squeezed(1))
  }

  /// Towards points.
  func inverse(_ y: Tensor) -> Tensor {
    let (same, other) = (y[.all, kept..<(kept + 1)], y[.all, (1 - kept)..<(2 - kept)])
    let (scale, shift) = factors(same)
    return joined(same, (other - shift) * exp(-scale))
  }
}

struct Flow: Module {
  let couplings = (0..<8).map { Coupling(kept: $0 % 2) }

  func logProbability(_ x: Tensor) -> Tensor {
    var (y, sum) = (x, zeros([x.shape[0]]))
    for coupling in couplings {
      let step = coupling.forward(y)
      (y, sum) = (step.y, sum + step.logDeterminant)
    }
    return Normal(mean: Tensor(0), deviation: Tensor(1)).logProbability(y).sum(axis: 1) + sum
  }

  func points(_ noise: Tensor) -> Tensor {
    couplings.reversed().reduce(noise) { $1.inverse($0) }
  }
}

let flow = Flow()
let model = Model("realnvp", flow)

let deviation = 0.06

/// Points on both half circles, scaled so that the moons have mean 0 and deviation 1: [angles, 2].
func arcs(_ angle: Tensor) -> (upper: Tensor, lower: Tensor) {
  let (x, y) = (cos(angle), sin(angle))
  return (stack([x, y], axis: -1), stack([1 - x, 0.5 - y], axis: -1))
}

func scaled(_ points: Tensor) -> Tensor { (points - Tensor([0.5, 0.25])) / scales() }

func scales() -> Tensor { Tensor([0.86810, 0.49779]) }

func moons(_ count: Int) -> Tensor {
  let (upper, lower) = arcs(randomUniform([count], 0...Double.pi))
  let isUpper = randomBool([count, 1], probability: 0.5)
  return scaled(select(isUpper, upper, lower) + randomNormal([count, 2], deviation: deviation))
}

/// The true density: normal distributions around 400 places of each half circle.
func truth(_ x: Tensor) -> Tensor {
  let (upper, lower) = arcs((range(400).cast(to: .f32) + 0.5) / 400 * Double.pi)
  let places = scaled(concatenate([upper, lower]))
  let distance = (x.expanded(at: 1) - places.expanded(at: 0)) * scales() / deviation
  let normals = -0.5 * (distance * distance).sum(axis: 2)
  let constant = log(scales()).sum() - log(Tensor(800 * 2 * Double.pi * deviation * deviation))
  return normals.logSumExp(axis: 1) + constant
}

let (epochs, steps) = (36, 500)

model.train(epochs: epochs, steps: steps, evaluation: 8) {
  let loss = -flow.logProbability(moons(256)).mean()
  let rate = Schedule.cosine(from: 3e-3, steps: epochs * steps)
  Adam(rate: rate, clip: .norm(5)).minimize(loss, flow.parameters)
  return ["nats": loss]
} evaluate: {
  let x = moons(1024)
  let (nats, floor) = (-flow.logProbability(x).mean(), -truth(x).mean())
  return ["nats": nats, "floor": floor, "excess": nats - floor]
}

// The learned density beside the true one, from -2.4 to 2.4.
model.every(epochs: epochs, "density", .image(columns: 2)) {
  let line = (range(96).cast(to: .f32) + 0.5) / 20 - 2.4
  let x = stack([line.tiled([96]), -line.repeatedEach(96)], axis: 1)
  let both = stack([flow.logProbability(x), truth(x)])
  return ["image": sqrt(exp(both)).reshaped([2, 1, 96, 96])]
}

// Undoing all couplings gives the points back: the largest difference.
model.function("inverse") {
  let noise = randomNormal([1000, 2])
  var x = flow.points(noise)
  let points = x
  for coupling in flow.couplings { x = coupling.forward(x).y }
  return ["difference": abs(x - noise).max(), "points": points]
}
