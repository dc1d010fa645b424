import GraphIR
import GraphKit

/// An encoder, and a decoder that looks at it.
struct Translator: Module {
  let encoder = GRU(3, 4)
  let embedding = Embedding(5, 3)
  let attention = AdditiveAttention(4, 4, hidden: 3)
  let cell = GRUCell(7, 4)
  let output = Dense(4, 5)

  /// What the decoder looks at, and the state that it begins with.
  private func encoded(_ x: Tensor) -> (memory: Tensor, keys: Tensor, start: Tensor) {
    let (states, last) = encoder(x, state: nil)
    let memory = states.transposed([1, 0, 2])
    return (memory, attention.prepared(memory), last.element(0))
  }

  private func next(_ h: Tensor, _ token: Tensor, _ memory: Tensor, _ keys: Tensor) -> Tensor {
    let context = attention(h, keys: keys, values: memory).output
    return cell(concatenate([embedding(token), context], axis: 1), state: h)
  }

  /// The scores of the words after each of the words that should have been said.
  func taught(_ x: Tensor, _ target: Tensor) -> Tensor {
    let (memory, keys, start) = encoded(x)
    let states = scan(start, over: target.transposed()) { h, token in
      let h = next(h, token, memory, keys)
      return (h, h)
    }.outputs
    return output(states)
  }

  /// The likeliest words, each given to the next step.
  func greedy(_ x: Tensor, steps: Int) -> Tensor {
    let (memory, keys, start) = encoded(x)
    let first = zeros([x.shape[1]], .i32)
    return scan([start, first], steps: steps) { step in
      let h = next(step.carries[0], step.carries[1], memory, keys)
      let token = output(h).argmax()
      return ([h, token], [token])
    }.outputs[0]
  }
}

// The rows of `scripts/reference/modules.py` about whole sequences.
extension ModuleRow {
  private static func ctc(
    _ name: String, _ reduction: Reduction, blank: Int = 0, zeroInfinity: Bool = false
  ) -> ModuleRow {
    ModuleRow(name, Nothing()) {
      let loss = ctcLoss(
        logSoftmax($1["x"]), $1["targets"], inputLengths: $1["steps"],
        targetLengths: $1["lengths"], blank: blank, zeroInfinity: zeroInfinity,
        reduction: reduction)
      return ["y": loss]
    }
  }

  private static func chain(_ arguments: Arguments) -> HiddenChain {
    HiddenChain(
      start: arguments["start"], transitions: arguments["moves"], end: arguments["end"])
  }

  static let sequences: [ModuleRow] = [
    ModuleRow("translator", Translator()) { ["y": $0.taught($1["x"], $1["target"])] },
    ModuleRow("translator_greedy", Translator()) { ["tokens": $0.greedy($1["x"], steps: 6)] },
    ctc("ctc_mean", .mean),
    ctc("ctc_sum", .sum),
    ctc("ctc_none", .none),
    ctc("ctc_other_blank", .mean, blank: 3),
    ctc("ctc_impossible", .mean, zeroInfinity: true),
    ctc("ctc_empty_target", .sum),
    ModuleRow("ctc_greedy", Nothing()) {
      let (symbols, lengths) = ctcGreedyDecode($1["x"], lengths: $1["steps"])
      return ["symbols": symbols, "lengths": lengths]
    },
    ModuleRow("chain_likelihood", Nothing()) {
      ["y": chain($1).likelihood($1["scores"], lengths: $1["lengths"])]
    },
    ModuleRow("chain_best", Nothing()) {
      let (path, score) = chain($1).best($1["scores"], lengths: $1["lengths"])
      return ["path": path, "y": score]
    },
    ModuleRow("chain_posteriors", Nothing()) {
      ["y": chain($1).posteriors($1["scores"], lengths: $1["lengths"])]
    },
    ModuleRow("chain_counts", Nothing()) {
      let counts = chain($1).expectedCounts($1["scores"], lengths: $1["lengths"])
      return ["starts": counts.starts, "pairs": counts.transitions]
    },
    ModuleRow("chain_of_one_step", Nothing()) {
      ["y": chain($1).posteriors($1["scores"], lengths: $1["lengths"])]
    },
    ModuleRow("random_field", ConditionalRandomField(3)) {
      ["y": $0.logProbability($1["x"], $1["labels"], lengths: $1["lengths"])]
    },
  ]
}
