package import Support

/// A named, typed array of a program's interface.
package struct ArrayDeclaration: Hashable, Sendable {
  package let name: String
  package let type: ElementType
  package let shape: [Int]

  package init(name: String, type: ElementType, shape: [Int]) {
    self.name = name
    self.type = type
    self.shape = shape
  }

  /// The number of elements.
  package var count: Int { shape.reduce(1, *) }
  /// The number of bytes.
  package var bytes: Int { count * type.size }
}

/// The role of a state; it decides what a checkpoint holds and what a summary counts.
package enum StateRole: String, CaseIterable, Hashable, Sendable {
  /// Learned.
  case parameter
  /// Saved with the parameters but not learned, such as running means.
  case statistic
  /// State of an optimizer.
  case optimizer
  /// A number the user may change without compiling again.
  case setting
  /// Counters and random keys.
  case counter
  /// Kept between calls but in no weights, such as the keys and values of attention.
  case cache
  /// Sums of an evaluation: 0 at its beginning, and in no file.
  case measure
  /// The number of the present epoch, from 0, which the train program sets.
  case epoch
  /// The number of steps of the present phase, which the train program sets.
  case total
  /// The number of steps before the present phase, which the train program sets.
  case first
  /// Computed from parameters after they have changed; never saved.
  case derived

  /// True iff weight files hold the state. Beside what loads a file, only training changes it: what
  /// is made of such states stays the same from call to call of other functions.
  package var isInWeights: Bool {
    switch self {
    case .parameter, .statistic: true
    case .optimizer, .setting, .counter, .cache, .measure, .epoch, .total, .first, .derived: false
    }
  }
}

/// Memory that outlives a call.
package struct StateSlot: Hashable, Sendable {
  package let array: ArrayDeclaration
  package let role: StateRole
  /// Other names under which a file may hold it.
  package let aliases: [String]

  package init(_ array: ArrayDeclaration, role: StateRole, aliases: [String] = []) {
    self.array = array
    self.role = role
    self.aliases = aliases
  }
}

// As in `also "decoder.weight", "encoder.weight"`.
extension [String] {
  /// The further names of a state, as text; nothing if there are none.
  package var also: String { isEmpty ? "" : " also " + map(\.quoted).joined(separator: ", ") }
}

extension Scanner {
  /// Takes the further names of a state, if there are any.
  package mutating func also() throws(ParseError) -> [String] {
    guard accept(word: "also") else { return [] }
    var names: [String] = []
    repeat { names.append(try string("another name in quotes")) } while accept(",")
    return names
  }
}

/// An array inside the arena of a function.
package struct Temporary: Hashable, Sendable {
  package let array: ArrayDeclaration
  /// Where it begins, in bytes.
  package let offset: Int
  /// Its live range: the numbers of the first and last step, both included.
  package let life: ClosedRange<Int>

  package init(_ array: ArrayDeclaration, offset: Int, life: ClosedRange<Int>) {
    self.array = array
    self.offset = offset
    self.life = life
  }
}

/// One function of the program.
package struct LoopFunction: Hashable, Sendable {
  package var name: String
  package var kind: FunctionKind
  /// The phase of training that it belongs to; empty for the only one, and for none.
  package var phase: String
  package var inputs: [ArrayDeclaration]
  package var outputs: [ArrayDeclaration]
  package var temporaries: [Temporary]
  package var steps: [Step]
  /// What the function does, for its comment.
  package var summary: String

  package init(
    name: String, kind: FunctionKind = .user, phase: String = "", inputs: [ArrayDeclaration],
    outputs: [ArrayDeclaration], temporaries: [Temporary], steps: [Step], summary: String
  ) {
    self.name = name
    self.kind = kind
    self.phase = phase
    self.inputs = inputs
    self.outputs = outputs
    self.temporaries = temporaries
    self.steps = steps
    self.summary = summary
  }

  /// What a caller sees.
  package var head: FunctionHead {
    FunctionHead(name: name, kind: kind, phase: phase, inputs: inputs, outputs: outputs)
  }

  /// True iff the function fills the states that are derived from others.
  package var isPreparation: Bool { kind == .prepare }
}

/// An array of fixed values.
package struct ConstantArray: Hashable, Sendable {
  package let array: ArrayDeclaration
  package let values: [Literal]

  package init(_ array: ArrayDeclaration, values: [Literal]) {
    self.array = array
    self.values = values
  }
}

/// The number of a kernel in its program.
package struct KernelID: EntityID {
  package let index: Int
  package init(index: Int) { self.index = index }
}

/// A whole program as loops: state, kernels, and functions that call them.
package struct LoopProgram: Hashable, Sendable {
  package var name: String
  /// The file that the program was made from, without its folder.
  package var source: String
  package var states: [StateSlot]
  package var constants: [ConstantArray]
  package var kernels: DenseMap<KernelID, Kernel>
  package var functions: [LoopFunction]
  package var settings: [Setting]
  /// What the model was compiled with.
  package var options: [ModelOption]
  /// How the train program trains, in order; empty if the model does not learn.
  package var phases: [Phase]
  /// What it shows every few epochs.
  package var showings: [Showing]
  /// Which outputs of integers are words.
  package var namings: [Naming]
  /// The size of the one arena that all functions share, in bytes.
  package var arenaBytes: Int
  /// The largest number of bytes alive at once, the lower bound of any plan.
  package var arenaLowerBound: Int

  package init(
    name: String, source: String, states: [StateSlot], constants: [ConstantArray],
    kernels: DenseMap<KernelID, Kernel>, functions: [LoopFunction], settings: [Setting],
    options: [ModelOption] = [], phases: [Phase] = [], showings: [Showing] = [],
    namings: [Naming] = [], arenaBytes: Int, arenaLowerBound: Int
  ) {
    self.name = name
    self.source = source
    self.states = states
    self.constants = constants
    self.kernels = kernels
    self.functions = functions
    self.settings = settings
    self.options = options
    self.phases = phases
    self.showings = showings
    self.namings = namings
    self.arenaBytes = arenaBytes
    self.arenaLowerBound = arenaLowerBound
  }

  /// The function that fills derived states, if there are any.
  package var preparation: LoopFunction? { functions.first(where: \.isPreparation) }

  /// The state that says whether derived states are those of the parameters: the last one, if there
  /// is a preparation.
  package var preparedFlag: Int? { preparation == nil ? nil : states.count - 1 }

  /// True iff a function reads states that the preparation fills.
  package func needsPreparation(_ function: LoopFunction) -> Bool {
    !function.isPreparation
      && function.steps.flattened.flatMap(\.operands).contains { operand in
        if case .state(let i) = operand.base { states[i].role == .derived } else { false }
      }
  }

  /// True iff a function writes a state that the preparation reads.
  package func spoilsPreparation(_ function: LoopFunction) -> Bool {
    guard let preparation, !function.isPreparation else { return false }
    let read = Set(preparation.steps.flattened.flatMap(\.operands).map(\.base))
    return function.steps.flattened.contains { step in
      written(by: step).contains { read.contains($0.base) }
    }
  }

  /// The arrays that a step itself writes.
  package func written(by step: Step) -> [Operand] {
    switch step {
    case .call(let kernel, let operands):
      zip(operands, kernels[kernel].parameters).filter { $1.access != .read }.map(\.0)
    case .copy(_, let to), .fill(_, let to): [to]
    case .probe, .loop, .whileLoop, .branch: []
    }
  }

  /// What an operand of `function` is; nil if there is no such array.
  package func array(_ operand: Operand, in function: LoopFunction) -> ArrayDeclaration? {
    func at<T>(_ n: Int, _ list: [T]) -> T? { list.indices.contains(n) ? list[n] : nil }
    switch operand {
    case .state(let n): return at(n, states)?.array
    case .input(let n): return at(n, function.inputs)
    case .output(let n): return at(n, function.outputs)
    case .temporary(let n): return at(n, function.temporaries)?.array
    case .constant(let n): return at(n, constants)?.array
    case .element(let whole, _):
      guard let array = array(whole, in: function), !array.shape.isEmpty else { return nil }
      return ArrayDeclaration(
        name: array.name, type: array.type, shape: Array(array.shape.dropFirst()))
    case .part(let whole, let range):
      guard let array = array(whole, in: function), !array.shape.isEmpty else { return nil }
      return ArrayDeclaration(
        name: array.name, type: array.type, shape: [range.count] + array.shape.dropFirst())
    case .shaped(let whole, let shape):
      guard let array = array(whole, in: function) else { return nil }
      return ArrayDeclaration(name: array.name, type: array.type, shape: shape)
    case .named(let whole, let name), .becoming(let whole, let name):
      guard let array = array(whole, in: function) else { return nil }
      return ArrayDeclaration(name: name, type: array.type, shape: array.shape)
    case .index: return ArrayDeclaration(name: "index", type: .i32, shape: [])
    }
  }
}
