// Things that pass a line are counted: a detector finds their middles in each frame as peaks of a
// map (Zhou, Wang and Krähenbühl, 2019), a tracker joins them to paths, and a path that crosses the
// line is counted once, to the left or to the right. Clips are drawn in the graph.

import GraphKit

let (frames, things, slots, line) = (24, 4, 8, 32.0)
let held = option("held", 12, help: "batches of eight clips to evaluate with")

let net = Sequential {
  Conv2D(3, 16, kernel: 5, stride: 2, padding: 2); BatchNorm(16); ReLU()
  Conv2D(16, 32, kernel: 3, stride: 2, padding: 1); BatchNorm(32); ReLU()
  Conv2D(32, 32, kernel: 3, padding: 1); BatchNorm(32); ReLU()
  Conv2D(32, 32, kernel: 3, padding: 1); BatchNorm(32); ReLU()
  Conv2D(32, 3, kernel: 1)
}
let model = Model("tracking", net)

/// Clips `[n, frames, 3, 64, 64]` of discs and squares that move to and fro, x = line + v (t - t0),
/// and the middles of all, `[n, frames, things, 2]`; or some frames in the middle of clips.
func clips(_ n: Int, _ frames: Int = frames) -> (images: Tensor, middles: Tensor) {
  let each: Shape = [n, 1, things, 1, 1]
  let speed = randomUniform(each, 1.2...3) * select(randomBool(each, probability: 0.5), 1, -1)
  let time = (range(frames) + (24 - frames) / 2).cast(to: .f32).reshaped([1, frames, 1, 1, 1])
  let x = line + speed * (time - randomUniform(each, -6...30))
  // A lane for each, so that most are seen most of the time; neighbours overlap.
  let lane = randomPermutation(things, [n]).reshaped(each).cast(to: .f32)
  let y = 10 + lane * 14.5 + randomUniform(each, -3...3) + x * 0
  let radius = randomUniform(each, 4...7)
  let pixel = range(64).cast(to: .f32) + 0.5
  let (dx, dy) = (abs(pixel - x), abs(pixel.expanded(at: 1) - y))
  let isSquare = randomBool(each, probability: 0.5)
  let isInside = select(
    isSquare, select((dx .< radius) .&& (dy .< radius), 1, 0),
    select((dx * dx + dy * dy) .< (radius * radius), 1, 0))
  // The last one is in front.
  let number = (range(things) + 1).reshaped([things, 1, 1])
  let front = (isInside * number).max(axis: 2).cast(to: .i32)
  let colours = randomUniform([n, things + 1, 3]).gatherEach(front.reshaped([n, -1]))
  let images = colours.reshaped([n, frames, 64, 64, 3]).transposed([0, 1, 4, 2, 3])
  return (images, stack([x, y], axis: 3).reshaped([n, frames, things, 2]))
}

/// The logits of 16 x 16 cells, `[k, 256]`, and where in the cell a middle is, `[k, 256, 2]`.
func said(_ images: Tensor) -> (heat: Tensor, offset: Tensor) {
  let noise = randomNormal(Shape(images.shape.dims)) * 0.1
  let y = net(images + noise).flattened(from: 2).transposed()
  return (y[..., 0], sigmoid(y[..., 1...]))
}

func loss(_ images: Tensor, _ middles: Tensor) -> Tensor {
  let (heat, offset) = said(images)
  let place = middles / 4
  let isSeen = ((place .> 0) .&& (place .< 16)).all(axis: -1)
  let cell = clamp(floor(place), 0...15)
  let number = (cell[..., 1] * 16 + cell[..., 0]).cast(to: .i32)
  let isMiddle = (number.oneHot(256) .&& isSeen.expanded(at: -1)).any(axis: 1).cast(to: .f32)
  let sure = focalLoss(logits: heat, isMiddle, alpha: 0.75, reduction: .sum)
  let gap = abs(offset.gatherEach(number) - (place - cell)).sum(axis: -1)
  let off = select(isSeen, gap, Tensor(0)).sum()
  return (sure * 4 + off) / Double(images.shape[0])
}

/// The middles of at most eight things in each image, `[k, slots, 2]`, and which are there.
func found(_ images: Tensor) -> (middles: Tensor, isThere: Tensor) {
  let (heat, offset) = said(images)
  let map = sigmoid(heat).reshaped([-1, 1, 16, 16])
  let isPeak = map .== MaxPool2D(3, stride: 1, padding: 1)(map)
  let best = select(isPeak, map, Tensor(0)).flattened(from: 1).topK(slots)
  let cell = stack([best.positions % 16, best.positions / 16], axis: 2).cast(to: .f32)
  return ((cell + offset.gatherEach(best.positions)) * 4, best.values .> 0.4)
}

/// Follows what is found, `[n, frames, slots, 2]`: the middles of paths, and which are alive, in
/// each frame, and how many went over the line to the right and to the left.
func tracked(_ found: Tensor, _ isThere: Tensor) -> (paths: Tensor, alive: Tensor, counts: Tensor) {
  let n = found.shape[0]
  let start = [
    zeros([n, slots, 2]), zeros([n, slots, 2]), zeros([n, slots]), zeros([n, 2]),
  ]  // middles, velocities, frames left to live, counts
  let by = [found.movedAxis(1, to: 0), isThere.cast(to: .f32).movedAxis(1, to: 0)]
  let walk = scan(start, over: by) { step in
    let (middle, velocity, life) = (step.carries[0], step.carries[1], step.carries[2])
    let (seen, exists) = (step.slices[0], step.slices[1])
    let (isAlive, next) = ((life .> 0).cast(to: .f32), middle + velocity)

    // The nearest pair belongs together, then the nearest of the others, up to 8 pixels.
    let gap = next.expanded(at: 2) - seen.expanded(at: 1)
    let pairs = isAlive.expanded(at: 2) * exists.expanded(at: 1)
    var cost = select(pairs .> 0, sqrt((gap * gap).sum(axis: 3)), Tensor(99))
    var match = zeros([n, slots, slots])
    for _ in 0..<(things + 1) {
      let best = cost.flattened(from: 1).argmin().oneHot(slots * slots).reshaped([n, slots, slots])
      let isNear = best .&& (cost .< 8)
      match += isNear.cast(to: .f32)
      let isUsed = best.any(axis: 1, keep: true) .|| best.any(axis: 2, keep: true)
      cost = select(isUsed, Tensor(99), cost)
    }
    // What belongs to nothing begins a path: the first of them in the first free slot, and so on.
    let (rest, free) = (exists * (1 - match.sum(axis: 1)), 1 - isAlive)
    let order = (free.cumulativeSum().expanded(at: 2) .== rest.cumulativeSum().expanded(at: 1))
      .cast(to: .f32)
    let begin = order * free.expanded(at: 2) * rest.expanded(at: 1)

    let (isMatched, isNew) = (match.sum(axis: 2, keep: true), begin.sum(axis: 2, keep: true))
    let place = (match + begin).matmul(seen) + next * (1 - isMatched - isNew)
    let turned = velocity + isMatched * 0.5 * (place - next)
    let left = select(isMatched.squeezed(2) + isNew.squeezed(2) .> 0, Tensor(4), life - 1)

    let (before, now) = (middle[..., 0] .< line, place[..., 0] .< line)
    let isOld = isAlive .> 0
    let right = (isOld .&& before .&& (.!now)).cast(to: .f32).sum(axis: 1)
    let back = (isOld .&& (.!before) .&& now).cast(to: .f32).sum(axis: 1)
    let counts = step.carries[3] + stack([right, back], axis: 1)
    let speed = turned * (1 - isNew)
    return ([place, speed, maximum(left, 0), counts], [place, maximum(left, 0)])
  }
  let (paths, life) = (walk.outputs[0].movedAxis(0, to: 1), walk.outputs[1].movedAxis(0, to: 1))
  return (paths, life .> 0, walk.carries[3])
}

func follow(_ images: Tensor) -> (paths: Tensor, alive: Tensor, counts: Tensor) {
  let (middles, isThere) = found(images.flattened(from: 0, to: 1))
  return tracked(
    middles.reshaped([-1, frames, slots, 2]), isThere.reshaped([-1, frames, slots]))
}

model.train(epochs: 4, steps: 120, evaluation: held) {
  let (images, middles) = clips(24, 1)
  let loss = loss(images.flattened(from: 0, to: 1), middles.flattened(from: 0, to: 1))
  Adam(rate: .oneCycle(peak: 5e-3)).minimize(loss, net.parameters)
  return ["loss": loss]
} evaluate: {
  let (images, middles) = clips(8)
  let x = middles[..., 0]
  let (first, last) = (x[.all, 0] .< line, x[.all, -1] .< line)
  let right = (first .&& (.!last)).cast(to: .f32).sum(axis: 1)
  let left = ((.!first) .&& last).cast(to: .f32).sum(axis: 1)
  let off = abs(follow(images).counts - stack([right, left], axis: 1)).sum(axis: 1)
  return [
    "loss": loss(images.flattened(from: 0, to: 1), middles.flattened(from: 0, to: 1)),
    "exact": (off .== 0).cast(to: .f32).mean(), "error": .ratio(off.sum(), (right + left).sum()),
  ]
}

// Every third frame of four clips, a row for each; a path keeps its colour.
model.every(epochs: 4, "paths", .image(columns: 8)) {
  let images = clips(4).images
  let (paths, alive, _) = follow(images)
  let box = concatenate([paths - 7, paths + 7], axis: -1).flattened(from: 0, to: 1)
  let number = select(alive, range(slots), Tensor(-1, .i32)).flattened(from: 0, to: 1)
  let drawn = drawnBoxes(images.flattened(from: 0, to: 1), box, number)
  let some = drawn.reshaped([4, frames, 3, 64, 64])[.all, .slice(step: 3)]
  return ["image": some.flattened(from: 0, to: 1)]
}
