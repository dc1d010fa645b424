// The two tasks of Karpathy's minGPT (2020), by its smallest network: a GPT sorts six digits, or
// adds two numbers of two digits. It reads a prompt and goes on with the answer, digit by digit.

import GraphKit
import Zoo

let task = option("task", "sorting", of: ["sorting", "addition"])
let isSorting = task == "sorting"

/// The digits of a prompt and of its answer, how many prompts there are, and how many of them are
/// held out: a quarter, and 500, as in minGPT.
let (asked, answered) = isSorting ? (6, 6) : (4, 3)
let (prompts, held) = isSorting ? (729, 182) : (10_000, 500)
let batch = isSorting ? 64 : 128

// GPT-nano: 3 blocks of 3 heads and 48 numbers.
let net = GPT2(
  GPT2.Form(width: 48, depth: 3, heads: 3, vocabulary: 10, context: asked + answered - 1),
  dropout: 0)
let model = Model("mingpt", net)

/// The last digits of numbers [n], the highest first.
func digits(_ numbers: Tensor, _ count: Int, base: Int) -> Tensor {
  var rest = numbers
  var all: [Tensor] = []
  for _ in 0..<count {
    all.insert(rest % base, at: 0)
    rest = rest.divided(by: base, rounding: .down)
  }
  return stack(all, axis: 1)
}

/// Prompts and their answers, [n, asked + answered]. The multiplication mixes them, so that those
/// that are held out have nothing in common.
func texts(_ index: Tensor) -> Tensor {
  let number = index * 7919 % prompts
  if isSorting {
    let prompt = digits(number, 6, base: 3)
    return concatenate([prompt, prompt.sorted(axis: 1).values], axis: 1)
  }
  // 85 + 50 = 135 is 8 5 5 0 5 3 1: the sum begins with its last digit, as one adds by hand.
  let sum = number % 100 + number.divided(by: 100, rounding: .down)
  let answer = digits(sum, 3, base: 10).reversed(axes: [1])
  return concatenate([digits(number, 4, base: 10), answer], axis: 1)
}

/// The loss of the digits of the answers, and the share of answers that are right as a whole. If
/// each digit is the likeliest after those before it, the net writes the answer by itself, too.
func score(_ index: Tensor) -> (loss: Tensor, exact: Tensor) {
  let text = texts(index)
  let scores = net(text[.all, ..<(-1)])[.all, (asked - 1)...]
  let answer = text[.all, asked...]
  let isRight = (scores.argmax() .== answer).all(axis: 1)
  return (
    crossEntropy(scores.flattened(from: 0, to: 1), answer.flattened()),
    isRight.cast(to: .f32).mean()
  )
}

model.train(epochs: 10, steps: isSorting ? 50 : 150) {
  let (loss, exact) = score(randomIntegers([batch], 0..<(prompts - held)))
  AdamW(rate: .cosine(from: 5e-3, warmUp: 0.1), beta2: 0.95, weightDecay: 0.1, clip: .norm(1))
    .minimize(loss, net.parameters)
  return ["loss": loss, "exact": exact]
} evaluate: {
  let (loss, exact) = score(range(held) + (prompts - held))
  return ["loss": loss, "exact": exact]
}

model.infer(Input("prompt", [1, asked], .i32)) { prompt in
  var text = prompt
  for _ in 0..<answered {
    text = concatenate([text, net(text)[.all, -1].argmax().expanded(at: 1)], axis: 1)
  }
  let answer = text[.all, asked...]
  return ["answer": .text(isSorting ? answer : answer.reversed(axes: [1]), of: "0123456789")]
}
