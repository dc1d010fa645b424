// Measures of text: BLEU (Papineni et al., 2002), word and character errors, perplexity. Texts are
// rows of whole numbers, words or characters, filled up with -1.

import GraphKit

let model = Model("text")

let guesses = [
  "the cat sat on the mat today", "there is a cat on a mat near the door",
  "he reads the book because he was interested in world history",
]
let references = [
  ["the cat is sitting on the mat today", "a cat sat on the mat today"],
  ["there is a cat on the mat by the door", "a cat is near the door"],
  [
    "he was interested in world history because he read the book",
    "he reads a book because he was interested in history",
  ],
]

/// The words that occur, by number.
let vocabulary = Set((guesses + references.flatMap { $0 }).flatMap(words)).sorted()

func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

/// Rows of numbers of the same length.
func rows(_ texts: [[Int]]) -> Tensor {
  let most = texts.map(\.count).max() ?? 0
  return Tensor(
    texts.map { $0.map(Double.init) + Array(repeating: -1, count: most - $0.count) }, .i32)
}

func wordRows(_ texts: [String]) -> Tensor {
  rows(texts.map { words($0).map { vocabulary.firstIndex(of: $0)! } })
}

func characterRows(_ texts: [String]) -> Tensor {
  rows(texts.map { $0.unicodeScalars.map { Int($0.value) } })
}

model.infer {
  let guess = wordRows(guesses)
  let both = (0..<2).map { i in wordRows(references.map { $0[i] }) }
  let first = references.map { $0[0] }
  return [
    "bleu_1": .bleu(guess, both, padding: -1, words: 1),
    "bleu_2": .bleu(guess, both, padding: -1, words: 2),
    "bleu_3": .bleu(guess, both, padding: -1, words: 3),
    "bleu_4": .bleu(guess, both, padding: -1),
    "word_error": .errorRate(guess, both[0], padding: -1),
    "character_error": .errorRate(characterRows(guesses), characterRows(first), padding: -1),
  ]
}

// Perplexity, exp of the mean cross entropy: of a model that is sure of one of 4 words, and of the
// letters a and b with the chances 3/4 and 1/4, if the model knows these chances.
model.function("perplexity") {
  let text = Tensor([0, 0, 1, 0, 0, 1, 0, 0], .i32)
  return [
    "uniform": .perplexity(zeros([8, 4]), text),
    "known": .perplexity(log(Tensor([0.75, 0.25])).broadcast(to: [8, 2]), text),
  ]
}
