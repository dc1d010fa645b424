internal import TensorLibrary
internal import LoopIR
internal import Support

/// A model: networks whose parameters it names, and functions over them.
///
///     let model = Model("digits", net)
///
/// Functions are declared with `train`, `infer` and `function`; each is traced at once.
public final class Model {
  /// The name of the model and of the programs made from it.
  public let name: String
  let session: Session
  let site: SiteID?
  var program: GraphProgram
  /// The states, in the order of the program.
  var states: [Parameter] = []
  var functions: [String: SiteID?] = [:]
  var settings: [String: Setting] = [:]
  var optimizers = FirstUses<OptimizerState>()
  var plateaus = FirstUses<PlateauState>()
  /// The plateaus that each phase watches.
  var watched: [String: [PlateauState]] = [:]
  /// How often `prepare` was called.
  var preparations = 0
  /// The names of the values that the last training step returns, the loss first.
  var metrics: [String] = []
  var randomCalls = 0

  /// The random key, from which all random numbers are made.
  let key = Parameter(TensorType(.u32, [2]), role: .counter, initialiser: .zeros)
  /// The number of training steps done.
  let step = Parameter(TensorType(.u32, []), role: .counter, initialiser: .zeros)

  private init(_ name: String, states: [StateWalk.Found]) {
    self.name = name
    session = Session.current
    site = session.here()
    let file = session.sites.modelFile ?? "model.swift"
    program = GraphProgram(
      name: name, source: String(file.split(separator: "/").last ?? "model.swift"))
    if Trace.current != nil { session.report(.insideFunction("the model '\(name)'")) }
    if Check.name(name, of: "a model"), let first = session.models.first(where: { $0.name == name })
    {
      session.report(.sameModel(name, first: first.site))
    }
    session.models.append(self)
    for state in states { register(state.parameter, as: state.name, aliases: state.aliases) }
    register(key, as: "random_key")
    register(step, as: "step")
  }

  /// A model without parameters.
  public convenience init(_ name: String) { self.init(name, states: []) }

  /// A model of one network, or of anything that contains networks; its stored properties begin the
  /// names of its parameters.
  public convenience init<Root: Module>(_ name: String, _ root: Root) {
    self.init(name, states: StateWalk(root).found)
  }

  /// A model of several networks; the name of each begins the names of its parameters.
  public convenience init(_ name: String, _ roots: KeyValuePairs<String, any Module>) {
    self.init(name, roots: roots.map { (name: $0.key, module: $0.value) })
  }

  /// A model of networks whose number is known only when the model runs.
  package convenience init(_ name: String, roots: [(name: String, module: any Module)]) {
    self.init(name, states: StateWalk(roots).found)
  }

  /// Registers the parameters of a module with an existing model, and returns the learned ones.
  @discardableResult
  package func adopt(_ module: some Module, as name: String) -> [Parameter] {
    let found = StateWalk(module, name: name).found
    for state in found { register(state.parameter, as: state.name, aliases: state.aliases) }
    return found.map(\.parameter).filter { $0.role == .parameter }
  }

  /// Makes `parameter` a state of the model under a name, and others that files may use.
  func register(_ parameter: Parameter, as path: String, aliases: [String] = []) {
    if let owner = parameter.model, owner !== self {
      return session.report(.otherModel(parameter.title, owner.name, made: parameter.site))
    }
    if let other = states.first(where: { $0.name == path }) {
      return session.report(.sameParameter(path, other.site, parameter.site))
    }
    parameter.name = path
    parameter.model = self
    states.append(parameter)
    let state = State(
      name: path, type: parameter.type, role: parameter.role, aliases: aliases,
      site: parameter.site)
    parameter.state = program.states.append(state)
  }

  /// Returns the state of `parameter`, or nil after reporting that it has none here.
  func state(of parameter: Parameter) -> StateID? {
    if let state = parameter.state, parameter.model === self { return state }
    if let owner = parameter.model {
      session.report(.otherModel(parameter.title, owner.name, made: parameter.site))
    } else {
      session.report(.notInModel(parameter.title, name, made: parameter.site))
    }
    return nil
  }

  /// The number of the next random call; no two of the model share one.
  func nextRandomCall() -> Int {
    randomCalls += 1
    return randomCalls - 1
  }

  /// Adds a state for a function or an optimizer.
  func makeState(
    _ name: String, _ type: TensorType, _ role: StateRole, _ initialiser: Initialiser = .zeros
  ) -> Parameter {
    let parameter = Parameter(type, role: role, initialiser: initialiser)
    register(parameter, as: name)
    return parameter
  }
}
