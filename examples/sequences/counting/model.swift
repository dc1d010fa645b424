// Counting (Gers and Schmidhuber, 2001): nets read strings a^n b^n and a^n b^n c^n with n up to 10,
// say after each letter which may follow, and are tested with n up to 100.

import GraphKit

let (taught, tested, hidden) = (10, 100, 4)

/// An LSTM cell whose gates saturate: each is 0 or 1 beyond a bound, so that what a cell counts is
/// kept exactly, however long. Noise in training drives them beyond it, where it does not matter.
struct CountingCell: RecurrentCell {
  let stateSizes = [hidden, hidden]
  let gates: Dense
  let noise = RandomNoise(1)

  init(_ inputs: Int) { gates = Dense(inputs + hidden, 4 * hidden) }

  func next(_ x: Tensor, _ state: [Tensor]) -> [Tensor] {
    let sums = gates(concatenate([x, state[0]], axis: -1))
    let parts = noise(sums[.newAxis, .newAxis])[0, 0].chunked(4, axis: -1)
    let forget = hardSigmoid(parts[0] + 2)
    let cell = forget * state[1] + hardSigmoid(parts[1]) * hardTanh(parts[2])
    return [hardSigmoid(parts[3]) * tanh(cell), cell]
  }
}

/// The net for a language of some letters, numbered from 1; 0 is both ends of a string.
struct Counter: Module {
  let letters: Int
  let lstm: Recurrent
  let output: Dense

  init(_ letters: Int) {
    self.letters = letters
    lstm = Recurrent([CountingCell(letters + 1)])
    output = Dense(hidden, letters + 1)
  }

  /// The strings with n from 1 to `most`: what is read and what may follow, each
  /// `[steps, most, letters + 1]`, and whether a string has this step.
  func strings(to most: Int) -> (read: Tensor, legal: Tensor, isThere: Tensor) {
    let n = range(most) + 1
    func letter(_ place: Tensor) -> Tensor {
      let number = (place + n - 1).divided(by: n, rounding: .down)
      return select(number .> letters, 0, number)
    }
    let place = range(most * letters + 1).expanded(at: 1)
    let (this, next) = (letter(place), letter(place + 1))
    // After an a there may be another one or the first b; all else is sure.
    let aOrB = Tensor([1, 2], .i32).oneHot(letters + 1).any(axis: 0)
    let legal = next.oneHot(letters + 1) .|| ((this .== 1).expanded(at: -1) .&& aOrB)
    return (this.oneHot(letters + 1).cast(to: .f32), legal, place .<= n * letters)
  }

  var loss: Tensor {
    let (read, legal, isThere) = strings(to: taught)
    let scores = output(lstm(read))
    let each = binaryCrossEntropy(logits: scores, legal.cast(to: .f32), reduction: .none)
    let counted = isThere.cast(to: .f32)
    return (each.sum(axis: -1) * counted).sum() / counted.sum()
  }

  /// The n up to which the net is right about all strings, after each letter.
  var reach: Tensor {
    let (read, legal, isThere) = strings(to: tested)
    let isRight = ((output(lstm(read)) .> 0) .== legal).all(axis: -1)
    return (isRight .|| .!isThere).all(axis: 0).cast(to: .f32).cumulativeProduct().sum()
  }
}

let (two, three) = (Counter(2), Counter(3))
let model = Model("counting", ["two": two, "three": three])

model.train(epochs: 10, steps: 1000, best: .max("reach")) {
  let (loss, other) = (two.loss, three.loss)
  let rate = Schedule.cosine(from: 1e-2)
  Adam(rate: rate, clip: .norm(1)).minimize(loss, two.parameters)
  Adam(rate: rate, clip: .norm(1)).minimize(other, three.parameters)
  return ["loss": loss, "three_loss": other]
} evaluate: {
  ["loss": two.loss, "three_loss": three.loss, "reach": two.reach, "three_reach": three.reach]
}
