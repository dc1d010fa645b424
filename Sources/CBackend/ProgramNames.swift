internal import LoopIR
internal import Support

/// The C names of a program's parts outside of kernels.
struct ProgramNames {
  /// The model: the beginning of all names that other files see, and the names of the files.
  let model: String
  /// The members of the state block.
  let states: [String]
  let constants: [String]
  let kernels: [String]
  /// The whole names of the functions: `digits_infer`.
  let functions: [String]
  /// The names of the functions in the program: they name static helpers.
  let runners: [String]
  /// The tables that describe the inputs and outputs of each function.
  let inputs: [String]
  let outputs: [String]
  /// The tables of the data sets of each phase, and of the fields of each set.
  let sets: [String]
  let fields: [[String]]
  /// The function that fills derived states, and the member of the state block that says whether
  /// it has done so.
  let preparation: String?
  let preparedFlag: String?
  /// The steps that are timed; nil without a profile.
  let profile: CProfile?
  /// What a program shows to a checker; nil in programs of users.
  let trace: CTrace?
  /// Names reserved in function bodies.
  let fileScope: [String]

  // Names that users see come first, so that these stay as they are.
  init(_ program: LoopProgram, isProfiled: Bool = false, trace: CTrace? = nil) {
    let model = cModelName(program.name)
    self.model = model
    var members = CScope()
    states = program.states.map { members.take($0.array.name) }

    let own =
      ([
        "create", "destroy", "make", "bytes", "load", "save", "error", "model", "state", "t",
      ] + (trace?.names ?? [])).map { "\(model)_\($0)" }
    let statics = [
      "make", "changed", "states", "settings", "functions", "phases", "showings", "classes",
      "namings",
    ]
    var outer = CScope(own + statics + (isProfiled ? ["profile", "profiled"] : []))
    functions = program.functions.map { outer.take("\(model)_\($0.name)") }
    runners = program.functions.map { outer.take("run_\($0.name)") }
    inputs = program.functions.map { outer.take("\($0.name)_inputs") }
    outputs = program.functions.map { outer.take("\($0.name)_outputs") }
    sets = program.phases.map { outer.take($0.name.isEmpty ? "sets" : "\($0.name)_sets") }
    fields = program.phases.map { phase in
      phase.sets.map {
        outer.take((phase.name.isEmpty ? "" : phase.name + "_") + $0.name + "_fields")
      }
    }
    kernels = program.kernels.values.map { outer.take($0.nameOutside) }
    constants = program.constants.map { outer.take($0.array.name) }
    preparedFlag = program.preparedFlag.map { [states] in states[$0] }
    preparation = program.functions.firstIndex(where: \.isPreparation).map { [functions] in
      functions[$0]
    }
    profile = isProfiled ? CProfile(program, kernels: kernels) : nil
    self.trace = trace
    fileScope = own + functions + kernels + constants
  }
}

/// The C names inside one function of the program.
struct FunctionNames {
  /// The model, its state block and its arena.
  let model: String
  let state: String
  let arena: String
  let inputs: [String]
  let outputs: [String]
  let temporaries: [String]
  /// The pointers to arrays that hold one value after the other: one for each value but the first,
  /// in the order in which steps use them.
  let values: [NamedValue]
  /// These names and those of the file, which loop variables must avoid.
  let scope: CScope

  // Names the parts of one function.
  init(_ function: LoopFunction, _ program: ProgramNames) {
    var scope = CScope(program.fileScope)
    inputs = function.inputs.map { scope.take($0.name) }
    outputs = function.outputs.map { scope.take($0.name) }
    temporaries = function.temporaries.map { scope.take($0.array.name) }
    var values: [NamedValue] = []
    for case (let base, let label)? in function.steps.flattened.flatMap(\.operands).map(\.label)
    where !values.contains(where: { $0.base == base && $0.label == label }) {
      values.append(NamedValue(base: base, label: label, name: scope.take(label)))
    }
    self.values = values
    model = scope.take(firstOf: ["m", "self", "model"])
    state = scope.take(firstOf: ["s", "state"])
    arena = scope.take(firstOf: ["a", "arena"])
    self.scope = scope
  }
}

/// A pointer to an array while that holds a value of another name than the array's own.
struct NamedValue {
  let base: Operand
  /// The name of the value in steps.
  let label: String
  /// The name in C.
  let name: String
}

extension FunctionNames {
  /// The pointer to `base` while it holds a value of some name; nil if there is none but its own.
  func value(_ base: Operand, _ label: String) -> String? {
    values.first { $0.base == base && $0.label == label }?.name
  }
}

extension Operand {
  /// The array, and the name of the value that it holds, where that is not the array's own.
  var label: (base: Operand, label: String)? {
    switch self {
    case .named(let whole, let name): (whole.base, name)
    case .becoming(let whole, _), .element(let whole, _), .part(let whole, _),
      .shaped(let whole, _):
      whole.label
    case .state, .input, .output, .temporary, .constant, .index: nil
    }
  }
}

extension Kernel {
  /// The name of the function, which nothing inside has: a kernel `sum` with a local `sum` that
  /// writes `y` is `sum_y`.
  var nameOutside: String {
    let inside = Set(parameters.map(\.buffer.name) + scalarNames)
    if !inside.contains(name) { return name }
    let written = parameters.first { $0.access != .read && $0.buffer.name != name }?.buffer.name
    return "\(name)_\(written ?? "all")"
  }

  /// The names of all scalars and loop variables, in order.
  var scalarNames: [String] {
    var result: [String] = []
    for definition in definitions {
      switch definition.target {
      case .local(let local): result.append(local.name)
      case .buffer(_, let indices): result += indices.flatMap(\.variables).map(\.name)
      }
      definition.value.forEach { (expression) in
        if case .reduce(_, let variables, _) = expression { result += variables.map(\.name) }
      }
    }
    body.forEachStatement { (statement) in
      switch statement {
      case .loop(let loop): result.append(loop.variable.name)
      case .tile(let tile): result += tile.variables.map(\.name) + [tile.sum.name]
      case .constant(let local, _), .variable(let local, _): result.append(local.name)
      case .whileLoop, .assign, .array, .store, .transform, .fetch, .when: break
      }
    }
    return result
  }
}

extension LoopFunction {
  /// The arrays that steps work on or in.
  var arrays: [Operand] { steps.flattened.flatMap(\.operands).map(\.base) }
}

extension LoopProgram {
  /// What an operand of `function` is.
  func existing(_ operand: Operand, in function: LoopFunction) -> ArrayDeclaration {
    guard let array = array(operand, in: function) else {
      preconditionFailure("\(operand) does not exist in\n\(LoopPrinter.print(self))")
    }
    return array
  }

  /// The numbers of the kernels and constants that some step uses.
  var usedKernels: Set<Int> {
    Set(
      functions.flatMap(\.steps.flattened).compactMap { (step) -> Int? in
        if case .call(let kernel, _) = step { kernel.index } else { nil }
      })
  }

  var usedConstants: Set<Int> {
    Set(
      functions.flatMap(\.arrays).compactMap { (operand) -> Int? in
        if case .constant(let n) = operand { n } else { nil }
      })
  }
}
