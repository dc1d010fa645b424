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
  /// The function that fills derived states, and the member of the state block that says whether
  /// it has done so.
  let preparation: String?
  let preparedFlag: String?
  /// What is timed; nil in programs that are not to be profiled.
  let profile: CProfile?
  /// What else a program shows of itself; nil in programs of users.
  let trace: CTrace?
  /// Names that function bodies must not use for anything else.
  let fileScope: [String]

  init(_ program: LoopProgram, isProfiled: Bool = false, trace: CTrace? = nil) {
    let model = cModelName(program.name)
    self.model = model
    var members = CScope()
    states = program.states.map { members.take($0.array.name) }

    let own = (["create", "destroy", "model", "state", "t"] + (trace?.names ?? []))
      .map { "\(model)_\($0)" }
    let statics = [
      "create", "destroy", "state", "changed", "states", "settings", "functions", "recipe",
    ]
    var outer = CScope(own + statics + (isProfiled ? ["profile", "profiled"] : []))
    functions = program.functions.map { outer.take("\(model)_\($0.name)") }
    runners = program.functions.map { outer.take("run_\($0.name)") }
    inputs = program.functions.map { outer.take("\($0.name)_inputs") }
    outputs = program.functions.map { outer.take("\($0.name)_outputs") }
    kernels = program.kernels.values.map { outer.take($0.name) }
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
  /// All of these, and those of the file: loop variables get others.
  let scope: CScope

  init(_ function: LoopFunction, _ program: ProgramNames) {
    var scope = CScope(program.fileScope)
    inputs = function.inputs.map { scope.take($0.name) }
    outputs = function.outputs.map { scope.take($0.name) }
    temporaries = function.temporaries.map { scope.take($0.array.name) }
    model = scope.take(firstOf: ["m", "self", "model"])
    state = scope.take(firstOf: ["s", "state"])
    arena = scope.take(firstOf: ["a", "arena"])
    self.scope = scope
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
