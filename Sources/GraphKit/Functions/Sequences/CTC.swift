public import TensorLibrary
internal import LoopIR

/// Connectionist temporal classification: minus the logarithm of the probability that the steps,
/// each a symbol or a blank, spell the target after repeated symbols are merged and blanks dropped.
///
/// As in PyTorch; `.mean` divides each loss by the length of its target first. A target that does
/// not fit into its steps has an infinite loss, or 0 with `zeroInfinity`.
///
/// - Parameters:
///   - logProbabilities: `[steps, batch, classes]`.
///   - targets: integers `[batch, symbols]`; those beyond the length do not count.
///   - inputLengths: how many steps each example has, `[batch]`.
///   - targetLengths: how many symbols each target has, `[batch]`.
///   - blank: the class that stands for no symbol.
public func ctcLoss(
  _ logProbabilities: Tensor, _ targets: Tensor, inputLengths: Tensor, targetLengths: Tensor,
  blank: Int = 0, zeroInfinity: Bool = false, reduction: Reduction = .mean
) -> Tensor {
  applying("ctc_loss", to: logProbabilities) { x in
    guard fits(x, targets, inputLengths, targetLengths) else { return x.builder.poison() }
    let lengths = targetLengths.cast(to: .i32)
    let loss = -ctcScore(x, targets.cast(to: .i32), inputLengths.cast(to: .i32), lengths, blank)
    // Impossible spellings have the score `never`, plus whatever was added to it.
    let possible = loss .< -never / 2
    let losses = select(possible, loss, loss.filled(zeroInfinity ? 0 : .infinity))
    guard case .mean = reduction else { return reduction(losses) }
    return (losses / maximum(lengths, 1).cast(to: x.elementType)).mean()
  }
}

// The logarithm of the probability of each target.
private func ctcScore(
  _ x: Tensor, _ targets: Tensor, _ inputLengths: Tensor, _ targetLengths: Tensor, _ blank: Int
) -> Tensor {
  let (steps, batch, classes) = (x.shape[0], x.shape[1], x.shape[2])
  let count = 2 * targets.shape[1] + 1
  // The symbols with blanks before, between and after them.
  let pairs = stack([targets.filled(Double(blank)), targets], axis: 2)
  let symbols = pairs.reshaped([batch, count - 1]).padded(
    [(0, 0), (0, 1)], value: Double(blank))
  // The score of each of them in each step.
  let rows = (range(batch) * classes).expanded(at: 1)
  let scores = maximum(
    x.reshaped([steps, batch * classes]).gather(rows + symbols, axis: 1), never)
  // A blank may be left out between different symbols.
  func shifted(_ x: Tensor, by n: Int, _ value: Double) -> Tensor {
    x.padded([(0, 0), (n, -n)], value: value)
  }
  let skips =
    count < 2
    ? symbols.filled(0, as: .bool)
    : symbols .!= blank .&& symbols .!= shifted(symbols, by: 2, Double(blank))
  let places = range(count).broadcast(to: [batch, count])
  let zero = scores.builder.constant(0, TensorType(x.elementType, [batch, count]))
  let start = select(places .== 0, zero, zero.filled(never))
  let last = scan([start], over: [scores]) { step in
    let stay = step.carries[0]
    let next = shifted(stay, by: 1, never)
    let skip = select(skips, shifted(stay, by: 2, never), stay.filled(never))
    let peak = maximum(maximum(stay, next), skip).stopGradient()
    let sum = exp(stay - peak) + exp(next - peak) + exp(skip - peak)
    let runs = (step.index .< inputLengths).expanded(at: 1)
    return ([select(runs, peak + log(sum) + step.slices[0], stay)], [])
  }.carries[0]
  // The path ends with the last symbol, or the blank after it.
  let end = (targetLengths * 2).expanded(at: 1)
  let isEnd = places .== end .|| places .== end - 1
  return select(isEnd, last, last.filled(never)).logSumExp(axes: [1])
}

/// The symbols spelled by the most likely class of each step: repeated ones merged, blanks dropped.
///
/// - Parameters:
///   - scores: `[steps, batch, classes]`.
///   - lengths: how many steps each example has, `[batch]`; all by default.
///   - blank: the class that stands for no symbol.
/// - Returns: the symbols, `[batch, steps]`, filled up with blanks, and how many there are.
public func ctcGreedyDecode(_ scores: Tensor, lengths: Tensor? = nil, blank: Int = 0) -> (
  symbols: Tensor, lengths: Tensor
) {
  var count: Tensor?
  let symbols = applying("ctc_greedy_decode", to: scores) { x in
    guard x.rank == 3, lengths.map({ $0.value != nil }) ?? true else {
      if x.rank != 3 {
        let rule = "have the axes [steps, batch, classes]"
        Session.current.report(.layerInput("ctcGreedyDecode", rule, x.type, made: x.site))
      }
      return x.builder.poison()
    }
    let (steps, batch) = (x.shape[0], x.shape[1])
    let places = range(steps).broadcast(to: [batch, steps])
    let none = full([batch], Double(blank), .i32)
    let start = [full([batch, steps], Double(blank), .i32), zeros([batch], .i32), none]
    let result = scan(start, over: [x.argmax(axis: 2)]) { step in
      let (found, number, before) = (step.carries[0], step.carries[1], step.carries[2])
      let best = step.slices[0]
      var isNew = best .!= before .&& best .!= blank
      if let lengths { isNew = isNew .&& step.index .< lengths.cast(to: .i32) }
      let here = isNew.expanded(at: 1) .&& places .== number.expanded(at: 1)
      return (
        [select(here, best.expanded(at: 1), found), number + isNew.cast(to: .i32), best], []
      )
    }.carries
    count = result[1]
    return result[0]
  }
  return (symbols, count ?? symbols.builder.poison())
}

// Reports invalid arguments.
private func fits(_ x: Tensor, _ targets: Tensor, _ inputs: Tensor, _ lengths: Tensor) -> Bool {
  let session = Session.current
  guard [targets, inputs, lengths].allSatisfy({ $0.value != nil }) else { return false }
  guard x.rank == 3, x.elementType.isFloat else {
    let rule = "have the axes [steps, batch, classes] and be floating-point numbers"
    session.report(.layerInput("ctcLoss", rule, x.type, made: x.site))
    return false
  }
  let batch = x.shape[1]
  guard targets.rank == 2, targets.shape[0] == batch, targets.elementType.isInteger else {
    let rule = "be integers [\(batch), symbols]"
    session.report(
      .argument("targets", of: "ctcLoss", rule, targets.type, made: targets.site))
    return false
  }
  for (what, found) in [("input lengths", inputs), ("target lengths", lengths)]
  where found.shape.dims != [batch] || !found.elementType.isInteger {
    let rule = "be an integer for each example, such as 'i32[\(batch)]'"
    session.report(.argument(what, of: "ctcLoss", rule, found.type, made: found.site))
    return false
  }
  return true
}
