public import TensorLibrary
internal import LoopIR

/// Returns the results of one of two bodies, chosen by a condition; only that one is run.
///
/// The bodies may use tensors from outside and assign parameters. Use `select` to choose element by
/// element.
public func cond(
  _ condition: Tensor, then: @escaping () -> [Tensor], else otherwise: @escaping () -> [Tensor]
) -> [Tensor] {
  guard let trace = Trace.running("cond") else { return then() }
  var counts: (Int, Int)?
  let found = trace.regions(
    [
      ([], { _, _ in then() }),
      ([], { _, _ in otherwise() }),
    ], step: nil, writes: [true, true])
  if let (regions, written) = found {
    let outputs = regions.map { $0.graph.outputs.count - written.count }
    counts = (outputs[0], outputs[1])
    if outputs[0] == outputs[1] {
      let states = written.map { trace.read($0) }
      let (graphs, captures) = unify(regions, shared: states.map(\.type))
      let results = trace.builder.apply(
        Cond(then: graphs[0], otherwise: graphs[1]), [condition] + states + captures,
        results: outputs[0] + written.count)
      for (parameter, value) in zip(written, results[outputs[0]...]) {
        trace.write(value, to: parameter)
      }
      return Array(results[..<outputs[0]])
    }
  }
  if let counts { trace.model.session.report(.branchCount(counts.0, counts.1)) }
  // As many as the model expects.
  let count = counts?.0 ?? then().count
  return [Tensor](repeating: trace.builder.poison(), count: count)
}

/// Returns the results of one of two bodies, chosen by a condition; only that one is run.
public func cond(
  _ condition: Tensor, then: @escaping () -> Tensor, else otherwise: @escaping () -> Tensor
) -> Tensor {
  cond(condition, then: { [then()] }, else: { [otherwise()] })[0]
}

/// Runs `body` as long as a condition on what it carries holds, and returns the last carries.
///
/// How often it runs is known only when the program runs, so there is no gradient; a `scan` with
/// the largest number of steps has one.
public func whileLoop(
  _ carries: [Tensor], while condition: @escaping ([Tensor]) -> Tensor,
  _ body: @escaping ([Tensor]) -> [Tensor]
) -> [Tensor] {
  guard let trace = Trace.running("whileLoop") else { return carries }
  let failed = carries.map { _ in trace.builder.poison() }
  guard carries.allSatisfy({ $0.value != nil }) else { return failed }
  // A counter is carried as well, as random numbers depend on it.
  let start = trace.builder.constant(0, Scan.step)
  let inputs = (carries + [start]).map { (name: $0.name, type: $0.type) }
  let count = carries.count
  let found = trace.regions(
    [
      (inputs, { _, x in [condition(Array(x[..<count]))] }),
      (
        inputs,
        { _, x in
          let next = body(Array(x[..<count]))
          guard next.count == count else {
            trace.model.session.report(.carryCount("whileLoop", count, next.count))
            return [trace.builder.poison()]
          }
          return next + [x[count] + 1]
        }
      ),
    ], step: { $0[count] }, writes: [false, true])
  guard let (regions, written) = found else { return failed }
  let states = written.map { trace.read($0) }
  let carried = carries + [start] + states
  let (graphs, captures) = unify(regions, shared: carried.map(\.type))
  let results = trace.builder.apply(
    While(carries: carried.count, condition: graphs[0], body: graphs[1]), carried + captures,
    results: carried.count)
  for (parameter, value) in zip(written, results[(count + 1)...]) {
    trace.write(value, to: parameter)
  }
  return Array(results[..<count])
}

/// Runs `body` as long as a condition on the one value that it carries holds.
public func whileLoop(
  _ carry: Tensor, while condition: @escaping (Tensor) -> Tensor,
  _ body: @escaping (Tensor) -> Tensor
) -> Tensor {
  whileLoop([carry], while: { condition($0[0]) }, { [body($0[0])] })[0]
}
