// The four forms of sequences, on first names: one to one (the last letter says the sex), many to
// one (all letters do), many to many (a guess after each letter), and one to many (a sex makes a
// name).

import GraphKit

let alphabet = " abcdefghijklmnopqrstuvwxyz"
let (longest, hidden) = (12, 64)

/// One to one: a layer without a memory.
struct LastLetter: Module {
  let output = Dense(27, 2)

  /// `letters` is [longest, names], 0 behind each name.
  func callAsFunction(_ letters: Tensor, _ lengths: Tensor) -> Tensor {
    let place = (lengths - 1).expanded(at: 0)
    let last = letters.takeAlongAxis(place, axis: 0).squeezed(0)
    return output(last.oneHot(27).cast(to: .f32))
  }
}

/// A recurrent net that reads names.
struct Reader: Module {
  let letter = Embedding(27, 16)
  let gru = GRU(16, hidden)
  let output = Dense(hidden, 2)

  /// Many to one: the scores after the last letter, [names, 2].
  func atEnd(_ letters: Tensor, _ lengths: Tensor) -> Tensor {
    output(gru(letter(letters), lengths: lengths).state[0])
  }

  /// Many to many: the scores after each letter, [longest, names, 2].
  func afterEach(_ letters: Tensor) -> Tensor { output(gru(letter(letters))) }
}

/// One to many: the sex is the first state, and each letter goes in again to make the next one.
struct Writer: Module {
  let sex = Embedding(2, hidden)
  let letter = Embedding(27, 16)
  let gru = GRU(16, hidden)
  let output = Dense(hidden, 27)

  /// The scores of the letters that follow `letters`, and the state then.
  func next(_ letters: Tensor, _ state: Tensor) -> (scores: Tensor, state: Tensor) {
    let (y, last) = gru(letter(letters), state: state)
    return (output(y), last)
  }

  func start(_ sexes: Tensor) -> Tensor { sex(sexes).expanded(at: 0) }
}

let (one, end, each, writer) = (LastLetter(), Reader(), Reader(), Writer())
let model = Model(
  "forms", ["last_letter": one, "at_end": end, "after_each": each, "writer": writer])
let names = DataSet("../../data/names", fields: ["letter": .u8[16], "sex": .u8])

model.train(on: names, batch: 64, epochs: 10, validation: 0.2) { batch in
  let letters = batch.letter.cast(to: .i32).transposed()[..<longest]
  let sex = batch.sex.cast(to: .i32)
  let count = sex.shape[0]
  let isLetter = letters .!= 0
  let lengths = isLetter.countNonZero(axis: 0).cast(to: .i32)

  // One to one, many to one.
  let (lastScores, endScores) = (one(letters, lengths), end.atEnd(letters, lengths))
  let labelLoss = crossEntropy(lastScores, sex) + crossEntropy(endScores, sex)

  // Many to many: every letter has the same target.
  let scores = each.afterEach(letters)
  let targets = select(isLetter, sex, -1)
  let eachLoss = crossEntropy(
    scores.reshaped([-1, 2]), targets.flattened(), ignoring: -1)

  // One to many: each letter, and the 0 behind the last one, from those before.
  let before = concatenate([zeros([1, count], .i32), letters[..<(longest - 1)]])
  let isCounted = concatenate([ones([1, count], .bool), isLetter[..<(longest - 1)]])
  let following = select(isCounted, letters, -1)
  let writerLoss = crossEntropy(
    writer.next(before, writer.start(sex)).scores.reshaped([-1, 27]), following.flattened(),
    ignoring: -1)

  let loss = labelLoss + eachLoss + writerLoss
  let rate = Schedule.cosine(from: 4e-3)
  Adam(rate: rate, clip: .norm(1))
    .minimize(loss, one.parameters + end.parameters + each.parameters + writer.parameters)

  var outputs: Outputs = [
    "loss": loss, "last_letter": accuracy(lastScores, sex), "at_end": accuracy(endScores, sex),
    "letter_nats": writerLoss,
  ]
  // How many guesses are right after some letters, of the names that have as many.
  for place in [1, 2, 4, 6] {
    let isThere = isLetter[place - 1].cast(to: .f32)
    let isRight = (scores[place - 1].argmax() .== sex).cast(to: .f32)
    outputs.append("after_\(place)", .ratio((isRight * isThere).sum(), isThere.sum()))
  }
  return outputs
}

let temperature = model.setting("temperature", 0.7, help: "how bold names are")

// Sixteen names, eight of each sex.
model.sample {
  let sexes = range(16).divided(by: 8, rounding: .down)
  let start = [writer.start(sexes), zeros([1, 16], .i32)]
  let letters = scan(start, steps: longest) { step in
    let (scores, state) = writer.next(step.carries[1], step.carries[0])
    let drawn = randomCategorical(logits: scores / temperature.value)
    // A name that is over stays so.
    let isOver = (step.carries[1] .== 0) .&& (step.index .> 0)
    let letter = select(isOver, 0, drawn)
    return ([state, letter], [letter.squeezed(0)])
  }.outputs[0]
  return [
    "female": .text(letters[.all, ..<8].transposed(), of: alphabet),
    "male": .text(letters[.all, 8...].transposed(), of: alphabet),
  ]
}
