internal import LoopIR
internal import Support

extension LoopPass {
  /// Merges kernels that differ only in the ordinals of their random numbers.
  ///
  ///     kernel init_a { y[i] = random_bits(key[0], key[1], step, 2, 0, i) }
  ///     kernel init_b { y[i] = random_bits(key[0], key[1], step, 3, 0, i) }
  ///     call init_a(key, @a); call init_b(key, @b)
  /// ->
  ///     kernel init_a { y[i] = random_bits(key[0], key[1], step, u32(ordinal), 0, i) }
  ///     call init_a(key, i32[2], @a); call init_a(key, i32[3], @b)
  ///
  /// Each weight is drawn by a call with its own ordinal, as is the mask of each dropout: a deep
  /// model would have many copies of these kernels, which take C compilers long.
  package static let shareKernels = LoopPass(
    "share-kernels", "merge kernels that differ only in random numbers"
  ) { program in
    let drawing = program.kernels.values.map { Drawing($0) }
    let groups = Dictionary(grouping: drawing.indices.filter { !drawing[$0].ordinals.isEmpty }) {
      KernelIdentity(drawing[$0].kernel)
    }
    var firsts: [Int: Int] = [:]
    for group in groups.values where group.count > 1 {
      for i in group { firsts[i] = group.min() }
    }
    if firsts.isEmpty { return }
    var kernels = DenseMap<KernelID, Kernel>()
    var numbers: [KernelID] = []
    for (i, kernel) in program.kernels.values.enumerated() {
      guard let first = firsts[i] else {
        numbers.append(kernels.append(kernel))
        continue
      }
      if first == i {
        numbers.append(kernels.append(drawing[i].kernel))
        continue
      }
      numbers.append(numbers[first])
      let known = kernels[numbers[first]].origins
      kernels[numbers[first]].origins += kernel.origins.filter { !known.contains($0) }
    }
    program.kernels = kernels
    for f in program.functions.indices {
      program.functions[f].steps = program.functions[f].steps.map { step in
        step.calling { kernel, operands in
          let own = firsts[kernel.index] == nil ? nil : drawing[kernel.index]
          return .call(numbers[kernel.index], own?.operands(operands) ?? operands)
        }
      }
    }
  }
}

/// A kernel that gets the ordinals of its random numbers as parameters.
private struct Drawing {
  private(set) var kernel: Kernel
  /// The ordinals, each once, in the order of their parameters.
  private(set) var ordinals: [Int] = []
  /// Their place among the parameters: before those that are written.
  private let position: Int

  init(_ kernel: Kernel) {
    self.kernel = kernel
    let parameters = kernel.parameters
    position = parameters.firstIndex { $0.access != .read } ?? parameters.count
    var found: [Int] = []
    kernel.body.forEachExpression { part in
      if let ordinal = part.ordinal, !found.contains(ordinal) { found.append(ordinal) }
    }
    if found.isEmpty { return }
    ordinals = found
    let free = kernel.firstFreeBuffer
    let buffers = found.indices.map {
      Buffer(id: free + $0, name: "ordinal", type: .i32, shape: [])
    }
    func change(_ part: Expression) -> Expression {
      guard let ordinal = part.ordinal, let i = found.firstIndex(of: ordinal),
        case .apply(let function, var operands) = part
      else { return part }
      operands[Expression.ordinalPosition] = .cast(.load(buffers[i], []), .u32)
      return .apply(function, operands)
    }
    self.kernel.definitions = kernel.definitions.map {
      Definition($0.target, $0.value.rewritten(change))
    }
    self.kernel.body = kernel.body.map { statement in
      statement.mapped({ $0.rewritten(change) }, { $0.rewritten(change) })
    }
    self.kernel.parameters.insert(
      contentsOf: buffers.map { KernelParameter($0, .read) }, at: position)
  }

  /// Returns the operands of a call of the merged kernel, given those of the old call.
  func operands(_ operands: [Operand]) -> [Operand] {
    operands[..<position] + ordinals.map { .index(Index($0)) } + operands[position...]
  }
}

extension Expression {
  fileprivate static let ordinalPosition = 3

  // The ordinal of a random number; nil for anything else.
  fileprivate var ordinal: Int? {
    guard case .apply(.randomBits, let operands) = self,
      case .literal(let literal) = operands[Self.ordinalPosition]
    else { return nil }
    return Int32(exactly: literal.integer).map(Int.init)
  }
}

extension Kernel {
  // A number above those of all arrays.
  fileprivate var firstFreeBuffer: Int {
    var last = parameters.map(\.buffer.id).max() ?? -1
    body.forEachStatement { statement in
      if case .array(let buffer, _) = statement { last = max(last, buffer.id) }
    }
    return last + 1
  }
}

extension Step {
  // Returns the step with each call changed by `change`, at every depth.
  fileprivate func calling(_ change: (KernelID, [Operand]) -> Step) -> Step {
    func all(_ steps: [Step]) -> [Step] { steps.map { $0.calling(change) } }
    switch self {
    case .call(let kernel, let operands): return change(kernel, operands)
    case .fill, .copy, .probe: return self
    case .loop(let variable, let body): return .loop(variable, all(body))
    case .whileLoop(let condition, let predicate, let body):
      return .whileLoop(condition: all(condition), predicate: predicate, body: all(body))
    case .branch(let predicate, let then, let otherwise):
      return .branch(predicate: predicate, then: all(then), otherwise: all(otherwise))
    }
  }
}
