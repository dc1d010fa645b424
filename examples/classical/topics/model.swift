// Latent Dirichlet allocation: words of a text come from topics, and each text has a mixture of its
// own. Ten bars found by Gibbs sampling and by variational inference, and topics of the Bible.

import GraphKit

let (texts, length) = (500, 100)

/// Ten topics over 5 x 5 words: a bar in each row and each column (Griffiths and Steyvers 2004).
func bars() -> Tensor {
  let (line, all) = (eye(5), ones([5, 5]))
  let rows = einsum("ir,rc->irc", line, all)
  return concatenate([rows, rows.transposed([0, 2, 1])]).reshaped([10, 25]) / 5
}

/// The words of 500 texts of 100 words, drawn from the bars.
func corpus() -> Tensor {
  let mixture = randomDirichlet(ones([texts, 10]))
  let chances = log(mixture).expanded(at: 1).broadcast(to: [texts, length, 10])
  let topic = randomCategorical(logits: chances)
  return randomCategorical(logits: log(bars() + 1e-20).gather(topic))
}

/// How well topics [k, words] show the bars: the least and the mean cosine between a bar and the
/// topic nearest to it.
func found(_ topics: Tensor) -> (least: Tensor, mean: Tensor) {
  let cosine = topics.normalized().matmul(bars().normalized().transposed()).max(axis: 0)
  return (cosine.min(), cosine.mean())
}

/// Draws in turn the topic of each word, the mixture of each text and the words of each topic.
struct Gibbs: Module {
  let mixture = Parameter.statistic(
    [texts, 10], initialiser: Initialiser { _ in randomDirichlet(ones([texts, 10])) })
  let topics = Parameter.statistic(
    [10, 25], initialiser: Initialiser { _ in randomDirichlet(ones([10, 25])) })
  let mean = Parameter.statistic([10, 25])

  func sweep(_ words: Tensor, alpha: Double = 1, beta: Double = 0.1) -> Tensor {
    // log p(z = k) = log mixture_dk + log topic_kw.
    let ofTopics = log(topics.value).transposed().gather(words)
    let scores = log(mixture.value).expanded(at: 1) + ofTopics
    let topic = randomCategorical(logits: scores).oneHot(10).cast(to: .f32)
    let ofWords = einsum("dnk,dnw->kw", topic, words.oneHot(25).cast(to: .f32))
    mixture.assign(clamp(randomDirichlet(topic.sum(axis: 1) + alpha), 1e-30...))
    topics.assign(clamp(randomDirichlet(ofWords + beta), 1e-30...))
    return -scores.logSumExp(axis: -1).mean()
  }
}

/// Coordinate ascent (Blei, Ng and Jordan 2003): gamma is the Dirichlet of each text, lambda that
/// of each topic. It ends in a maximum that depends on the start, so it has several starts, of
/// which the one with the best bound counts.
struct Variational: Module {
  let lambda: Parameter  // [starts, topics, words]
  let best = Parameter.statistic([], .i32)

  init(starts: Int, topics: Int, words: Int) {
    lambda = .statistic(
      [starts, topics, words],
      initialiser: Initialiser { type in randomGamma(type.shape, shape: 100) / 100 })
  }

  var topics: Tensor {
    let lambda = lambda.value.gather(best.value)
    return lambda / lambda.sum(axis: 1, keep: true)
  }

  // E log of shares with a Dirichlet distribution.
  private func expected(_ x: Tensor) -> Tensor {
    digamma(x) - digamma(x.sum(axis: -1, keep: true))
  }

  private func bound(_ x: Tensor, _ logs: Tensor, _ prior: Double) -> Tensor {
    let size = Double(x.shape[2])
    let each = (prior - x) * logs + lgamma(x) - lgamma(Tensor(prior))
    let rows = lgamma(Tensor(prior * size)) - lgamma(x.sum(axis: 2))
    return each.sum(axes: [1, 2]) + rows.sum(axis: 1)
  }

  /// One round over counts [texts, words]; returns the bound of -log p for each word, by start.
  func learn(_ counts: Tensor, alpha: Double, beta: Double) -> Tensor {
    let logTopics = expected(lambda.value)
    let b = exp(logTopics)
    let (starts, count) = (lambda.shape[0], lambda.shape[1])
    let gamma = scan([ones([starts, counts.shape[0], count])], steps: 30) { step in
      let t = exp(expected(step.carries[0]))
      return ([alpha + t * (counts / (t.matmul(b) + 1e-30)).matmul(b.transposed())], [])
    }.carries[0]
    let logMixture = expected(gamma)
    let t = exp(logMixture)
    let chance = t.matmul(b) + 1e-30
    let total =
      (counts * log(chance)).sum(axes: [1, 2]) + bound(gamma, logMixture, alpha)
      + bound(lambda.value, logTopics, beta)
    lambda.assign(beta + b * t.transposed().matmul(counts / chance))
    best.assign(total.argmax())
    return -total / counts.sum()
  }
}

struct Topics: Module {
  let words = Parameter.statistic(
    [texts, length], .i32, initialiser: Initialiser { _ in corpus() })
  let gibbs = Gibbs()
  let variational = Variational(starts: 5, topics: 10, words: 25)
  let bible = Variational(starts: 1, topics: 12, words: 400)
}

let net = Topics()
let model = Model("topics", net)

model.phase("gibbs", epochs: 12, steps: 20) {
  let loss = net.gibbs.sweep(net.words.value)
  let share = 0.1
  net.gibbs.mean.assign(net.gibbs.mean.value * (1 - share) + net.gibbs.topics.value * share)
  let (least, mean) = found(net.gibbs.mean.value)
  return ["loss": loss, "cosine": least, "mean_cosine": mean]
}

model.phase("variational", epochs: 20, steps: 20) {
  let counts = net.words.value.oneHot(25).cast(to: .f32).sum(axis: 1)
  let losses = net.variational.learn(counts, alpha: 1, beta: 0.1)
  let (least, mean) = found(net.variational.topics)
  let all = net.variational.lambda.value.unstacked().map { found($0).least }
  return [
    "loss": losses.min(), "cosine": least, "mean_cosine": mean,
    "starts": (stack(all) .> 0.95).countNonZero().cast(to: .f32),
  ]
}

let bible = DataSet("../../data/kjv", fields: ["count": .u8[400]])
model.phase("bible", on: bible, batch: 1189, epochs: 20) { batch in
  let loss = net.bible.learn(batch.count.cast(to: .f32), alpha: 0.1, beta: 0.1)[0]
  return ["loss": loss, "perplexity": exp(loss)]
}

// The ten topics that Gibbs sampling finds above those of variational inference, darker where a
// word is more frequent.
model.infer {
  let all = concatenate([net.gibbs.mean.value, net.variational.topics]).reshaped([20, 1, 5, 5])
  return ["picture": 0.93 - (all * 4).resized(by: [14.0, 14.0], mode: .nearest)]
}

// The eight likeliest words of each topic of the Bible, from the letters of all words.
model.function("words", Input("word", [400, 12], .u8)) { word in
  let best = net.bible.topics.topK(8).positions
  let text = word.gather(best).reshaped([12, 96])
  return ["text": concatenate([text, zeros([12, 1], .u8) + Tensor(10, .u8)], axis: 1)]
}
