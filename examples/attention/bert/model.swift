// BERT (Devlin et al., 2018) on a small language. It learns from plain text which words are masked
// and whether one sentence follows another; then topics and parts of speech from six labelled
// sentences, and to answer questions from 500.

import GraphKit
import Zoo

// Six nouns, the last two of which are verbs as well; three adjectives; two more verbs.
let topics = [
  "farmer cow goat hen plant water old hungry brown feed milk",
  "sailor captain fish whale ship anchor wet brave deep sail catch",
  "cook guest knife soup butter salt hot sweet fresh boil taste",
  "teacher pupil pen book mark paper wise lazy new read teach",
]
let names =
  ["", "[cls]", "[sep]", "[mask]", "the", "must", ".", "who", "?"]
  + topics.flatMap { $0.split(separator: " ").map { String($0) } }

struct Net: Module {
  let bert = BERT(
    BERT.Form(width: 64, depth: 2, heads: 4, hidden: 128, vocabulary: 53, context: 25), dropout: 0)
  let topic = Dense(64, 4)
  let tag = Dense(64, 4)
  let span = Dense(64, 2)
  /// What decides the labelled texts, whose topics take turns.
  let labelled = Parameter.statistic(
    [500, 18], .i32,
    initialiser: Initialiser { _ in
      select(range(18) .== 7, (range(500) % 4).expanded(at: 1), choices(500))
    })
}

let net = Net()
let model = Model("bert", net)

/// Numbers from which a text is made: 8 for each of two sentences, and 2 more.
func choices(_ count: Int) -> Tensor { randomIntegers([count, 18], 0..<12) }

/// The same words [n, words.count] for all texts.
func constant(_ words: [Double], like c: Tensor) -> Tensor {
  Tensor([words], .i32).broadcast(to: [c.shape[0], words.count])
}

/// "the old farmer must feed the hungry goat ." in 9 places; there may be no adjectives, 0.
func sentence(_ c: Tensor, topic: Tensor) -> Tensor {
  let word = { (index: Tensor) in (topic * 11 + index + 9).expanded(at: 1) }
  let adjective = { (i: Int) in
    select((c[.all, i] % 2 .== 0).expanded(at: 1), word(c[.all, i + 1] % 3 + 6), Tensor(0, .i32))
  }
  let verb = word(Tensor([4, 5, 9, 10], .i32).gather(c[.all, 1] % 4))
  let the = constant([4], like: c)
  return concatenate([
    the, adjective(2), word(c[.all, 0] % 6), constant([5], like: c), verb, the, adjective(4),
    word(c[.all, 6] % 6), constant([6], like: c),
  ], axis: 1)
}

/// A text of two parts, without gaps. What holds for a place before them is moved with its word.
struct Text {
  let tokens, segments: Tensor
  let moved: (Tensor) -> Tensor

  init(_ first: [Tensor], _ second: [Tensor]) {
    let all = concatenate(first + second, axis: 1)
    let order = (all .== 0).cast(to: .i32).argsort()
    moved = { $0.broadcast(to: all.shape).takeAlongAxis(order) }
    let length = first.reduce(0) { $0 + $1.shape[1] }
    tokens = moved(all)
    segments = moved((range(all.shape[1]) .>= length).cast(to: .i32))
  }

  var seen: Tensor { tokens .!= 0 }
  var states: Tensor { net.bert.bert(tokens, segments: segments, seen: seen) }
}

func mean(_ x: Tensor, over mask: Tensor) -> Tensor {
  (x.cast(to: .f32) * mask.cast(to: .f32)).sum() / mask.cast(to: .f32).sum()
}

// The first training: no labels but those that are in the text.
model.phase("text", epochs: 20, steps: 120) {
  let c = choices(32)
  let first = c[.all, 7] % 4
  let isNext = c[.all, 16] % 2
  let second = (first + (1 - isNext) * (c[.all, 17] % 3 + 1)) % 4
  let (start, end) = (constant([1], like: c), constant([2], like: c))
  let text = Text(
    [start, sentence(c, topic: first), end], [sentence(c[.all, 8..<16], topic: second), end])

  // 15 % of the words: of these, 80 % are masked, 10 % are others, 10 % stay.
  let isAsked = (text.tokens .> 3) .&& (randomUniform(text.tokens.shape) .< 0.15)
  let chance = randomUniform(text.tokens.shape)
  let others = randomIntegers(text.tokens.shape, 4..<53)
  let changed = select(chance .< 0.8, 3, select(chance .< 0.9, others, text.tokens))
  let (words, follows) = net.bert(
    select(isAsked, changed, text.tokens), segments: text.segments, seen: text.seen)

  let losses = crossEntropy(words.transposed([0, 2, 1]), text.tokens, reduction: .none)
  let loss = mean(losses, over: isAsked) + crossEntropy(follows, 1 - isNext)
  AdamW(rate: .cosine(from: 3e-3, warmUp: 0.1), beta2: 0.98, clip: .norm(1))
    .minimize(loss, net.bert.parameters)
  return [
    "loss": loss, "words": mean(words.argmax() .== text.tokens, over: isAsked),
    "next": accuracy(follows, 1 - isNext),
  ]
}

/// Goes on with some labelled texts, again and again, and evaluates others.
func fineTune(
  _ name: String, labelled count: Int, epochs: Int,
  _ score: @escaping (Tensor) -> (loss: Tensor, right: Tensor)
) {
  model.phase(name, epochs: epochs, steps: 50) {
    let (loss, right) = score(net.labelled.value[randomIntegers([32], 0..<count)])
    AdamW(rate: .linear(from: 1e-3)).minimize(loss, net.parameters, unused: .skip)
    return ["loss": loss, name: right]
  } evaluate: {
    let (loss, right) = score(choices(500))
    return ["loss": loss, name: right]
  }
}

func single(_ c: Tensor) -> Text {
  let sentence = sentence(c, topic: c[.all, 7] % 4)
  return Text([constant([1], like: c), sentence, constant([2], like: c)], [])
}

// Which of four topics a sentence has.
fineTune("topic", labelled: 6, epochs: 2) { c in
  let logits = net.topic(net.bert.bert.pooled(single(c).states))
  return (crossEntropy(logits, c[.all, 7] % 4), accuracy(logits, c[.all, 7] % 4))
}

// Noun, verb, adjective, or none of these.
fineTune("tag", labelled: 6, epochs: 2) { c in
  let text = single(c)
  let tags = text.moved(Tensor([0, 0, 3, 1, 0, 2, 0, 3, 1, 0, 0], .i32))
  let logits = net.tag(text.states)
  let losses = crossEntropy(logits.transposed([0, 2, 1]), tags, reduction: .none)
  let isWord = text.tokens .>= 9
  return (mean(losses, over: isWord), mean(logits.argmax() .== tags, over: isWord))
}

// "who must feed ?" and two sentences: from where to where the answer stands.
fineTune("answer", labelled: 500, epochs: 10) { c in
  let first = c[.all, 7] % 4
  let other = c[.all, 8..<16]
  let both = [
    sentence(c, topic: first), sentence(other, topic: (first + c[.all, 17] % 3 + 1) % 4),
  ]
  let isSecond = (c[.all, 16] % 2).expanded(at: 1)
  let verb = select(isSecond .== 1, both[1][.all, 4..<5], both[0][.all, 4..<5])
  let question = [constant([1, 7, 5], like: c), verb, constant([8, 2], like: c)]
  let text = Text(question, both + [constant([2], like: c)])
  let place = { (i: Int) in text.moved((range(25) .== 9 * isSecond + i).cast(to: .i32)).argmax() }
  let (start, end) = (place(6), place(8))

  let logits = net.span(text.states) + select(text.seen, 0, -1e9).expanded(at: -1)
  let isRight = (logits[..., 0].argmax() .== start) .&& (logits[..., 1].argmax() .== end)
  return (
    crossEntropy(logits[..., 0], start) + crossEntropy(logits[..., 1], end),
    isRight.cast(to: .f32).mean()
  )
}
