package import Support

/// What a function of a program is for: who calls it, and when.
package enum FunctionKind: String, CaseIterable, Hashable, Sendable {
  /// Sets every state; its one input is the seed.
  case initialise
  /// The same for the states that need not be in a weight file, called before one is read.
  case initialiseRest
  /// Learns from one batch; its scalar outputs are the metrics, the loss first.
  case trainStep
  /// Measures one batch of held-out examples.
  case evaluationStep
  /// The same for one example: what fills no batch is measured one by one.
  case evaluationRest
  /// Gives the results of an evaluation after its last batch.
  case measured
  /// Takes the results that are single numbers after each evaluation.
  case evaluated
  /// Tells the learning rates of the last step, which the train program shows.
  case rates
  /// Fills the states that are derived from others. It runs by itself before a function that reads
  /// them, unless nothing has changed since.
  case prepare
  /// Declared under a name of the user's own, and offered by the infer program.
  case user

  /// One row of the table of all kinds.
  package struct Row: Sendable {
    /// The name that gcomp gives the function; nil if the user gives one.
    package let name: String?
    /// The kind in `Runtime/model/model.h`; nil if the description of a model leaves the function
    /// out.
    package let constant: String?
    /// The comment of the function in C. A function of the user's that returns something has one
    /// that says what.
    package let summary: String

    fileprivate init(_ name: String?, _ constant: String?, _ summary: String) {
      self.name = name
      self.constant = constant
      self.summary = summary
    }
  }

  /// The row of `self`: the table of all kinds.
  package var row: Row {
    switch self {
    case .initialise:
      Row("init", "RT_INITIALISE", "Sets every state; the same seed gives the same numbers.")
    case .initialiseRest:
      Row(
        "init_rest", "RT_INITIALISE_REST",
        "Sets the states that need not be in a weight file, before one is read.")
    case .trainStep: Row("train_step", "RT_TRAIN_STEP", "Learns from one batch.")
    case .evaluationStep:
      Row("eval_step", "RT_EVALUATION_STEP", "Measures one batch of held-out examples.")
    case .evaluationRest:
      Row(
        "eval_rest", "RT_EVALUATION_REST",
        "Measures one of the examples that fill no batch at the end of an evaluation.")
    case .measured:
      Row("measured", "RT_MEASURED", "Gives the results of an evaluation after its last batch.")
    case .evaluated:
      Row("evaluated", "RT_EVALUATED", "Takes in what an evaluation has measured.")
    case .rates: Row("rates", "RT_RATES", "Tells the learning rates of the last step.")
    case .prepare: Row("prepare", nil, "Computes what depends on parameters alone.")
    case .user: Row(nil, "RT_USER", "Changes the state.")
    }
  }

  /// The name that gcomp gives the function of a phase, whose own name is empty if it is the only
  /// one. Functions of users have names of their own.
  package func fixedName(of phase: String = "") -> String {
    guard let name = row.name else { preconditionFailure("the user names the function") }
    return phase.isEmpty ? name : "\(phase)_\(name)"
  }

  /// The kind that reserves a name; nil if users may take it. The name of the preparation is free,
  /// as no user sees it.
  package static func reserving(_ name: String) -> FunctionKind? {
    allCases.first { $0.row.name == name && $0.row.constant != nil }
  }

  /// True iff the function sets states that had no value before.
  package var initialises: Bool { self == .initialise || self == .initialiseRest }

  /// True iff each phase of a training has a function of this kind.
  package var isOfPhase: Bool {
    switch self {
    case .trainStep, .evaluationStep, .evaluationRest, .measured, .evaluated, .rates: true
    case .initialise, .initialiseRest, .prepare, .user: false
    }
  }

  /// True iff parameters change between two calls of the function, so that nothing computed from
  /// them can be reused.
  package var isOfTraining: Bool {
    switch self {
    case .initialise, .initialiseRest, .trainStep, .evaluationStep, .evaluationRest, .measured,
      .evaluated, .rates:
      true
    case .prepare, .user: false
    }
  }
}

// The kind follows the head of a function, as in `function train_step as trainStep {`; one of the
// user's has none.
extension FunctionKind {
  /// The kind and the phase as text; nothing for a function of the user's.
  package func clause(of phase: String) -> String {
    if self == .user { return "" }
    return " as \(rawValue)" + (phase.isEmpty ? "" : " of \(phase.quoted)")
  }
}

extension Scanner {
  /// Takes the kind of a function, which must be one of `kinds` unless the function is the user's,
  /// and the name of its phase.
  package mutating func functionKind(
    _ kinds: [FunctionKind] = FunctionKind.allCases
  ) throws(ParseError) -> (kind: FunctionKind, phase: String) {
    guard accept(word: "as") else { return (.user, "") }
    let words = kinds.filter { $0 != .user }.map { "'\($0.rawValue)'" }
    let what = "one of " + words.joined(separator: ", ")
    let place = self
    let kind: FunctionKind = try choice(what)
    guard kind != .user, kinds.contains(kind) else { throw place.expected(what) }
    return (kind, accept(word: "of") ? try string("the name of a phase in quotes") : "")
  }
}
