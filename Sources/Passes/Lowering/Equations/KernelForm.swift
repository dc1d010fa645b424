internal import LoopIR

/// The form of a kernel, for schedules.
enum KernelForm {
  /// One reduction with an epilogue for each result.
  case sum(SumKernel)
  /// Several reductions one after the other.
  case reductions(MultiReductionKernel)
  /// Rows, single values, or a reduction of values that have names.
  case other(KernelStages)

  init(_ kernel: KernelStages) {
    if let sum = SumKernel(kernel) {
      self = .sum(sum)
    } else if let reductions = MultiReductionKernel(kernel) {
      self = .reductions(reductions)
    } else {
      self = .other(kernel)
    }
  }
}

extension KernelForm {
  /// The kernel as stages.
  var stages: KernelStages {
    switch self {
    case .sum(let kernel): kernel.stages
    case .reductions(let kernel): kernel.stages
    case .other(let kernel): kernel
    }
  }

  /// The number of reduced terms or, without reductions, of applications of functions.
  var work: Double {
    switch self {
    case .sum(let kernel): kernel.work
    case .reductions(let kernel): kernel.work
    case .other(let kernel): kernel.work
    }
  }
}

extension KernelForm {
  /// The products in a cycle that loops without a strategy of their own reach.
  func rateOfOtherLoops(_ machine: Machine) -> Double {
    guard case .sum(let kernel) = self, kernel.choosesTerms else {
      return machine.products.otherRate
    }
    return machine.products.choosingRate
  }
}

extension SumKernel {
  // True iff terms are chosen by their places.
  fileprivate var choosesTerms: Bool {
    var result = false
    reduction.body.forEach { part in
      guard case .within(let index, _) = part else { return }
      if reduction.variables.contains(where: { index.uses($0) }) { result = true }
    }
    return result
  }
}

extension KernelStages {
  // How often functions are applied, at least once for each value.
  fileprivate var work: Double {
    let positions = domain.reduce(1.0) { $0 * Double($1.extent) }
    return stages.reduce(0) { sum, stage in
      guard let body = stage.body else { return sum }
      var functions = 0.0
      for value in stage.values {
        value.forEach { if case .apply = $0 { functions += 1 } }
      }
      let count = body.variables.reduce(positions) { $0 * Double($1.extent) }
      return sum + count * max(functions, 1)
    }
  }
}

/// A kernel with one reduction, a sum or another one, and an epilogue for each result.
struct SumKernel {
  /// The kernel as stages.
  let stages: KernelStages
  let reduction: Reduction
  let epilogue: [Assignment]

  /// Returns nil if the kernel is something else.
  init?(_ kernel: KernelStages) {
    guard case .reduce(let reduction) = kernel.stages.first,
      let epilogue = kernel.stages.dropFirst().assignments
    else { return nil }
    stages = kernel
    self.reduction = reduction
    self.epilogue = epilogue
  }

  /// The kernel `frame` with these equations.
  init(_ frame: KernelStages, _ reduction: Reduction, _ epilogue: [Assignment]) {
    stages = frame.replacing([.reduce(reduction)] + epilogue.map { .single($0) })
    self.reduction = reduction
    self.epilogue = epilogue
  }

  var domain: [Variable] { stages.domain }
  var elements: KernelElements { stages.elements }
  var parameters: [KernelParameter] { stages.parameters }
  var definitions: [Definition] { stages.definitions }

  /// The number of reduced terms.
  var work: Double { (domain + reduction.variables).reduce(1.0) { $0 * Double($1.extent) } }

  /// Returns the kernel over another domain and other reduced variables, with all arrays, values
  /// and stored elements replaced.
  func rewritten(
    domain: [Variable], reducing variables: [Variable], array: (Buffer) -> Buffer,
    value: (Expression) -> Expression, element: (Element) -> Element
  ) -> SumKernel {
    var reduction = reduction.mapped(value)
    reduction.variables = variables
    return SumKernel(
      stages.rewritten(domain: domain, array: array, value: value, element: element),
      reduction, epilogue.map { $0.mapped(value, element: element) })
  }
}

/// A kernel with several reductions one after the other, and computations between them.
struct MultiReductionKernel {
  /// The kernel as stages.
  let stages: KernelStages
  /// The reductions, each with the stages before it.
  let parts: [(before: [Assignment], reduction: Reduction)]
  let epilogue: [Assignment]

  /// Returns nil if the kernel is something else.
  init?(_ kernel: KernelStages) {
    var parts: [(before: [Assignment], reduction: Reduction)] = []
    var open: [Assignment] = []
    for stage in kernel.stages {
      switch stage {
      case .single(let assignment): open.append(assignment)
      case .reduce(let reduction):
        parts.append((open, reduction))
        open = []
      case .temporary, .row: return nil
      }
    }
    guard parts.count > 1 else { return nil }
    stages = kernel
    self.parts = parts
    epilogue = open
  }

  var domain: [Variable] { stages.domain }
  var elements: KernelElements { stages.elements }

  /// The number of reduced terms.
  var work: Double {
    parts.reduce(0) { sum, part in
      sum + (domain + part.reduction.variables).reduce(1.0) { $0 * Double($1.extent) }
    }
  }
}

extension ArraySlice<Stage> {
  /// The stages as single values; nil if some are not.
  fileprivate var assignments: [Assignment]? {
    var result: [Assignment] = []
    for stage in self {
      guard case .single(let assignment) = stage else { return nil }
      result.append(assignment)
    }
    return result
  }
}
