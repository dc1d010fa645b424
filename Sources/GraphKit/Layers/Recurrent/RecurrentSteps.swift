internal import TensorLibrary

/// Runs the steps of a recurrent layer in one direction, and returns the outputs of all steps and
/// the last state.
///
/// - Parameters:
///   - start: the state of the first step; its first tensor is also what a step gives.
///   - x: the sequence, `[steps, batch, inputs]`.
///   - lengths: after its end, a sequence keeps its state and gives zeros; in the other direction
///     it begins there.
func runSteps(
  _ start: [Tensor], over x: Tensor, lengths: Tensor?, reversed: Bool,
  _ next: @escaping (_ x: Tensor, _ state: [Tensor]) -> [Tensor]
) -> (outputs: Tensor, last: [Tensor]) {
  let result = scan(start, over: [x], reversed: reversed) { step in
    let state = next(step.slices[0], step.carries)
    guard let lengths, state.count == step.carries.count else {
      return (state, Array(state.prefix(1)))
    }
    let runs = (step.index .< lengths.cast(to: .i32)).expanded(at: -1)
    let kept = zip(state, step.carries).map { select(runs, $0, $1) }
    return (kept, [select(runs, state[0], state[0].filled(0))])
  }
  return (result.outputs.first ?? x.builder.poison(), result.carries)
}

/// True iff lengths, if there are any, are integers, one for each sequence of the batch; reports
/// others.
func areLengths(_ lengths: Tensor?, of batch: Int, _ owner: String) -> Bool {
  guard let lengths else { return true }
  guard lengths.value != nil else { return false }
  if lengths.elementType.isInteger, lengths.shape.dims == [batch] { return true }
  let rule = "be an integer for each sequence, such as 'i32[\(batch)]'"
  Session.current.report(
    .argument("lengths", of: owner, rule, lengths.type, made: lengths.site))
  return false
}
