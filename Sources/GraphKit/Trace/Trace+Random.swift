internal import TensorLibrary
internal import LoopIR

extension Trace {
  /// Returns the key and the count that random numbers of this function depend on.
  func randomState() -> (key: Tensor, step: Tensor) {
    if let random { return random }
    let count = mode == .training ? model.step : model.calls(of: name)
    // The values at the function's beginning: a loop that counts calls must not change them in the
    // middle.
    let open = frames
    frames = []
    defer { frames = open }
    let state = (key: read(model.key), step: read(count))
    random = state
    return state
  }

  /// The combined step number of all enclosing loops, nil outside of loops.
  var scanIndex: Tensor? {
    let steps = frames.compactMap(\.step)
    guard var index = steps.first?.cast(to: .u32) else { return nil }
    // An odd factor with well-mixed bits, so that steps of different loops rarely coincide.
    for step in steps.dropFirst() { index = index * 2_654_435_761 + step.cast(to: .u32) }
    return index
  }

  /// Counts this call of the function if its random numbers depend on the number of calls.
  func advanceRandomCalls() {
    guard let random, mode == .evaluation || mode == .inference else { return }
    write(random.step + 1, to: model.calls(of: name))
  }

  /// Returns the function that is being traced, or nil after reporting that `what` needs one.
  static func running(_ what: String) -> Trace? {
    if let current { return current }
    Session.current.report(.outside(what))
    return nil
  }
}

extension Model {
  /// The state that counts the calls of a function with random numbers.
  func calls(of function: String) -> Parameter {
    let name = "\(function).calls"
    if let known = states.first(where: { $0.name == name }) { return known }
    return makeState(name, TensorType(.u32, []), .counter)
  }
}
