// swift-format-ignore-file: NeverForceUnwrap

package import GraphIR
package import LoopIR
internal import Support

/// A program of one function that was made at random, and numbers to run it on.
package struct RandomProgram: Sendable {
  package var program: GraphProgram
  package var states: [Numbers]
  package var inputs: [Numbers]
  /// The number of the first state in the graph; those before it belong to other graphs.
  package var firstState = 0

  /// The function.
  package var function: GraphFunction { program.functions[0] }

  /// Returns the outputs and the states after a call of the function of `program`, which is this
  /// one after some passes.
  package func results(of program: GraphProgram) -> [Numbers] {
    var after = states
    let outputs = interpret(program.functions[0], states: &after, inputs: inputs)
    return outputs + after
  }
}

/// Makes small programs at random, the same for the same seed: inputs, states, outputs, updates,
/// and between them every operation, on every element type.
///
/// Numbers stay of moderate size, so that bounds stay small.
package struct RandomGraph {
  var random: RandomSource
  let builder: GraphBuilder
  /// The floating-point type that most tensors have.
  let element: ElementType
  var tensors: [Tensor] = []
  var states: [Tensor] = []
  /// How many loops and branches are around.
  let depth: Int

  init(random: RandomSource, builder: GraphBuilder, element: ElementType, depth: Int) {
    self.random = random
    self.builder = builder
    self.element = element
    self.depth = depth
  }

  /// Returns the program for a seed.
  ///
  /// Its states have the numbers from `firstState` on, so that several can be one program.
  package static func make(
    seed: Int, element: ElementType? = nil, firstState: Int = 0
  ) -> RandomProgram {
    var random = RandomSource(seed: UInt64(seed))
    let types: [ElementType] = [.f64, .f64, .f64, .f64, .f32, .f32, .f16, .bf16]
    let element = element ?? types.randomElement(using: &random)!
    var maker = RandomGraph(
      random: random, builder: GraphBuilder(), element: element, depth: 0)
    return maker.make(firstState)
  }

  private mutating func make(_ firstState: Int) -> RandomProgram {
    var program = GraphProgram(name: "random", source: "random.swift")
    for i in 0..<Int.random(in: 1...3, using: &random) {
      let type = TensorType(element, shape())
      builder.name = "s\(firstState + i)"
      let id = StateID(index: firstState + i)
      states.append(builder.apply(ReadState(id, type)))
      _ = program.states.append(
        State(name: "s\(firstState + i)", type: type, role: .statistic, site: nil))
    }
    let count = Int.random(in: 1...3, using: &random)
    let inputs = (0..<count).map { i -> Tensor in
      builder.name = "x\(i)"
      let type = i > 0 && chance(0.2) ? integers.randomElement(using: &random)! : element
      return builder.apply(Input(i, TensorType(type, shape())))
    }
    tensors = states + inputs
    grow(Int.random(in: 3...24, using: &random))
    precondition(builder.log.entries.isEmpty, "\(builder.log.entries.map(\.message))")
    program.functions = [finish(firstState)]
    let stateNumbers = states.map { numbers($0.type) }
    return RandomProgram(
      program: program, states: stateNumbers, inputs: inputs.map { numbers($0.type) },
      firstState: firstState)
  }

  /// Adds so many operations.
  mutating func grow(_ count: Int) {
    for i in 0..<count {
      builder.name = chance(0.5) ? "v\(i)" : nil
      for new in steps() where new.value != nil && new.shape.count <= 200 { tensors.append(new) }
    }
    builder.name = nil
  }

  private mutating func numbers(_ type: TensorType) -> Numbers {
    let values = random.numbers(type.shape.count, in: -1...1)
    let scale: Double = type.element.isFloat ? 1 : type.element.isSigned ? 9 : 0
    return Numbers(
      type,
      values.map { type.element.stored(scale == 0 ? ($0.magnitude * 9).rounded() : $0 * scale) })
  }

  // Some of the last tensors become outputs, some states get a tensor of their type.
  private mutating func finish(_ firstState: Int) -> GraphFunction {
    var values: [Value] = []
    var results: [GraphFunction.Result] = []
    for i in 0..<Int.random(in: 1...4, using: &random) {
      let x = chance(0.7) ? tensors.suffix(6).randomElement(using: &random)! : any()
      values.append(x.value!)
      results.append(i > 0 && chance(0.1) ? .probe("p\(i)") : .output("y\(i)"))
    }
    for (i, state) in states.enumerated() where chance(0.6) {
      var candidates = tensors.filter { $0.type == state.type }
      if candidates.count > 2, chance(0.7) { candidates = candidates.suffix(2) }
      var new = candidates.randomElement(using: &random)!
      let id = StateID(index: firstState + i)
      if chance(0.3) { new = new + state }
      if chance(0.4) { new = builder.apply(WriteState(id, new.type), new) }
      let place = Int.random(in: 0...values.count, using: &random)
      values.insert(new.value!, at: place)
      results.insert(.update(id), at: place)
    }
    builder.outputs = values
    return GraphFunction(name: "f", graph: builder.graph, results: results)
  }
}

// Choosing.
extension RandomGraph {
  mutating func chance(_ probability: Double) -> Bool {
    Double.random(in: 0..<1, using: &random) < probability
  }

  mutating func shape() -> Shape {
    let rank = Int.random(in: 0...3, using: &random)
    let extents = [1, 2, 2, 3, 4, 5]
    var dims = (0..<rank).map { _ in extents.randomElement(using: &random)! }
    if rank > 0, chance(0.12) { dims[rank - 1] = [9, 33, 35].randomElement(using: &random)! }
    return Shape(dims)
  }

  mutating func any(where suits: (Tensor) -> Bool = { _ in true }) -> Tensor {
    let candidates = tensors.filter(suits)
    if candidates.isEmpty { return tensors[0] }
    // Recent ones more often, so that chains grow.
    if chance(0.6) { return candidates.suffix(4).randomElement(using: &random)! }
    return candidates.randomElement(using: &random)!
  }

  mutating func float() -> Tensor {
    let element = element
    let x = any { $0.elementType == element }
    return x.elementType == element ? x : x.cast(to: element)
  }

  mutating func ranked() -> Tensor {
    let element = element
    let x = any { $0.rank > 0 && $0.elementType == element }
    let line = x.rank > 0 ? x : x.reshaped([1])
    return line.cast(to: element)
  }

  mutating func axis(_ x: Tensor) -> Int { Int.random(in: 0..<x.rank, using: &random) }

  // A tensor that fits beside `x`.
  mutating func partner(_ x: Tensor) -> Tensor {
    let fitting = tensors.filter {
      $0.elementType == x.elementType && Shape.broadcast($0.shape, x.shape) != nil
    }
    if fitting.isEmpty || chance(0.1) {
      return x.filled([0, 1, -1, 2, 0.5].randomElement(using: &random)!)
    }
    return fitting.randomElement(using: &random)!
  }
}
