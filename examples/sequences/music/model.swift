// Music as notes: an LSTM hears eight tunes in eleven keys and says which note comes next, and how
// long it is. It knows them in a key that it has not heard if a note is the way from the last one;
// --set relative=false makes it a pitch.

import GraphKit

/// Notes as in "c4 d4 e2": a name, with ' for the octave above and , for the one below, and how
/// many quarters of a beat it lasts.
let tunes = [
  // Beethoven, Ode to Joy
  """
  e4 e4 f4 g4 g4 f4 e4 d4 c4 c4 d4 e4 e6 d2 d8 e4 e4 f4 g4 g4 f4 e4 d4 c4 c4 d4 e4 d6 c2 c8
  d4 d4 e4 c4 d4 e2 f2 e4 c4 d4 e2 f2 e4 d4 c4 d4 g,8 e4 e4 f4 g4 g4 f4 e4 d4 c4 c4 d4 e4 d6 c2 c8
  """,
  // Twinkle, twinkle, little star
  """
  c4 c4 g4 g4 a4 a4 g8 f4 f4 e4 e4 d4 d4 c8 g4 g4 f4 f4 e4 e4 d8 g4 g4 f4 f4 e4 e4 d8
  c4 c4 g4 g4 a4 a4 g8 f4 f4 e4 e4 d4 d4 c8
  """,
  // Frère Jacques
  """
  c4 d4 e4 c4 c4 d4 e4 c4 e4 f4 g8 e4 f4 g8 g2 a2 g2 f2 e4 c4 g2 a2 g2 f2 e4 c4 c4 g,4 c8 c4 g,4 c8
  """,
  // Mary had a little lamb
  """
  e4 d4 c4 d4 e4 e4 e8 d4 d4 d8 e4 g4 g8 e4 d4 c4 d4 e4 e4 e4 e4 d4 d4 e4 d4 c8
  """,
  // London Bridge
  """
  g6 a2 g4 f4 e4 f4 g8 d4 e4 f8 e4 f4 g8 g6 a2 g4 f4 e4 f4 g8 d8 g8 e4 c8
  """,
  // Row, row, row your boat
  """
  c6 c6 c4 d2 e6 e4 d2 e4 f2 g8 c'2 c'2 c'2 g2 g2 g2 e2 e2 e2 c2 c2 c2 g4 f2 e4 d2 c8
  """,
  // Au clair de la lune
  """
  c4 c4 c4 d4 e8 d8 c4 e4 d4 d4 c8 c4 c4 c4 d4 e8 d8 c4 e4 d4 d4 c8
  d4 d4 d4 d4 a,8 a,8 d4 c4 b,4 a,4 g,8 c4 c4 c4 d4 e8 d8 c4 e4 d4 d4 c8
  """,
  // Jingle Bells, the chorus
  """
  e4 e4 e8 e4 e4 e8 e4 g4 c6 d2 e8 f4 f4 f6 f2 f4 e4 e4 e2 e2 e4 d4 d4 e4 d8 g8
  e4 e4 e8 e4 e4 e8 e4 g4 c6 d2 e8 f4 f4 f6 f2 f4 e4 e4 e2 e2 g4 g4 f4 d4 c8
  """,
]

let isRelative = option("relative", true, help: "whether a note is the way from the one before")
let lengths = [2.0, 4, 6, 8]  // in quarters of a beat
let scale = ["c", "c#", "d", "d#", "e", "f", "f#", "g", "g#", "a", "a#", "b"]
let (lowest, pitches) = isRelative ? (-19, 39) : (-5, 29)  // half-tones, with room for all keys

/// The notes of all tunes, each as one number of its pitch, above c or above the one before, and
/// its length; 0 ends a tune.
func numbers() -> [Double] {
  var before = 0
  return tunes.flatMap { tune -> [Double] in
    let notes = tune.split(whereSeparator: \.isWhitespace).map { note -> Double in
      let octave = note.contains("'") ? 12 : note.contains(",") ? -12 : 0
      let pitch = (scale.firstIndex(of: String(note.prefix(1))) ?? 0) + octave
      let length = lengths.firstIndex(of: Double(String(note.suffix(1))) ?? 2) ?? 0
      defer { before = pitch }
      let step = (isRelative ? pitch - before : pitch) - lowest
      return Double(1 + step * lengths.count + length)
    }
    return notes + [0]
  }
}

let stream = numbers()
let symbols = 1 + pitches * lengths.count

struct Composer: Module {
  let embedding = Embedding(symbols, 32)
  let lstm = LSTM(32, 128)
  let dropout = Dropout(0.2)
  let output = Dense(128, symbols)

  /// Scores of the note after each of [steps, n].
  func callAsFunction(
    _ notes: Tensor, _ state: LSTM.State?
  ) -> (scores: Tensor, state: LSTM.State) {
    let (hidden, last) = lstm(embedding(notes), state: state)
    return (output(dropout(hidden)), last)
  }
}

let net = Composer()
let model = Model("music", net)

/// Notes in a key, so many half-tones higher.
func transposed(_ notes: Tensor, _ key: Tensor) -> Tensor {
  isRelative ? notes : select(notes .== 0, 0, notes + key * lengths.count)
}

/// The loss of pieces of 33 notes from anywhere, in the given keys, and how many are foretold.
func results(_ key: Tensor) -> (loss: Tensor, accuracy: Tensor) {
  let start = randomIntegers([key.shape[0]], 0..<(stream.count - 33))
  let piece = transposed(Tensor(stream, .i32).gather(start + range(33).expanded(at: 1)), key)
  // The first eight notes say which tune it is, and in which key.
  let scores = net(piece[..<32], nil).scores[8...].flattened(from: 0, to: 1)
  let next = piece[9...].flattened()
  return (crossEntropy(scores, next), accuracy(scores, next))
}

let heldKey = 6
model.train(epochs: 8, steps: 60, evaluation: 10) {
  let key = randomIntegers([32], 0..<11)
  let (loss, accuracy) = results(key + (key .>= heldKey).cast(to: .i32))
  Adam(rate: .cosine(from: 5e-3), clip: .norm(1)).minimize(loss, net.parameters)
  return ["loss": loss, "accuracy": accuracy]
} evaluate: {
  let (loss, accuracy) = results(full([32], Double(heldKey), .i32))
  return ["loss": loss, "accuracy": accuracy]
}

// MARK: Composing

// From three octaves below c on, with each length; the first name is the end of a tune.
let names = ["."] + (-36..<36).flatMap { pitch -> [String] in
  let octave = pitch < 0 ? String(repeating: ",", count: (11 - pitch) / 12) : ""
  let above = String(repeating: "'", count: max(pitch, 0) / 12)
  return lengths.map { scale[(pitch + 36) % 12] + octave + above + "\(Int($0))" }
}
let boldness = model.setting("temperature", 0.7, help: "how much chance there is")

/// Half-tones above c, and which of the lengths.
func pitchesAndLengths(_ notes: Tensor) -> (pitch: Tensor, length: Tensor) {
  let note = maximum(notes - 1, 0)
  let step = select(notes .== 0, 0, note.divided(by: lengths.count, rounding: .down) + lowest)
  return (isRelative ? step.cumulativeSum().cast(to: .i32) : step, note % lengths.count)
}

/// A picture of notes: half-tones upwards from 7 below c, four pixels for a quarter of a beat.
func drawn(_ notes: Tensor) -> Tensor {
  let (pitch, length) = pitchesAndLengths(notes)
  let ends = Tensor(lengths).gather(length).cumulativeSum()
  let time = range(768, .f32) / 4
  let place = ends.searchSorted(time, right: true)
  let row = (16 - range(24)).expanded(at: 1)
  let isHeard = (pitch.gather(place) .== row) .&& (ends.gather(place) - time .> 0.5)
  let paper = 1 - 0.2 * (row % 12 .== 0).cast(to: .f32)  // a line for each c
  return select(isHeard, 0, paper).repeatedEach(8, axis: 0).reshaped([1, 1, 192, 768])
}

/// Sounds of notes at 8000 samples a second: plucked strings, which fade.
func played(_ notes: Tensor, samples: Int) -> Tensor {
  let (pitch, length) = pitchesAndLengths(notes)
  let duration = Tensor(lengths).gather(length) * 1000  // samples
  let ends = duration.cumulativeSum()
  let time = range(samples, .f32)
  let place = ends.searchSorted(time, right: true)
  let since = (time - (ends - duration).gather(place)) / 8000  // seconds
  let frequency = 440 * exp2((pitch - 9).cast(to: .f32) / 12).gather(place)
  let phase = since * frequency * (2 * Double.pi)
  let tone = sin(phase) + sin(2 * phase) / 2 + sin(3 * phase) / 4
  let loudness = (notes .!= 0).cast(to: .f32).gather(place) / 2
  return tone * exp(-since * 4) * minimum(since * 200, 1) * loudness
}

// 64 notes after the end of a tune, each drawn by its probability.
model.sample {
  let none = zeros([1, 1, 128])
  let notes = scan([none, none, zeros([1, 1], .i32)], steps: 64) { step in
    let state = (hidden: step.carries[0], cell: step.carries[1])
    let (scores, next) = net(step.carries[2], state)
    let note = randomCategorical(logits: scores / boldness.value)
    return ([next.hidden, next.cell, note], [note.flattened()])
  }.outputs[0].flattened()
  let (pitch, length) = pitchesAndLengths(notes)
  let named = select(notes .== 0, 0, 1 + (pitch + 36) * lengths.count + length)
  return [
    "notes": .names(named.reshaped([4, 16]), names, separator: " "),
    "sound": played(notes, samples: 160_000), "image": drawn(notes),
  ]
}
