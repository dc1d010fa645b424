// A recurrent net that learns to spell: an LSTM reads a rhyme letter by letter and says which
// letter comes next; 'sample' writes one of its own. After 'speller-train',
//
//   speller-infer sample --weights runs/speller-1/weights/last.safetensors \
//       --output text=-.txt

import GraphKit

// "This Is the House That Jack Built", a rhyme that grows with each verse.
let verses = [
  "lay in the house that jack built.", "ate the malt", "killed the rat", "worried the cat",
  "tossed the dog", "milked the cow with the crumpled horn", "kissed the maiden all forlorn",
  "married the man all tattered and torn", "woke the priest all shaven and shorn",
  "kept the cock that crowed in the morn",
]
let things = [
  "malt", "rat", "cat", "dog", "cow with the crumpled horn", "maiden all forlorn",
  "man all tattered and torn", "priest all shaven and shorn", "cock that crowed in the morn",
  "farmer sowing his corn",
]
let text = things.indices.map { last in
  "this is the \(things[last])\n"
    + verses[...last].reversed().map { "that \($0)\n" }.joined() + "\n"
}.joined()

let letters = Array("\n abcdefghijklmnopqrstuvwxyz.")
let (hidden, batch, steps) = (96, 8, 32)

struct Speller: Module {
  let embedding = Embedding(letters.count, 16)
  let lstm = LSTM(16, hidden)
  let output = Dense(hidden, letters.count)

  func callAsFunction(_ x: Tensor, state: LSTM.State?) -> (scores: Tensor, state: LSTM.State) {
    let (y, last) = lstm(embedding(x), state: state)
    return (output(y), last)
  }
}

let net = Speller()
let model = Model("speller", net)

/// The numbers of the letters of the rhyme.
func rhyme() -> Tensor {
  Tensor(text.compactMap { letter in letters.firstIndex(of: letter).map(Double.init) }, .i32)
}

model.train(epochs: 6, steps: 100) {
  // Pieces from anywhere, [steps + 1, batch].
  let start = randomUniform([batch], 0...Double(text.count - steps - 1)).cast(to: .i32)
  let piece = rhyme().gather(start + range(steps + 1).expanded(at: 1))
  let (x, next) = (piece.sliced(0, 0..<steps), piece.sliced(0, 1..<(steps + 1)))
  let scores = net(x, state: nil).scores
  let loss = crossEntropy(scores.reshaped([steps * batch, letters.count]), next.flattened())
  Adam(rate: 5e-3, clip: .norm(1)).minimize(loss, net.parameters)
  return ["loss": loss]
}

// 400 letters, each drawn by its probability; a lower temperature takes fewer risks.
let temperature = model.setting("temperature", 0.5, help: "how bold 'sample' is")

model.sample {
  let none = zeros([1, 1, hidden])
  let start = zeros([1, 1], .i32)
  let result = scan([none, none, start], steps: 400) { step in
    let state = (hidden: step.carries[0], cell: step.carries[1])
    let (scores, next) = net(step.carries[2], state: state)
    // The largest of scores with Gumbel's noise is drawn by the probabilities.
    let noise = -log(-log(randomUniform(scores.shape)))
    let letter = (scores / temperature.value + noise).argmax()
    return ([next.hidden, next.cell, letter], [letter.flattened()])
  }
  let codes = Tensor(letters.compactMap { $0.asciiValue.map(Double.init) }, .u8)
  return ["text": codes.gather(result.outputs[0].flattened())]
}
