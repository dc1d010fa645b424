// Handwriting: twelve letters of eight points each, and what a hand makes of them.

import GraphKit

/// The points of a letter from left to right, 0 to 9, and from the line up, 0 to 9 or 14.
let alphabet: [(letter: Character, points: String)] = [
  ("c", "97 59 27 05 12 50 72 93"), ("e", "05 55 95 79 39 05 31 81"),
  ("h", "0e 07 00 05 39 78 85 80"), ("l", "3e 3b 38 35 33 31 40 61"),
  ("m", "09 00 07 29 40 46 79 90"), ("n", "09 05 00 05 39 78 85 80"),
  ("o", "59 18 05 11 50 81 95 69"), ("s", "98 59 27 35 74 92 50 11"),
  ("u", "09 05 21 40 72 89 85 90"), ("v", "09 16 33 40 53 66 89 99"),
  ("w", "09 15 30 45 58 64 70 99"), ("z", "09 49 99 66 33 00 50 90"),
]
let letters = " " + String(alphabet.map(\.letter))
let (length, points) = (4, 8)  // letters of a word, points of a letter

/// Words [n, 4] of letters from 1 on, and how they are written, [n, 32, 3]: the way from the point
/// before to each point, and 1 where the pen is in the air on it.
func written(_ n: Int) -> (words: Tensor, strokes: Tensor) {
  let table = Tensor(
    values: alphabet.flatMap { $0.points.compactMap(\.hexDigitValue).map(Double.init) },
    shape: [alphabet.count, points, 2]) / 9
  let words = randomIntegers([n, length], 0..<alphabet.count)
  func some(_ shape: Shape, _ deviation: Double) -> Tensor {
    randomNormal(shape, deviation: deviation)
  }
  // Letters are narrow or wide, lines slanted, the hand trembles.
  let shaky = table.gather(words) + some([n, length, points, 2], 0.03)
  let y = shaky[..., 1]
  let x = shaky[..., 0] * exp(some([n, length, 1], 0.15)) + y * some([n, 1, 1], 0.2)
  let place = range(length, .f32) * 1.4 + some([n, length], 0.08)
  let size = exp(some([n, 1, 1], 0.1))
  let all = stack([x + place.expanded(at: 2), y], axis: 3).flattened(from: 1, to: 2) * size
  let ways = all - all.padded([(0, 0), (1, -1), (0, 0)])
  let isUp = (range(length * points) % points .== 0).cast(to: .f32)
  let air = isUp.reshaped([1, -1, 1]).broadcast(to: [n, length * points, 1])
  return (words + 1, concatenate([ways, air], axis: 2))
}

/// Strokes as pictures [n, 40, 140].
func drawn(_ strokes: Tensor) -> Tensor {
  let ends = strokes[..., ..<2].cumulativeSum(axis: 1).reshaped([-1, length * points, 1, 1, 2])
  let starts = ends - strokes[..., ..<2].reshaped([-1, length * points, 1, 1, 2])
  let y = (2.0 - range(40, .f32) / 15).reshaped([40, 1])
  let x = range(140, .f32) / 23 - 0.3
  let pixel = stack([x + zeros([40, 1]), y + zeros([1, 140])], axis: 2)
  // The distance of each pixel from each line, whose nearest point is a share of the way.
  let (way, toPixel) = (ends - starts, pixel - starts)
  let share = clamp((way * toPixel).sum(axis: -1) / ((way * way).sum(axis: -1) + 1e-6), 0...1)
  let away = (toPixel - way * share.expanded(at: -1)).norm(axis: -1)
  let isInk = strokes[..., 2].reshaped([-1, length * points, 1, 1]) .< 0.5
  return clamp(select(isInk, away, 9).min(axis: 1) * 25 - 0.5, 0...1)
}
