// What a perceptron can tell apart (Cover, 1965): of all ways to divide P points of N dimensions in
// two, a share C(P, N) / 2^P can be drawn by a plane. 1000 random ones for each P, learned by
// Rosenblatt's rule.

import GraphKit

let dimensions = 8
let points = [8, 12, 16, 20, 24]
let (problems, sweeps) = (1000, 10_000)

/// 2^(1 - P) sum of (P - 1 over k) for k below N.
func share(_ points: Int) -> Double {
  var (sum, choose) = (0.0, 1.0)
  for k in 0..<dimensions {
    sum += choose
    choose *= Double(points - 1 - k) / Double(k + 1)
  }
  return (0..<(points - 1)).reduce(sum) { half, _ in half / 2 }
}

let model = Model("cover")

model.infer {
  let found = points.map { count in
    let x = randomNormal([count, problems, dimensions])
    // A plane through 0 is wanted, so a point of the other class may as well be turned over.
    let wanted = x * select(randomBool([count, problems, 1], probability: 0.5), 1, Tensor(-1))
    // A point on the wrong side is added to the weights: w += t x.
    let weights = scan([zeros([problems, dimensions])], steps: sweeps) { sweep in
      let (w, _) = scan(sweep.carries[0], over: wanted) { w, point in
        let isWrong = (w * point).sum(axis: 1, keep: true) .<= 0
        return (w + isWrong.cast(to: .f32) * point, zeros([]))
      }
      return ([w], [])
    }.carries[0]
    let isRight = ((wanted * weights).sum(axis: 2) .> 0).all(axis: 0)
    return isRight.cast(to: .f32).mean()
  }
  return [
    "points": Tensor(points.map(Double.init)), "exact": Tensor(points.map(share)),
    "found": stack(found),
  ]
}
