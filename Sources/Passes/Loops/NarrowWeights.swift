package import LoopIR
internal import Support

extension LoopPass {
  /// Stores weights that functions of inference read in a narrower type, once after loading.
  ///
  ///     function infer { call multiply(x, @w, y) }
  /// ->
  ///     state w_bf16 derived
  ///     function infer { call multiply_bf16(x, @w_bf16, y) }
  ///     function prepare as prepare { call narrow_w(@w, @w_bf16) }
  ///
  /// Derived states, such as packed weights, are stored in that type instead. Kernels
  /// widen each number as they load it, so that sums are as exact as before; a function that reads
  /// each weight once takes less time, as there are fewer bytes. Integers have a scale for each
  /// channel, an axis that is not summed over: its largest weight becomes 127. Weights stay as they
  /// are where a kernel cannot read them so, and where there are few of them.
  package static func narrowWeights(to type: ElementType) -> LoopPass {
    LoopPass("narrow-weights", "store the weights of inference in the type of '--weights'") {
      program in
      if type == .f32 { return }
      var narrowing = Narrowing(program, type)
      narrowing.run()
      program = narrowing.program
    }
  }

  /// Arrays of fewer elements stay as they are.
  fileprivate static let fewestWeights = 1024
}

/// The states that are stored in another type, and the kernels that read and fill them.
private struct Narrowing {
  var program: LoopProgram
  private let type: ElementType
  private var kernels: [Variant: KernelID] = [:]
  /// The narrow array that functions of inference read instead of each state.
  private var places: [Int: Place] = [:]
  /// The steps that fill arrays which are made of parameters.
  private var preparation: [Step] = []

  // The narrow array of a state, and its scales if it has integers.
  private struct Place {
    var weights: Operand
    var scale: Operand?
    var channels: [Int] = []
  }

  // A kernel that reads some of its parameters in the type; those with scales have channels.
  private struct Variant: Hashable {
    let kernel: KernelID
    let channels: [Int: [Int]]
  }

  init(_ program: LoopProgram, _ type: ElementType) {
    self.program = program
    self.type = type
  }

  mutating func run() {
    let channels = program.states.indices.compactMap { i in
      isCandidate(i) ? readings(of: i).map { (state: i, channels: $0) } : nil
    }
    if channels.isEmpty { return }
    if let f = program.functions.firstIndex(where: \.isPreparation) {
      let flag = program.states.removeLast()
      for (i, channels) in channels where program.states[i].role == .derived {
        replace(i, channels, preparedBy: f)
      }
      addCopies(channels)
      program.states.append(flag)
    } else {
      addCopies(channels)
    }
    for f in program.functions.indices
    where !program.functions[f].kind.isOfTraining && !program.functions[f].isPreparation {
      program.functions[f].steps = program.functions[f].steps.map { changed($0) }
    }
    program.prepare(with: preparation)
  }

  private mutating func addCopies(_ channels: [(state: Int, channels: [Int])]) {
    for (i, channels) in channels where program.states[i].role == .parameter { add(i, channels) }
  }

  // True for matrices of parameters, and for those derived from parameters, such as packed ones.
  private func isCandidate(_ i: Int) -> Bool {
    let state = program.states[i]
    return (state.role == .parameter || state.role == .derived) && state.array.type == .f32
      && state.array.shape.count > 1 && state.array.count >= LoopPass.fewestWeights
  }

  // The axes of a state that no kernel sums over; nil if functions of inference do not read the
  // state, or cannot read it in another type.
  private func readings(of i: Int) -> [Int]? {
    var channels = Set(program.states[i].array.shape.indices)
    var isRead = false
    for function in program.functions where !function.kind.isOfTraining {
      for step in function.steps.flattened {
        let operands = step.operands
        guard operands.contains(where: { $0.base == .state(i) }) else { continue }
        guard case .call(let kernel, _) = step else { return nil }
        for (operand, parameter) in zip(operands, program.kernels[kernel].parameters)
        where operand.base == .state(i) {
          if function.isPreparation {
            // A derived state that the preparation also reads stays in f32.
            if program.states[i].role == .derived && parameter.access != .write { return nil }
            continue
          }
          guard operand.unnamed == .state(i),
            let axes = program.kernels[kernel].channels(of: parameter)
          else { return nil }
          channels.formIntersection(axes)
          isRead = true
        }
      }
    }
    return isRead && (type == .bf16 || !channels.isEmpty) ? channels.sorted() : nil
  }

  // Gives a parameter a narrow copy.
  private mutating func add(_ i: Int, _ channels: [Int]) {
    let array = program.states[i].array
    let copy = addState("\(array.name)_\(type)", type, array.shape)
    let place = place(copy, of: array, channels)
    places[i] = place
    preparation += filling(place, from: .state(i), array)
  }

  // Makes a derived state narrow. Kernels store bf16 at once; the scales of integers depend on all
  // numbers, so these pass through a temporary in f32.
  private mutating func replace(_ i: Int, _ channels: [Int], preparedBy f: Int) {
    let array = program.states[i].array
    let narrow = ArrayDeclaration(
      name: program.states.freeName("\(array.name)_\(type)"), type: type, shape: array.shape)
    program.states[i] = StateSlot(narrow, role: .derived)
    let place = place(.state(i), of: array, channels)
    places[i] = place
    if storesNarrow(i, preparedBy: f) { return }
    let wide = Operand.temporary(program.functions[f].temporaries.count)
    program.functions[f].temporaries.append(Temporary(array, offset: 0, life: 0...0))
    let steps = program.functions[f].steps
    let last = steps.lastIndex { $0.operands.contains { $0.base == .state(i) } } ?? 0
    program.functions[f].steps = steps.enumerated().flatMap { n, step in
      let step = step.mapped { $0 == .state(i) ? wide : $0 }
      return n == last ? [step] + filling(place, from: wide, array) : [step]
    }
  }

  // Lets the kernels that fill a derived state store numbers of the type; false if they cannot.
  private mutating func storesNarrow(_ i: Int, preparedBy f: Int) -> Bool {
    if type == .i8 { return false }
    var steps = program.functions[f].steps
    for (n, step) in steps.enumerated() {
      guard case .call(let kernel, let operands) = step,
        let place = operands.firstIndex(where: { $0.base == .state(i) })
      else { continue }
      guard let changed = program.kernels[kernel].storing(place, as: type) else { return false }
      steps[n] = .call(program.kernels.append(changed), operands)
    }
    program.functions[f].steps = steps
    return true
  }

  private mutating func addState(_ name: String, _ type: ElementType, _ shape: [Int]) -> Operand {
    let array = ArrayDeclaration(name: program.states.freeName(name), type: type, shape: shape)
    program.states.append(StateSlot(array, role: .derived))
    return .state(program.states.count - 1)
  }

  // The narrow array `weights`, with an array of scales if it has integers.
  private mutating func place(
    _ weights: Operand, of array: ArrayDeclaration, _ channels: [Int]
  ) -> Place {
    guard type == .i8 else { return Place(weights: weights) }
    let scale = addState("\(array.name)_scale", .f32, channels.map { array.shape[$0] })
    return Place(weights: weights, scale: scale, channels: channels)
  }

  // The steps that fill a narrow array.
  private mutating func filling(
    _ place: Place, from wide: Operand, _ array: ArrayDeclaration
  ) -> [Step] {
    guard let scale = place.scale else {
      let kernel = program.kernels.append(.narrowing(array, to: type))
      return [.call(kernel, [wide, place.weights])]
    }
    let largest = program.kernels.append(.scaling(array, place.channels))
    let kernel = program.kernels.append(.quantising(array, place.channels, to: type))
    return [.call(largest, [wide, scale]), .call(kernel, [wide, scale, place.weights])]
  }

  private mutating func changed(_ step: Step) -> Step {
    switch step {
    case .call(let kernel, let operands):
      var channels: [Int: [Int]] = [:]
      var result = operands
      for (n, operand) in operands.enumerated() {
        guard case .state(let i) = operand.base, let place = places[i] else { continue }
        channels[n] = place.channels
        result[n] = operand.mapped { $0 == .state(i) ? place.weights : $0 }
      }
      for n in channels.keys.sorted() {
        guard case .state(let i) = operands[n].base, let scale = places[i]?.scale else { continue }
        result.append(scale)
      }
      return channels.isEmpty ? step : .call(variant(of: kernel, channels), result)
    case .loop(let variable, let body): return .loop(variable, body.map { changed($0) })
    case .whileLoop(let condition, let predicate, let body):
      return .whileLoop(
        condition: condition.map { changed($0) }, predicate: predicate,
        body: body.map { changed($0) })
    case .branch(let predicate, let then, let otherwise):
      return .branch(
        predicate: predicate, then: then.map { changed($0) },
        otherwise: otherwise.map { changed($0) })
    case .fill, .copy, .probe: return step
    }
  }

  private mutating func variant(of kernel: KernelID, _ channels: [Int: [Int]]) -> KernelID {
    let key = Variant(kernel: kernel, channels: channels)
    if let known = kernels[key] { return known }
    let id = program.kernels.append(program.kernels[kernel].reading(channels, as: type))
    kernels[key] = id
    return id
  }
}
