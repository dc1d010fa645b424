internal import TensorLibrary

/// The inside of a loop or a branch while it is being traced.
final class Frame {
  /// Makes the nodes of the graph.
  let builder: GraphBuilder
  /// The number of the step, if it is a loop; random numbers depend on it.
  let step: Tensor?
  /// The values that parameters have here, where they differ from those outside.
  var versions: [ObjectIdentifier: Tensor] = [:]
  /// The parameters that were assigned, in order.
  private(set) var written: [Parameter] = []
  /// The parameters that gradients inside are taken by, in order: everything computed from them has
  /// to be computed inside.
  private(set) var held: [Parameter] = []

  init(_ builder: GraphBuilder, step: Tensor?, holding held: [Parameter] = []) {
    self.builder = builder
    self.step = step
    self.held = held
  }

  /// Notes that a gradient is taken by `parameter`; returns false if that was known.
  func hold(_ parameter: Parameter) -> Bool {
    if held.contains(where: { $0 === parameter }) { return false }
    held.append(parameter)
    return true
  }

  /// Makes `value` the value of `parameter` from here on.
  func write(_ value: Tensor, to parameter: Parameter) {
    versions[ObjectIdentifier(parameter)] = value
    if !written.contains(where: { $0 === parameter }) { written.append(parameter) }
  }
}

extension Trace {
  /// Returns the graphs of `bodies`, with assignments to parameters as further results.
  ///
  /// The bodies are run once to find the parameters that they assign or take gradients by; if there
  /// are any, once more with the values of those as inputs. Each body gets its own inputs, then the
  /// parameters that it assigns.
  func regions(
    _ bodies: [(inputs: [(name: String?, type: TensorType)], build: (Frame, [Tensor]) -> [Tensor])],
    step: (([Tensor]) -> Tensor)?, writes: [Bool]
  ) -> (regions: [Region], written: [Parameter])? {
    var (written, held): ([Parameter], [Parameter]) = ([], [])
    while true {
      let before = snapshot
      var (found, needed) = (written, held)
      var regions: [Region] = []
      for (body, gives) in zip(bodies, writes) {
        let states = written.map { (name: $0.plainName, type: $0.type) }
        let region = builder.region(body.inputs + states) { inside, tensors in
          let frame = Frame(inside, step: step?(tensors), holding: held)
          for parameter in held {
            guard let value = inside.imported(read(parameter)) else { continue }
            frame.versions[ObjectIdentifier(parameter)] = inside.tensor(value)
          }
          for (parameter, value) in zip(written, tensors[body.inputs.count...]) {
            frame.versions[ObjectIdentifier(parameter)] = value
          }
          frames.append(frame)
          let results = body.build(frame, Array(tensors[..<body.inputs.count]))
          let values = gives ? written.map { read($0) } : []
          frames.removeLast()
          found += frame.written.filter { new in !found.contains { $0 === new } }
          needed += frame.held.filter { new in !needed.contains { $0 === new } }
          return results + values
        }
        guard let region else { return nil }
        regions.append(region)
      }
      if found.count == written.count, needed.count == held.count { return (regions, written) }
      (written, held) = (found, needed)
      restore(before)
    }
  }
}
