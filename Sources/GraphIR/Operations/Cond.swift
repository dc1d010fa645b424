internal import LoopIR
package import Support

/// One of two graphs, chosen by a condition; the other is not run.
///
/// Operands: the condition, a `bool[]`, and the captures of both graphs, which are inputs of each.
///
///     %2 = cond %test, %x : f32[64] { ... } { ... }
package struct Cond: ControlOperation {
  /// The graph that is run if the condition holds.
  package let then: Graph
  /// The graph that is run otherwise.
  package let otherwise: Graph

  package init(then: Graph, otherwise: Graph) {
    self.then = then
    self.otherwise = otherwise
  }

  package static let word = "cond"
  package var attributes: String { "" }

  package init(from text: inout OperationText) throws(ParseError) {
    (then, otherwise) = try text.twoRegions()
  }

  package var operandCount: ClosedRange<Int> {
    let count = then.inputs.count + 1
    return count...count
  }
  package var role: FusionRole { .control }
  package var regions: [Graph] { [then, otherwise] }

  package func replacing(regions: [Graph]) -> Cond {
    Cond(then: regions[0], otherwise: regions[1])
  }

  /// A `bool[]`, then the inputs of both graphs; both return the types of the results.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let test = operands[Cond.condition]
    guard test == TensorType(.bool, []) else { throw .predicate(mnemonic, test) }
    let inputs = Cond.inputs(operands)
    try then.checkInputs(inputs, of: mnemonic)
    try otherwise.checkInputs(inputs, of: mnemonic)
    let (a, b) = (then.outputs.map { then.type($0) }, otherwise.outputs.map { otherwise.type($0) })
    guard a.count == b.count else { throw .regionCounts(mnemonic) }
    for i in a.indices where a[i] != b[i] { throw .branchesDiffer(mnemonic, i, a[i], b[i]) }
    return a
  }

  /// The gradient of the chosen graph, which is run again for it.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    let builder = context.operands[0].builder
    let seeded = context.seeds.indices.filter { context.seeds[$0] != nil }
    let seeds = seeded.compactMap { context.seeds[$0] }
    let inputs = Cond.inputs(context.operands)
    let floats = inputs.indices.filter { inputs[$0].elementType.isFloat }
    func backward(_ graph: Graph, _ wanted: [Int]?) -> (Region, [Int])? {
      var reached: [Int] = []
      let region = builder.region((inputs + seeds).map { (nil, $0.type) }) { inside, tensors in
        let values = graph.inlined(into: inside, inputs: tensors)
        let pairs = zip(seeded, tensors[inputs.count...]).compactMap { i, seed in
          values[graph.outputs[i]].map { (value: $0, seed: seed) }
        }
        let found = inside.gradients(pairs, by: floats.map { tensors[$0] })
        for (i, gradient) in zip(floats, found) where gradient != nil { reached.append(i) }
        guard let wanted else { return found.compactMap { $0 } }
        let all = Dictionary(uniqueKeysWithValues: zip(floats, found))
        return wanted.map { all[$0].flatMap { $0 } ?? inside.constant(0, inputs[$0].type) }
      }
      return region.map { ($0, reached) }
    }
    guard let (_, a) = backward(then, nil), let (_, b) = backward(otherwise, nil) else {
      return context.operands.map { _ in nil }
    }
    let wanted = Set(a + b).sorted()
    guard !wanted.isEmpty, let (first, _) = backward(then, wanted),
      let (second, _) = backward(otherwise, wanted)
    else { return context.operands.map { _ in nil } }
    let results = builder.apply(
      Cond(then: first.graph, otherwise: second.graph),
      [context.operands[Cond.condition]] + inputs + seeds, results: wanted.count)
    var gradients = [Tensor?](repeating: nil, count: context.operands.count)
    for (i, result) in zip(wanted, results) { gradients[passed[i].operand] = result }
    return gradients
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  { .none }

  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    let (test, inputs) = (operands[Cond.condition], Cond.inputs(operands))
    let chosen = interpret(test.values[0] != 0 ? then : otherwise, inputs: inputs)
    if test.bounds[0] < 0.5 { return chosen }
    let other = interpret(test.values[0] != 0 ? otherwise : then, inputs: inputs)
    return zip(chosen, other).map { a, b in
      let bounds = a.values.indices.map { i in
        distance(a.values[i], b.values[i]) + max(a.bounds[i], b.bounds[i])
      }
      return Numbers(a.type, a.values, bounds: bounds)
    }
  }
}

extension Cond {
  /// The operand that is the condition; no graph has it as an input.
  package static let condition = 0

  /// Returns what both graphs have as inputs, of all operands.
  package static func inputs<Element>(_ operands: [Element]) -> [Element] {
    Array(operands[(condition + 1)...])
  }

  package var passed: [Slot] {
    then.inputs.indices.map { Slot(operand: Cond.condition + 1 + $0, input: $0) }
  }
  package var constants: [Slot] { passed }
}
