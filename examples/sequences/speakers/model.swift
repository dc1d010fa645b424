// Which of nine men says "ae" (Kudo, Toyama and Shimbo, 1999): a GRU hears 7 to 29 frames of
// real speech, 12 cepstral coefficients each, in both directions.

import GraphKit

struct Listener: Module {
  let mask = Dropout(0.25)
  let gru = GRU(12, 48, batchFirst: true, bidirectional: true)
  let dropout = Dropout(0.5)
  let speaker = Dense(2 * 48, 9)

  /// Scores of the speakers, from frames [n, 29, 12], of which `lengths` are there.
  func callAsFunction(_ frames: Tensor, lengths: Tensor) -> Tensor {
    // Beyond its length an utterance yields zeros, so the sum is over what is there.
    let heard = gru(mask(frames * 3), lengths: lengths).output
    let mean = heard.sum(axis: 1) / lengths.cast(to: .f32).expanded(at: 1)
    return speaker(dropout(mean))
  }
}

let net = Listener()
let model = Model("speakers", net)

// The split is the published one: 270 utterances to train on, 370 held out.
let vowels = DataSet(
  "../../data/japanese-vowels", fields: ["frame": .f16[29, 12], "length": .u8, "speaker": .u8])

model.train(on: vowels, batch: 30, epochs: 60, validation: 0.5) { batch in
  let lengths = batch.length.cast(to: .i32)
  let scores = net(batch.frame.cast(to: .f32), lengths: lengths)
  let loss = crossEntropy(scores, batch.speaker, labelSmoothing: 0.1)
  Adam(rate: .cosine(from: 5e-3)).minimize(loss, net.parameters)
  return [
    "loss": loss, "accuracy": accuracy(scores, batch.speaker),
    "confusion": .confusion(scores, batch.speaker),
  ]
}

model.infer(Input("frame", [1, 29, 12]), Input("length", [1], .i32)) { frame, length in
  ["probability": softmax(net(frame, lengths: length))]
}
