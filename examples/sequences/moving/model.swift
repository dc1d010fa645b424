// Digits in motion: a ConvLSTM (Shi et al., 2015) says what the next frame looks like, and an LSTM
// that sees features of frames says which motion it was.

import GraphKit

/// An LSTM whose products are convolutions, so that its state is a picture.
struct ConvLSTM: Module {
  let channels = 12
  let gates = Conv2D(1 + 12, 4 * 12, kernel: 3, padding: .same)
  let output = Conv2D(12, 1, kernel: 1)

  func start(_ n: Int) -> [Tensor] { [zeros([n, channels, 16, 16]), zeros([n, channels, 16, 16])] }

  /// Logits of the frame after `frame`, and the next state.
  func next(_ frame: Tensor, _ state: [Tensor]) -> (logits: Tensor, state: [Tensor]) {
    let parts = gates(concatenate([frame, state[0]], axis: 1)).chunked(4, axis: 1)
    let cell = sigmoid(parts[1] + 1) * state[1] + sigmoid(parts[0]) * tanh(parts[2])
    let hidden = sigmoid(parts[3]) * tanh(cell)
    return (output(hidden), [hidden, cell])
  }

  /// Logits of the frame after each of `frames`, [steps, n, 1, y, x].
  func callAsFunction(_ frames: Tensor) -> Tensor {
    scan(start(frames.shape[1]), over: [frames]) { step in
      let (logits, state) = next(step.slices[0], step.carries)
      return (state, [logits])
    }.outputs[0]
  }
}

/// Which motion it was: by an LSTM, or by the mean of frames, which does not know their order.
struct Watcher: Module {
  let features = Sequential {
    Conv2D(1, 8, kernel: 3, stride: 2, padding: 1); ReLU()
    Conv2D(8, 16, kernel: 3, stride: 2, padding: 1); ReLU()
    Flatten(); Dense(16 * 16, 32); ReLU()
  }
  let lstm = LSTM(32, 32)
  let byOrder = Dense(32, 6)
  let byMean = Dense(32, 6)

  func callAsFunction(_ frames: Tensor) -> (ordered: Tensor, mean: Tensor) {
    let (steps, n) = (frames.shape[0], frames.shape[1])
    let seen = features(frames.flattened(from: 0, to: 1)).reshaped([steps, n, 32])
    return (byOrder(lstm(seen)[-1]), byMean(seen.mean(axis: 0)))
  }
}

let forecaster = ConvLSTM()
let watcher = Watcher()
let model = Model("moving", ["forecaster": forecaster, "watcher": watcher])

// MARK: Films, of digits in 16 x 16 pixels

let steps = 10

/// Pictures [n, 8, 8] at places [steps, n], as [steps, n, 1, 16, 16].
func film(_ pictures: Tensor, row: Tensor, column: Tensor) -> Tensor {
  // True where a pixel of the film is a pixel of the picture: [steps, n, 16, 8].
  func place(_ start: Tensor) -> Tensor {
    let pixel = start.reshaped([steps, -1, 1, 1]) + range(8)
    return (range(16).expanded(at: 1) .== pixel).cast(to: .f32)
  }
  let rows = einsum("snyi,nij->snyj", place(row), pictures)
  return rows.matmul(place(column).transposed()).expanded(at: 2)
}

/// A place that goes on by -1, 0 or 1 and bounces off the sides.
func bouncing(_ n: Int) -> Tensor {
  let speed = randomIntegers([n], -1..<2)
  let place = randomIntegers([n], 0..<16) + speed * range(steps).expanded(at: 1) + 16
  return 8 - abs(place % 16 - 8)
}

func pictures(_ batch: Batch) -> Tensor { batch.image.cast(to: .f32).squeezed(1) / 16 }

/// Films of two digits that bounce: each picture and the one before it.
func films(_ pictures: Tensor) -> Tensor {
  let n = pictures.shape[0]
  let first = film(pictures, row: bouncing(n), column: bouncing(n))
  let second = film(pictures.rolled(by: 1, axis: 0), row: bouncing(n), column: bouncing(n))
  return maximum(first, second)
}

model.phase("next", on: .digits, batch: 16, epochs: 4, validation: 0.1) { batch in
  let frames = films(pictures(batch))
  // Two frames are needed to see how fast the digits are.
  let logits = forecaster(frames[..<(-1)])[1...]
  let (seen, next) = (frames[1..<(steps - 1)], frames[2...])
  let loss = binaryCrossEntropy(logits: logits, next)
  Adam(rate: .cosine(from: 1e-2), clip: .norm(1)).minimize(loss, forecaster.parameters)
  let scale = 256.0  // of a frame
  return [
    "loss": loss * scale, "mse": mse(sigmoid(logits), next) * scale,
    "copy_mse": mse(seen, next) * scale,
  ]
}

// MARK: Six motions

/// Right, left, down, up, and around in both directions; each begins anywhere.
func motions(_ motion: Tensor) -> (row: Tensor, column: Tensor) {
  let n = motion.shape[0]
  let time = range(steps).expanded(at: 1)
  let sign = select(motion % 2 .== 0, 1, full([n], -1, .i32))
  let along = (randomIntegers([n], 0..<9) + sign * time + 18) % 9
  let across = randomIntegers([n], 0..<9)
  let angle = (time * sign + randomIntegers([n], 0..<steps)).cast(to: .f32) * (2 * Double.pi / 10)
  let circle = (round(sin(angle) * 4), round(cos(angle) * 4))
  func choose(_ line: Tensor, _ turn: Tensor, _ isAlong: Tensor) -> Tensor {
    select(motion .>= 4, turn.cast(to: .i32) + 4, select(isAlong, line, across))
  }
  return (choose(along, circle.0, motion .>= 2), choose(along, circle.1, motion .< 2))
}

model.phase("action", on: .digits, batch: 32, epochs: 12, validation: 0.2) { batch in
  let motion = randomIntegers([batch.image.shape[0]], 0..<6)
  let (row, column) = motions(motion)
  let scores = watcher(film(pictures(batch), row: row, column: column))
  let loss = crossEntropy(scores.ordered, motion) + crossEntropy(scores.mean, motion)
  Adam(rate: .cosine(from: 3e-3)).minimize(loss, watcher.parameters)
  return [
    "loss": loss, "accuracy": accuracy(scores.ordered, motion),
    "unordered_accuracy": accuracy(scores.mean, motion),
  ]
}

// MARK: A film

/// The frames of the first film of [steps, n, 1, 16, 16] side by side, with lines between.
func strip(_ frames: Tensor) -> Tensor {
  let first = frames[.all, 0, 0].padded([(0, 0), (1, 1), (1, 1)], value: 0.5)
  let row = first.swappedAxes(0, 1).flattened(from: 1, to: 2)
  return row.repeatedEach(3, axis: 0).repeatedEach(3, axis: 1)
}

// Above a film, below what the net expects at each frame; after six of them it sees only what it
// expected itself.
model.function("film", Input("image", [8, 1, 8, 8])) { image in
  let frames = films(image.squeezed(1))
  let start = forecaster.start(8) + [zeros(like: frames[0])]
  let expected = scan(start, over: [frames]) { step in
    let seen = select(step.index .< 6, step.slices[0], step.carries[2])
    let (logits, state) = forecaster.next(seen, Array(step.carries[..<2]))
    return (state + [sigmoid(logits)], [step.carries[2]])
  }.outputs[0]
  return ["film": concatenate([strip(frames), strip(expected)])]
}
