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

func lengths(_ rows: Tensor) -> Tensor { (rows .>= 0).cast(to: .i32).sum(axis: 1).cast(to: .i32) }

/// Whether the n words from each place of `a`, [b, t], are those from each place of `b`, [b, u].
func equal(_ a: Tensor, _ b: Tensor, _ n: Int) -> Tensor {
  let (x, y) = (a.windows(of: n).expanded(at: 2), b.windows(of: n).expanded(at: 1))
  return (x .== y .&& x .>= 0).all(axis: 3).cast(to: .f32)
}

/// How many pieces of n words are in the references as often as in the guess, and how many there
/// are.
func matches(_ guess: Tensor, _ references: [Tensor], _ n: Int) -> (found: Tensor, all: Tensor) {
  let here = equal(guess, guess, n).sum(axis: 2)
  let there = references.map { equal(guess, $0, n).sum(axis: 2) }.reduce(zeros(like: here), maximum)
  // Each of `here` equal pieces counts min(here, there) / here.
  let found = minimum(here, there) / maximum(here, 1)
  return (found.sum(), step(here - 1).sum())
}

/// The geometric mean of the shares of pieces of 1 to n words, times exp(1 - r / c) if the guesses,
/// of c words, are shorter than the nearest references, of r words.
func bleu(_ guess: Tensor, _ references: [Tensor], _ n: Int) -> Tensor {
  let shares = (1...n).map { n in
    let counts = matches(guess, references, n)
    return log(counts.found / counts.all)
  }
  let own = lengths(guess).cast(to: .f32)
  let other = stack(references.map(lengths), axis: 1).cast(to: .f32)
  let nearest = abs(other - own.expanded(at: 1)).argmin(axis: 1, keep: true)
  let wanted = other.takeAlongAxis(nearest, axis: 1)
  let brevity = minimum(1 - wanted.sum() / own.sum(), 0)
  return exp(stack(shares).mean() + brevity)
}

/// The least changes from the guesses to the references, for each element of the references.
func errorRate(_ guess: Tensor, _ reference: Tensor) -> Tensor {
  let changes = guess.editDistance(
    to: reference, lengths: lengths(guess), targetLengths: lengths(reference))
  return changes.sum().cast(to: .f32) / lengths(reference).sum().cast(to: .f32)
}

model.infer {
  let guess = wordRows(guesses)
  let both = (0..<2).map { i in wordRows(references.map { $0[i] }) }
  let first = references.map { $0[0] }
  return [
    "bleu": stack((1...4).map { bleu(guess, both, $0) }),
    "word_error": errorRate(guess, both[0]),
    "character_error": errorRate(characterRows(guesses), characterRows(first)),
  ]
}

// Perplexity, exp of the mean cross entropy: of a model that is sure of one of 4 words, and of the
// letters a and b with the chances 3/4 and 1/4, if the model knows these chances.
model.function("perplexity") {
  let text = Tensor([0, 0, 1, 0, 0, 1, 0, 0], .i32)
  let same = crossEntropy(zeros([8, 4]), text)
  let known = crossEntropy(log(Tensor([0.75, 0.25])).broadcast(to: [8, 2]), text)
  return ["uniform": exp(same), "known": exp(known)]
}
