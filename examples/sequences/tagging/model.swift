// Tagging (many to many): an LSTM in both directions gives each word of a sentence its part of
// speech, and finds the names of persons. A conditional random field (Huang, Xu and Yu, 2015)
// judges the tags of a whole sentence; softmax, for comparison, each on its own.

import GraphKit

let tags = [
  "NAME", "NOUN", "VERB", "AUX", "DET", "ADJ", "ADV", "PREP", "PRON", "NUM", "CONJ", "POSS", "MARK",
]
let people = ["-", "begins", "goes on"]
let (words, size, hidden) = (847, 32, 32)

struct Tagger: Module {
  let embedding = Embedding(words, size)
  let dropout = Dropout(0.3)
  let lstm = LSTM(size, hidden, bidirectional: true)
  let output = Dense(2 * hidden, tags.count + people.count)
  let tagField = ConditionalRandomField(tags.count)
  let personField = ConditionalRandomField(people.count)

  /// The scores of tags and of persons for words [steps, sentences].
  func callAsFunction(_ word: Tensor, _ lengths: Tensor) -> (tag: Tensor, person: Tensor) {
    let y = lstm(dropout(embedding(word)), lengths: lengths).output
    let parts = output(dropout(y)).split([tags.count, people.count], axis: -1)
    return (parts[0], parts[1])
  }
}

let (crf, softmaxed) = (Tagger(), Tagger())
let model = Model("tagging", ["crf": crf, "softmax": softmaxed])
let sentences = DataSet(
  "../../data/tagging",
  fields: ["word": .i16[20], "tag": .u8[20], "person": .u8[20], "length": .u8])

/// The F1 of persons, found if they begin and end where they should.
func found(_ person: Tensor, _ truth: Tensor, _ isThere: Tensor) -> Measure {
  // How often 'goes on' follows each place.
  func rest(_ labels: Tensor) -> Tensor {
    scan(zeros([labels.shape[1]], .i32), over: labels, reversed: true) { count, label in
      (select(label .== 2, count + 1, 0), count)
    }.outputs
  }
  func count(_ isTrue: Tensor) -> Tensor { (isTrue .&& isThere).cast(to: .f32).sum() }
  let (begins, should) = (person .== 1, truth .== 1)
  let right = count(begins .&& should .&& (rest(person) .== rest(truth)))
  return .ratio(2 * right, count(begins) + count(should))
}

/// A step on a batch, in which a net sees these words.
func step(_ batch: Batch, _ word: Tensor) -> Outputs {
  let lengths = batch.length.cast(to: .i32)
  let tag = batch.tag.cast(to: .i32).transposed()
  let person = batch.person.cast(to: .i32).transposed()
  let isThere = range(20).expanded(at: 1) .< lengths
  let count = lengths.sum().cast(to: .f32)

  // The log-probability of all tags of a sentence.
  let scores = crf(word, lengths)
  let tagChance = crf.tagField.logProbability(scores.tag, tag, lengths: lengths)
  let personChance = crf.personField.logProbability(scores.person, person, lengths: lengths)
  let loss = -(tagChance + personChance).sum() / count
  Adam(rate: .cosine(from: 5e-3), clip: .norm(1)).minimize(loss, crf.parameters)

  // Those of single words.
  let single = softmaxed(word, lengths)
  func error(_ scores: Tensor, _ labels: Tensor) -> Tensor {
    let targets = select(isThere, labels, -1).flattened()
    return crossEntropy(scores.flattened(to: 1), targets, ignoring: -1)
  }
  let singleLoss = error(single.tag, tag) + error(single.person, person)
  Adam(rate: .cosine(from: 5e-3), clip: .norm(1))
    .minimize(singleLoss, softmaxed.parameters, unused: .skip)

  let best = crf.tagField.best(scores.tag, lengths: lengths).labels
  let bestPerson = crf.personField.best(scores.person, lengths: lengths).labels
  func share(_ labels: Tensor, of isCounted: Tensor) -> Measure {
    let isRight = (labels .== tag) .&& isCounted
    return .ratio(isRight.cast(to: .f32).sum(), isCounted.cast(to: .f32).sum())
  }
  let isUnknown = isThere .&& (word .== 1)
  return [
    "loss": loss, "softmax_loss": singleLoss,
    "tag": share(best, of: isThere), "softmax_tag": share(single.tag.argmax(), of: isThere),
    "unknown": share(best, of: isUnknown),
    "softmax_unknown": share(single.tag.argmax(), of: isUnknown),
    "person": found(bestPerson, person, isThere),
    "softmax_person": found(single.person.argmax(), person, isThere),
  ]
}

// In training every tenth word is the unknown one, so that its neighbours must say what it is.
model.train(on: sentences, batch: 25, epochs: 12, validation: 0.4) { batch in
  let word = batch.word.cast(to: .i32).transposed()
  return step(batch, select(randomBool(word.shape, probability: 0.1), 1, word))
} evaluate: { batch in
  step(batch, batch.word.cast(to: .i32).transposed())
}

model.infer(Input("word", [1, 6], .i32)) { word in
  let lengths = full([1], 6, .i32)
  let scores = crf(word.transposed(), lengths)
  return [
    "tag": .names(crf.tagField.best(scores.tag).labels.transposed(), tags),
    "person": .names(crf.personField.best(scores.person).labels.transposed(), people),
  ]
}
