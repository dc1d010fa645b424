// Spoken digits: sound becomes cepstral coefficients, and an LSTM in both directions says at each
// step which digit it hears, if any. Single digits teach it step by step (Graves and Schmidhuber,
// 2005); strings by connectionist temporal classification (Graves et al., 2006), which needs nobody
// to say where in the sound a digit is.

import GraphKit

let names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
let digits = DataSet.sounds("../../data/spoken/digits", samples: 6000, classes: names)
let strings = DataSet.npz(
  "../../data/spoken/train.npz", fields: ["sound": .u8[18_000], "digit": .u8[5], "length": .u8]
).held(out: "held.npz")

struct Listener: Module {
  let norm = BatchNorm1D(13)
  let ear = Conv1D(13, 64, kernel: 5, stride: 2, padding: 2)
  let lstm = LSTM(64, 64, bidirectional: true)
  let dropout = Dropout(0.3)
  let output = Dense(128, 1 + names.count)

  /// Log-probabilities of the blank and the digits, 40 times a second, [steps, n, 11], from sounds
  /// [n, samples].
  func callAsFunction(_ sound: Tensor) -> Tensor {
    let noisy = sound + randomNormal(like: sound) * 0.01
    let frames = norm(
      mfcc(noisy, sampleRate: 8000, coefficients: 13, size: 200, hop: 100, mels: 32))
    let heard = lstm(relu(ear(frames)).transposed([2, 0, 1]))
    return logSoftmax(output(dropout(heard)))
  }
}

let net = Listener()
let model = Model("speech", net)

/// What is said in a sound: digits [n, most], of which `lengths` count.
typealias Speech = (sound: Tensor, digits: Tensor, lengths: Tensor)

/// The last sample of recordings, [..., 6000], behind which there are zeros.
func ends(_ recordings: Tensor) -> Tensor {
  select(recordings .!= 0, range(6000, .f32), 0).max(axis: -1)
}

/// Strings of one to four recordings, each faster or slower, with pauses between them.
func joined(_ sound: Tensor, _ label: Tensor) -> Speech {
  let recordings = sound.reshaped([-1, 4, 6000])
  let n = recordings.shape[0]
  let lengths = randomIntegers([n], 1..<5)
  let isSaid = range(4) .< lengths.expanded(at: 1)
  let last = ends(recordings)
  let rate = randomUniform([n, 4], 0.85...1.2)
  let next = (last / rate + randomUniform([n, 4], 0...800)).cumulativeSum(axis: 1)
  let start = next.padded([(0, 0), (1, -1)])
  let place = (range(18_000, .f32) - start.expanded(at: 2)) * rate.expanded(at: 2)
  let isInside = (place .>= 0) .&& (place .<= last.expanded(at: 2)) .&& isSaid.expanded(at: 2)
  let parts = recordings.takeAlongAxis(place.cast(to: .i32))
  return (select(isInside, parts, 0).sum(axis: 1), label.cast(to: .i32).reshaped([n, 4]), lengths)
}

func loss(_ said: Speech) -> Tensor {
  let scores = net(said.sound)
  let steps = full([scores.shape[1]], Double(scores.shape[0]), .i32)
  return ctcLoss(scores, said.digits + 1, inputLengths: steps, targetLengths: said.lengths)
}

/// Of all digits that are said, how many are wrong, missing or made up; how many strings are right.
func errors(_ said: Speech) -> (digits: OutputValue, strings: Tensor) {
  let (heard, lengths) = ctcGreedyDecode(net(said.sound))
  let distance = heard.editDistance(
    to: said.digits + 1, lengths: lengths, targetLengths: said.lengths
  ).cast(to: .f32)
  let digits = Measure.ratio(distance.sum(), said.lengths.cast(to: .f32).sum())
  return (digits, (distance .== 0).cast(to: .f32).mean())
}

/// A single digit is to be heard at each step, 200 samples long, until it ends.
func framewise(_ batch: Batch) -> Tensor {
  let scores = net(batch.sound)
  let isDigit = (range(scores.shape[0]) * 200).expanded(at: 1) .< ends(batch.sound)
  let target = select(isDigit, batch.label.cast(to: .i32) + 1, 0)
  return nll(scores.flattened(to: 1), target.flattened())
}

model.phase("digits", on: digits, batch: 20, epochs: 30) { batch in
  let loss = framewise(batch)
  Adam(rate: .oneCycle(peak: 5e-3), clip: .norm(1)).minimize(loss, net.parameters)
  return ["loss": loss]
} evaluate: { batch in
  let label = batch.label.cast(to: .i32)
  let errors = errors((batch.sound, label.expanded(at: 1), ones(like: label)))
  return ["loss": framewise(batch), "digit_error": errors.digits]
}

/// Sounds of bytes, as numbers from -1 to below 1.
func spoken(_ batch: Batch) -> Speech {
  let sound = (batch.sound.cast(to: .f32) - 128) / 128
  return (sound, batch.digit.cast(to: .i32), batch.length.cast(to: .i32))
}

model.phase("strings", on: strings, with: digits.batches(of: 64), batch: 16, epochs: 50) {
  strings, digits in
  let loss = loss(joined(digits.sound, digits.label)) + loss(spoken(strings))
  Adam(rate: .oneCycle(peak: 3e-3), clip: .norm(1)).minimize(loss, net.parameters)
  return ["loss": loss]
} evaluate: { strings in
  let errors = errors(spoken(strings))
  return [
    "loss": loss(spoken(strings)), "digit_error": errors.digits, "strings": errors.strings,
  ]
}

// What is heard in a file, sound=sample.wav.
model.infer(Input("sound", [1, 18_000])) { sound in
  let (heard, _) = ctcGreedyDecode(net(sound))
  return ["digits": .text(heard, of: " 0123456789")]
}
