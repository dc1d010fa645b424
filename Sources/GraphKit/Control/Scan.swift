public import TensorLibrary
internal import LoopIR

/// The values that one step of a `scan` gets.
public struct ScanStep {
  /// The number of the step, an `i32[]`; in a reversed scan it descends.
  public let index: Tensor
  /// The carries from the previous step.
  public let carries: [Tensor]
  /// The slice of each sequence that belongs to the step.
  public let slices: [Tensor]
}

/// Runs `body` for each step of a loop, and returns the last carries and the outputs of all steps,
/// stacked along a new first axis.
///
/// The loop stays a loop in the program, forward and backward. `body` may use tensors from outside
/// and assign parameters. Its gradient keeps the carries of all steps and the values that are
/// expensive to recompute; with `checkpoint: k` it keeps only the carries of every `k`th step and
/// runs the steps in between again.
///
///     let (last, states) = scan([h], over: [x]) { step in
///       let h = tanh(cell(step.slices[0], step.carries[0]))
///       return ([h], [h])
///     }
///
/// - Parameters:
///   - carries: the carries of the first step.
///   - sequences: tensors whose first axis is the step.
///   - steps: how many steps there are; without it, as many as the sequences have.
///   - reversed: begins with the last step.
public func scan(
  _ carries: [Tensor], over sequences: [Tensor] = [], steps: Int? = nil, reversed: Bool = false,
  checkpoint: Int? = nil,
  _ body: @escaping (ScanStep) -> (carries: [Tensor], outputs: [Tensor])
) -> (carries: [Tensor], outputs: [Tensor]) {
  guard let trace = Trace.running("scan") else { return (carries, []) }
  let loop = ScanLoop(trace, reversed: reversed, body)
  let length = steps ?? sequences.first.map { $0.rank > 0 ? $0.shape[0] : 0 }
  guard (carries + sequences).allSatisfy({ $0.value != nil }) else {
    return loop.failed(carries, sequences)
  }
  guard let length else {
    trace.model.session.report(.scanLength())
    return loop.failed(carries, sequences)
  }
  guard Check.positive(length, "steps", of: "scan") == length else {
    return loop.failed(carries, sequences)
  }
  guard let checkpoint else { return loop.run(length, carries, sequences) }
  let block = min(Check.positive(checkpoint, "checkpoint", of: "scan"), length)
  return loop.run(length, carries, sequences, keepingEvery: block)
}

/// Runs `body` for each step of a loop with one carry, one sequence and one output.
public func scan(
  _ carry: Tensor, over sequence: Tensor, reversed: Bool = false, checkpoint: Int? = nil,
  _ body: @escaping (_ carry: Tensor, _ slice: Tensor) -> (carry: Tensor, output: Tensor)
) -> (carry: Tensor, outputs: Tensor) {
  let result = scan([carry], over: [sequence], reversed: reversed, checkpoint: checkpoint) { step in
    let next = body(step.carries[0], step.slices[0])
    return ([next.carry], [next.output])
  }
  let outputs = result.outputs.first ?? sequence.builder.poison()
  return (result.carries[0], outputs)
}

/// Runs `body` for each step of a loop that keeps only its carries for gradients, and from which no
/// product is hoisted: the values of a step are meant to stay in cache.
func closedScan(
  _ carries: [Tensor], over sequences: [Tensor], steps: Int,
  _ body: @escaping (ScanStep) -> (carries: [Tensor], outputs: [Tensor])
) -> (carries: [Tensor], outputs: [Tensor]) {
  guard let trace = Trace.running("scan") else { return (carries, []) }
  let loop = ScanLoop(trace, reversed: false, body)
  guard (carries + sequences).allSatisfy({ $0.value != nil }) else {
    return loop.failed(carries, sequences)
  }
  return loop.run(steps, carries, sequences, memory: .carries)
}

/// A loop that is being traced.
private final class ScanLoop {
  private let trace: Trace
  private let reversed: Bool
  private let body: (ScanStep) -> (carries: [Tensor], outputs: [Tensor])
  /// The number of outputs of a step in the last run of the body.
  private var outputCount: Int?

  init(
    _ trace: Trace, reversed: Bool,
    _ body: @escaping (ScanStep) -> (carries: [Tensor], outputs: [Tensor])
  ) {
    self.trace = trace
    self.reversed = reversed
    self.body = body
  }

  /// The results of a loop after a mistake. The body is run once, to find other mistakes.
  func failed(_ carries: [Tensor], _ sequences: [Tensor]) -> (carries: [Tensor], outputs: [Tensor])
  {
    let poison = trace.builder.poison()
    if outputCount == nil {
      let step = ScanStep(
        index: poison, carries: carries.map { _ in poison }, slices: sequences.map { _ in poison })
      outputCount = body(step).outputs.count
    }
    let outputs = [Tensor](repeating: poison, count: outputCount ?? 0)
    return (carries.map { _ in poison }, outputs)
  }

  /// Adds the loop.
  func run(
    _ length: Int, _ carries: [Tensor], _ sequences: [Tensor], from first: Tensor? = nil,
    memory: Scan.Memory = .results
  ) -> (carries: [Tensor], outputs: [Tensor]) {
    loop(length, carries, sequences, memory: memory) { step in
      let index = first.map { $0 + step.index } ?? step.index
      let step = ScanStep(index: index, carries: step.carries, slices: step.slices)
      let result = self.body(step)
      self.outputCount = result.outputs.count
      return result
    }
  }

  /// Adds a loop over blocks of steps that keeps only the carries between blocks; leftover steps
  /// are a separate loop.
  func run(
    _ length: Int, _ carries: [Tensor], _ sequences: [Tensor], keepingEvery block: Int
  ) -> (carries: [Tensor], outputs: [Tensor]) {
    let (blocks, rest) = (length / block, length % block)
    // The last steps in time are left over.
    let main = reversed ? rest..<length : 0..<(length - rest)
    let left = reversed ? 0..<rest : (length - rest)..<length
    let grouped = sequences.map { sequence in
      sequence.sliced(0, main).reshaped(
        Shape([blocks, block] + sequence.shape.dims.dropFirst()))
    }
    var result = loop(blocks, carries, grouped, memory: .carries) { outer in
      let first = outer.index * block + main.lowerBound
      return self.run(block, outer.carries, outer.slices, from: first)
    }
    result.outputs = result.outputs.map { output in
      output.value == nil
        ? output : output.reshaped(Shape([main.count] + output.shape.dims.dropFirst(2)))
    }
    if rest == 0 { return result }
    let start = trace.builder.constant(Double(left.lowerBound), Scan.step)
    let last = run(rest, result.carries, sequences.map { $0.sliced(0, left) }, from: start)
    let outputs = zip(result.outputs, last.outputs).map { main, left in
      GraphIR.concatenate(reversed ? [left, main] : [main, left], axis: 0)
    }
    return (last.carries, outputs)
  }

  private func loop(
    _ length: Int, _ carries: [Tensor], _ sequences: [Tensor], memory: Scan.Memory,
    _ body: @escaping (ScanStep) -> (carries: [Tensor], outputs: [Tensor])
  ) -> (carries: [Tensor], outputs: [Tensor]) {
    let session = trace.model.session
    let slices = sequences.map { TensorType($0.elementType, Array($0.shape.dims.dropFirst())) }
    let types = [Scan.step] + carries.map(\.type) + slices
    let names = ["t"] + (carries + sequences).map(\.name)
    let found = trace.regions(
      [
        (
          zip(names, types).map { (name: $0, type: $1) },
          { _, inputs in
            let result = body(
              ScanStep(
                index: inputs[0], carries: Array(inputs[1..<(carries.count + 1)]),
                slices: Array(inputs[(carries.count + 1)...])))
            guard result.carries.count == carries.count else {
              session.report(.carryCount("scan", carries.count, result.carries.count))
              return [self.trace.builder.poison()]
            }
            return result.carries + result.outputs
          }
        )
      ], step: { $0[0] }, writes: [true])
    guard let (regions, written) = found, let region = regions.first else {
      return failed(carries, sequences)
    }
    // The values of parameters are carried after the others.
    let states = written.map { trace.read($0) }
    let (c, s, w) = (carries.count, sequences.count, written.count)
    let position: (Int) -> Int = { i in
      if i <= c || i > c + s + w { return i }
      return i <= c + s ? i + w : i - s
    }
    var inputs = [Scan.step]
    inputs += carries.map(\.type) + states.map(\.type)
    inputs += slices + region.captures.map(\.type)
    var graph = region.graph.repositioned(position, inputs: inputs)
    let outputs = graph.outputs
    let count = outputs.count - c - w
    graph.outputs = Array(outputs[..<c])
    graph.outputs += outputs[(c + count)...]
    graph.outputs += outputs[c..<(c + count)]
    let op = Scan(
      length: length, carries: c + w, slices: s, isReversed: reversed, memory: memory, body: graph)
    let results = trace.builder.apply(
      op, [carries, states, sequences, region.captures].flatMap { $0 }, results: outputs.count)
    for (parameter, value) in zip(written, results[c...]) { trace.write(value, to: parameter) }
    return (Array(results[..<c]), Array(results[(c + w)...]))
  }
}
