// A net steers a car (ALVINN: Pomerleau, 1989): from an image of the road of 30 x 32 pixels to one
// of 45 directions, by 29 hidden units. The roads are drawn in the graph.

import GraphKit

let net = Sequential { Flatten(); Dense(30 * 32, 29); Sigmoid(); Dense(29, 45); Sigmoid() }
let model = Model("steering", net)

/// Images of a road, [n, 30, 32], and the curvature to steer by, -1 to 1. The car may stand beside
/// the middle and at an angle to it; sky, light, width and noise differ.
func roads(_ n: Int) -> (image: Tensor, curvature: Tensor) {
  func each(_ range: ClosedRange<Double>) -> Tensor { randomUniform([n, 1, 1], range) }
  let (shift, angle, bend) = (each(-0.5...0.5), each(-0.3...0.3), each(-0.5...0.5))
  let row = range(30).cast(to: .f32).expanded(at: 1) / 29
  let column = range(32).cast(to: .f32) / 31 * 2 - 1
  // A row at the height y shows the road at the distance 1 / (1.1 - y): the top is far away.
  let near = 0.15 + 0.85 * row
  let distance = 1 / near - 1
  let middle = near * (shift + angle * distance + bend * distance * distance / 4)
  let half = near * each(0.4...0.6)
  let isRoad = sigmoid((half - abs(column - middle)) * 20)
  let light = each(0.3...0.8)
  let image = light + each(0.2...0.5) * isRoad + randomNormal([n, 30, 32], deviation: 0.1)
  // Steer to the point of the road at the distance 1.5.
  let ahead = (shift + angle * 1.5 + bend * 1.5 * 1.5 / 4) / 1.3
  return (image, ahead.reshaped([n]))
}

/// The place of a curvature among the 45 units.
func place(_ curvature: Tensor) -> Tensor { clamp(22 + curvature * 22, 0...44) }

/// A hill of activity around the right unit, exp(-d^2 / 10).
func hill(_ curvature: Tensor) -> Tensor {
  exp(-pow(range(45).cast(to: .f32) - place(curvature).expanded(at: 1), 2) / 10)
}

// An epoch is 1200 images, as in the paper, but new ones each time.
model.train(epochs: 40, steps: 60, evaluation: 50) {
  let (image, curvature) = roads(20)
  let answer = net(image - image.mean(axes: [1, 2], keep: true))
  let loss = mse(answer, hill(curvature))
  Adam(rate: .cosine(from: 0.005)).minimize(loss, net.parameters)
  // The answer is the middle of the hill: a mean over units, weighted by the square of activity.
  let weight = answer * answer
  let found = (weight * range(45).cast(to: .f32)).sum(axis: 1) / weight.sum(axis: 1)
  let error = abs(found - place(curvature))
  return ["loss": loss, "within_two": (error .<= 2).cast(to: .f32).mean(), "units": error.mean()]
}

model.every(epochs: 40, "roads", .image(columns: 6)) {
  let images = clamp(roads(12).image, 0...1).reshaped([12, 1, 30, 32])
  return ["image": images.resized(by: [3.0, 3.0], mode: .nearest)]
}
