// Feedback alignment (Lillicrap et al., 2016): the error goes back to the hidden units by random
// weights that never change, not by those of the output, and is learned from nevertheless.

import GraphKit

struct Net: Module {
  let hidden = Dense(64, 100)
  let output = Dense(100, 10)
  let feedback = Parameter.statistic([10, 100], initialiser: .uniform(-0.3...0.3))

  /// Scores whose gradient reaches the hidden units by the weights of `feedback`: the second term
  /// is 0, and only its gradient counts.
  func aligned(_ x: Tensor) -> Tensor {
    let h = tanh(hidden(x))
    let back = h.matmul(feedback.value.transposed())
    return output(h.stopGradient()) + back - back.stopGradient()
  }

  /// The cosine of the angle between what comes back and what back-propagation would send.
  func cosine(_ error: Tensor) -> Tensor {
    cosineSimilarity(error.matmul(feedback.value), error.matmul(output.weight.value)).mean()
  }
}

let (random, exact, fixed) = (Net(), Net(), Net())
let model = Model("feedback_alignment", ["random": random, "exact": exact, "fixed": fixed])

// Beside it, back-propagation, and a net whose hidden units do not learn.
model.train(on: .digits, batch: 32, epochs: 60, validation: 0.3) { batch in
  let x = batch.image.cast(to: .f32).flattened(from: 1) / 16
  let scores = [
    random.aligned(x), exact.output(tanh(exact.hidden(x))),
    fixed.output(tanh(fixed.hidden(x)).stopGradient()),
  ]
  let losses = scores.map { crossEntropy($0, batch.label) }
  let loss = losses[0] + losses[1] + losses[2]
  SGD(rate: .linear(from: 0.2), momentum: 0.5).minimize(
    loss, random.parameters + exact.parameters + fixed.output.parameters)
  let error = softmax(scores[0]) - batch.label.oneHot(10).cast(to: .f32)
  return [
    "loss": losses[0], "feedback_alignment": accuracy(scores[0], batch.label),
    "back_propagation": accuracy(scores[1], batch.label),
    "fixed": accuracy(scores[2], batch.label), "cosine": random.cosine(error),
  ]
}
