internal import CRuntime
internal import GraphIR
internal import LoopIR
internal import Support

/// Runs the functions of a model as compiled, and checks what they and their kernels compute.
struct Verification {
  /// The program as graphs, for the interpreter.
  let graph: GraphProgram
  let loops: LoopProgram
  /// The allowed values of integer inputs, by function and input.
  let ranges: [String: [String: IntegerRange]]
  let options: VerifyOptions
  let console: Console

  // The most operations of a function that the interpreter runs.
  private static let interpreted = 1_000_000

  /// Runs everything and prints the report; false if something is out of bounds.
  func run(_ libraries: VerifyBuild.Libraries) throws -> Bool {
    let progress = VerifyWorker.Progress()
    let plain = try VerifiedModel(loops, in: libraries.plain)
    let traced = try VerifiedModel(loops, in: libraries.traced)
    let unoptimised = try VerifiedModel(loops, in: libraries.unoptimised)
    let effort = CheckEffort(samples: options.samples, terms: Double(options.samples) * 4000)
    let observer = KernelObserver(
      loops, try unoptimised.kernelRunner(), effort, seed: options.seed, progress)
    let trace = Memory(bytes: MemoryLayout<rt_trace>.size)
    trace.start.initializeMemory(as: rt_trace.self, to: observer.trace)
    try traced.show(to: UnsafePointer(trace.start.assumingMemoryBound(to: rt_trace.self)))
    try checkNames()

    var random = SampleSource(seed: options.seed)
    var report = VerifyReport(loops)
    for function in order {
      observer.begin(function.name)
      var result = FunctionFindings()
      for _ in 0..<(changesStates(function) ? 2 : 1) {
        let inputs = try VerifyInputs(ranges: ranges[function.name] ?? [:], options: options)
          .inputs(of: function, &random)
        let before = Memory(copying: traced.state, bytes: StateLayout(loops.states).bytes)
        plain.takeState(of: traced)
        let outputs = function.outputs.map { Memory(bytes: $0.bytes) }
        progress.set("'\(function.name)'")
        try plain.call(function, inputs, outputs)
        progress.set("")
        let shown = function.outputs.map { Memory(bytes: $0.bytes) }
        try traced.call(function, inputs, shown)
        progress.set("")
        result.calls += 1
        let computed = computedType(observer.calls.keys)
        compare(function, computed, plain, outputs, traced, shown, &result)
        interpret(function, inputs, before, plain, outputs, &result)
      }
      report.add(function, result, observer)
      if function.kind == .initialise, let weights = options.weights {
        try traced.load(weights: weights)
      }
    }
    withExtendedLifetime((observer, trace)) {}
    console.result(report.text)
    return report.isRight
  }

  // Functions that set states first.
  private var order: [LoopFunction] {
    let callable = loops.functions.filter { $0.kind != .prepare && $0.kind != .initialiseRest }
    return callable.filter { $0.kind == .initialise } + callable.filter { $0.kind != .initialise }
  }

  private func changesStates(_ function: LoopFunction) -> Bool {
    function.kind != .initialise
      && function.steps.flattened.contains { step in
        loops.written(by: step).contains {
          if case .state = $0.base { true } else { false }
        }
      }
  }

  private func checkNames() throws {
    let inputs = Set(order.flatMap(\.inputs).map(\.name))
    for name in options.inputs.keys.sorted() where !inputs.contains(name) {
      let known = inputs.sorted().joined(separator: ", ")
      throw Failure("'\(loops.name)' has no input '\(name)'; its inputs are \(known)")
    }
  }
}

/// The findings for a function as a whole.
struct FunctionFindings {
  var calls = 0
  /// True iff results are, bit by bit, those of the kernels that were checked.
  var hasSameBits = true
  var whole = KernelFindings()
  /// The comparison with the interpreter; nil where that would take too long.
  var interpreted = KernelFindings()
}

extension Verification {
  // All arrays that a call leaves behind: outputs, and states.
  private func arrays(
    _ function: LoopFunction, _ model: UnsafeMutableRawPointer, _ outputs: [Memory]
  ) -> [(array: ArrayDeclaration, view: ArrayView)] {
    let places = zip(loops.states, StateLayout(loops.states).offsets)
    return zip(function.outputs, outputs).map { ($0, $0.view(at: $1.start)) }
      + places.map { ($0.array, $0.array.view(at: model + $1)) }
  }

  // The least exact type in which some kernels compute.
  private func computedType(_ kernels: some Sequence<Int>) -> ElementType {
    let parameters = kernels.lazy.flatMap { loops.kernels[KernelID(index: $0)].parameters }
    return parameters.contains { $0.buffer.type.computed == .f32 } ? .f32 : .f64
  }

  // Compares the results of the library that users get, `computed` in single or double numbers,
  // with those of the checked kernels.
  private func compare(
    _ function: LoopFunction, _ computed: ElementType, _ plain: VerifiedModel,
    _ outputs: [Memory], _ traced: VerifiedModel, _ shown: [Memory],
    _ result: inout FunctionFindings
  ) {
    for (own, other) in zip(
      arrays(function, plain.state, outputs), arrays(function, traced.state, shown))
    {
      let differences = own.view.differences(from: other.view, most: 1)
      result.whole.checked += own.view.count
      guard let offset = differences.first else { continue }
      result.hasSameBits = false
      result.whole.note(
        Deviation(
          array: own.array.name, position: own.array.position(offset),
          found: own.view.element(offset), expected: other.view.element(offset),
          allowed: 100 * own.view.tolerance(around: other.view, computed: computed),
          reference: .loops))
    }
  }

  // Compares a small function with the interpreter's result.
  private func interpret(
    _ function: LoopFunction, _ inputs: [Memory], _ before: Memory, _ plain: VerifiedModel,
    _ outputs: [Memory], _ result: inout FunctionFindings
  ) {
    let cost = loops.cost(of: function)
    guard cost.operations + cost.bytes / 4 <= Self.interpreted,
      let meaning = graph.functions.first(where: { $0.name == function.name })
    else { return }
    let offsets = StateLayout(loops.states).offsets
    var places: [Int] = []
    for state in graph.states.values {
      guard let n = loops.states.firstIndex(where: { $0.array.name == state.name }) else { return }
      places.append(n)
    }
    var states = zip(places, graph.states.values).map { (n, state) in
      numbers(state.type, loops.states[n].array.view(at: before.start + offsets[n]))
    }
    let arguments = zip(function.inputs, inputs).map { (array, memory) in
      let type = TensorType(array.type, array.shape)
      return numbers(type, array.view(at: memory.start))
    }
    let expected = GraphIR.interpret(meaning, states: &states, inputs: arguments)
    for (n, array) in function.outputs.enumerated() where n < expected.count {
      check(array, array.view(at: outputs[n].start), expected[n], &result)
    }
    for (n, state) in zip(places, states) {
      let array = loops.states[n].array
      check(array, array.view(at: plain.state + offsets[n]), state, &result)
    }
  }

  private func numbers(_ type: TensorType, _ view: ArrayView) -> Numbers {
    Numbers(type, (0..<view.count).map { view.element($0) })
  }

  private func check(
    _ array: ArrayDeclaration, _ found: ArrayView, _ expected: Numbers,
    _ result: inout FunctionFindings
  ) {
    guard found.count == expected.values.count else { return }
    for offset in 0..<found.count {
      result.interpreted.checked += 1
      if expected.bounds[offset].isInfinite { result.interpreted.open += 1 }
      result.interpreted.note(
        Deviation(
          array: array.name, position: array.position(offset), found: found.element(offset),
          expected: expected.values[offset], allowed: 2 * expected.bounds[offset],
          reference: .equation))
    }
  }
}

extension ArrayDeclaration {
  fileprivate func view(at memory: UnsafeRawPointer) -> ArrayView {
    ArrayView(type, count: count, at: memory)
  }

  fileprivate func position(_ offset: Int) -> [Int] { shape.indices(ofElement: offset) }
}
