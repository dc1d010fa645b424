// Sentiment (many to one): sentences of reviews are negative, neutral or positive. A bag of words
// adds up what each word says; an LSTM in both directions reads them in order.

import GraphKit

let classes = ["negative", "neutral", "positive"]
let (words, size, hidden) = (1892, 32, 32)

/// The mean of the words, whatever their order.
struct Bag: Module {
  let embedding = Embedding(words, size, padding: 0, initialiser: .normal(deviation: 0.1))
  let output = Sequential {
    Dropout(0.5); Dense(size, 3)
  }

  func callAsFunction(_ word: Tensor, _ length: Tensor) -> Tensor {
    let sum = embedding(word).sum(axis: 1)
    return output(sum / length.cast(to: .f32).expanded(at: 1))
  }
}

/// The last states of both directions.
struct Reader: Module {
  let embedding = Embedding(words, size, padding: 0, initialiser: .normal(deviation: 0.1))
  let dropout = Dropout(0.5)
  let lstm = LSTM(size, hidden, batchFirst: true, bidirectional: true)
  let output = Sequential {
    Dropout(0.5); Dense(2 * hidden, 3)
  }

  func callAsFunction(_ word: Tensor, _ length: Tensor) -> Tensor {
    let last = lstm(dropout(embedding(word)), lengths: length).state.hidden
    return output(concatenate([last[0], last[1]], axis: 1))
  }
}

let (bag, reader) = (Bag(), Reader())
let model = Model("sentiment", ["bag": bag, "reader": reader])
let reviews = DataSet(
  "../../data/reviews", fields: ["word": .i16[40], "length": .u8, "label": .u8])

model.train(on: reviews, batch: 32, epochs: 12, validation: 0.5) { batch in
  let (word, length) = (batch.word.cast(to: .i32), batch.length.cast(to: .i32))
  let (scores, bagScores) = (reader(word, length), bag(word, length))
  let loss = crossEntropy(scores, batch.label)
  let bagLoss = crossEntropy(bagScores, batch.label)
  let rate = Schedule.cosine(from: 3e-3, warmUp: 0.1)
  AdamW(rate: rate, weightDecay: 0.1, clip: .norm(1)).minimize(loss, reader.parameters)
  AdamW(rate: rate * 3, weightDecay: 0.1).minimize(bagLoss, bag.parameters)
  return [
    "loss": loss, "bag_loss": bagLoss,
    "accuracy": accuracy(scores, batch.label), "bag_accuracy": accuracy(bagScores, batch.label),
    "f1": .f1(scores, batch.label, average: .weighted),
    "bag_f1": .f1(bagScores, batch.label, average: .weighted),
  ]
}

model.infer(Input("word", [1, 40], .i32), Input("length", [1], .i32)) { word, length in
  let scores = reader(word, length)
  return ["sentiment": .names(scores.argmax(), classes), "probability": softmax(scores)]
}
