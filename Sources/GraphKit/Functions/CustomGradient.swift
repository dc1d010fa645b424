public import TensorLibrary
internal import LoopIR

/// The result of `forward` with a custom gradient: PyTorch's `autograd.Function`.
///
///     let sign = customGradient([x]) { [sign($0[0])] } gradient: { x, y, seeds in
///       [select(abs(x[0]) .< 1, seeds[0], seeds[0] * 0)]
///     }
///
/// `gradient` gets the tensors, the results of `forward`, and their gradients; it returns a
/// gradient for each of the tensors, of its type. No gradient flows to other tensors or parameters
/// that `forward` uses. Gradients of gradients are those of `gradient`.
public func customGradient(
  _ inputs: [Tensor], forward: ([Tensor]) -> [Tensor],
  gradient: @escaping (_ inputs: [Tensor], _ outputs: [Tensor], _ seeds: [Tensor]) -> [Tensor]
) -> [Tensor] {
  guard let trace = Trace.running("customGradient") else { return forward(inputs) }
  let outputs = forward(inputs)
  let failed = outputs.map { _ in trace.builder.poison() }
  guard !inputs.isEmpty, (inputs + outputs).allSatisfy({ $0.value != nil }) else {
    if inputs.isEmpty { trace.model.session.report(.noInputs("customGradient")) }
    return failed
  }
  let arguments = (inputs + outputs + outputs).map { (name: $0.name, type: $0.type) }
  let found = trace.regions(
    [
      (
        arguments,
        { _, x in
          let (from, rest) = (Array(x[..<inputs.count]), Array(x[inputs.count...]))
          let results = gradient(
            from, Array(rest[..<outputs.count]), Array(rest[outputs.count...]))
          guard results.count == inputs.count else {
            trace.model.session.report(.gradientCount(inputs.count, results.count))
            return [trace.builder.poison()]
          }
          return results
        }
      )
    ], step: nil, writes: [false])
  guard let (regions, written) = found else { return failed }
  if let parameter = written.first {
    trace.model.session.report(.assignedInGradient(parameter.title))
    return failed
  }
  let op = CustomGradient(
    values: outputs.count, sources: inputs.count, backward: regions[0].graph)
  return trace.builder.apply(
    op, outputs + inputs + regions[0].captures, results: outputs.count)
}

/// The result of `forward` with a custom gradient.
public func customGradient(
  _ x: Tensor, forward: (Tensor) -> Tensor,
  gradient: @escaping (_ input: Tensor, _ output: Tensor, _ seed: Tensor) -> Tensor
) -> Tensor {
  customGradient(
    [x], forward: { [forward($0[0])] }, gradient: { [gradient($0[0], $1[0], $2[0])] })[0]
}

/// `function` of `x` with the gradient of the identity: a straight-through estimator.
public func straightThrough(_ x: Tensor, _ function: (Tensor) -> Tensor) -> Tensor {
  customGradient(x, forward: function, gradient: { _, _, seed in seed })
}

/// The same values, whose gradient is negated and scaled: the gradient reversal of
/// domain-adversarial training.
public func reverseGradient(_ x: Tensor, weight: Double = 1) -> Tensor {
  customGradient(x, forward: { $0 }, gradient: { _, _, seed in seed * -weight })
}
