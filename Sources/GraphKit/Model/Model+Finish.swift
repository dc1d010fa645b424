internal import TensorLibrary
internal import LoopIR
internal import Support

extension Model {
  /// Adds `init`, the function that gives every state its first value.
  func finish() {
    if program.functions.isEmpty {
      if session.log.entries.isEmpty { session.report(.emptyModel(name), at: site) }
      return
    }
    checkNamings()
    traceInit()
    nameCopies()
  }

  // A file that has what a copy was made of, but not the copy, gives both the same values: the
  // names of the one are further names of the other.
  private func nameCopies() {
    for parameter in states {
      guard let id = parameter.state, parameter.role.isInWeights else { continue }
      var names = program.states[id].aliases
      var next = parameter.initialiser.source
      while let source = next, let other = source.state, source.model === self {
        names += [program.states[other].name] + program.states[other].aliases
        next = source.initialiser.source
      }
      let state = program.states[id]
      var seen: Set = [state.name]
      program.states[id] = State(
        name: state.name, type: state.type, role: state.role,
        aliases: names.filter { seen.insert($0).inserted }, site: state.site)
    }
  }

  // Every state gets its first value; one that the value of another depends on gets it before that.
  // Random numbers come from the key, at a step that training never reaches.
  private func traceInit() {
    let seed = TensorType(.u64, [])
    trace(.initialise, inputs: [Argument(name: "seed", type: seed)], at: site) { trace, inputs in
      let start = words(of: inputs[0])
      let never = trace.builder.constant(Double(UInt32.max), TensorType(.u32, []))
      trace.random = (key: start, step: never)
      var begun: Set<ObjectIdentifier> = []
      func initialise(_ parameter: Parameter) {
        guard begun.insert(ObjectIdentifier(parameter)).inserted else { return }
        trace.initialise(parameter, to: parameter === key ? start : nil)
      }
      trace.initialise = { parameter in
        initialise(parameter)
        if let value = trace.version(of: parameter) { return value }
        if parameter.model === trace.model {
          trace.model.session.report(.beginsAsItself(parameter.title))
        }
        return trace.builder.poison(parameter.type)
      }
      for parameter in states { initialise(parameter) }
      trace.initialise = nil
      return [:]
    }
  }

  // The low and the high half of a seed.
  private func words(of seed: Tensor) -> Tensor {
    let high = Tensor.map(.shiftRight, seed, seed.filled(32))
    return stack([seed.cast(to: .u32), high.cast(to: .u32)])
  }
}

extension Trace {
  /// Gives a parameter its first value, which is that of its initialiser unless another is given.
  fileprivate func initialise(_ parameter: Parameter, to given: Tensor?) {
    // In the function itself, also if a loop of another initialiser needs it.
    let (outer, open) = (root.name, frames)
    frames = []
    root.name = parameter.plainName
    defer { (root.name, frames) = (outer, open) }
    let value = given ?? parameter.initialiser.make(parameter.type)
    if value.value != nil, value.type != parameter.type {
      model.session.report(
        .initialValue(parameter.title, value.type, parameter.type), at: parameter.site)
    } else {
      write(value, to: parameter)
    }
  }
}

extension Session {
  /// Finishes all models and returns the report about them.
  package func report() -> Report {
    if models.isEmpty, log.entries.isEmpty {
      log.report(GraphDiagnostic(Mistake.noModel().message, site: nil))
    }
    for model in models { model.finish() }
    checkOptions()
    let places = sites.resolved()
    let diagnostics = Report.lines(log.entries, places, files: sites.files)
    var programs = log.entries.isEmpty ? models.map { $0.program.located(places) } : []
    for i in programs.indices { programs[i].options = options }
    return Report(
      programs: programs, diagnostics: diagnostics,
      warnings: Report.lines(warnings, places, level: "warning"), folder: sites.folder)
  }
}

extension GraphProgram {
  /// The program with places numbered anew: each line of the model that is used, once.
  fileprivate func located(_ places: [[Site]]) -> GraphProgram {
    var program = GraphProgram(name: name, source: source)
    var known: [Site: SiteID] = [:]
    func moved(_ site: SiteID?) -> SiteID? {
      guard let site, let place = places[site.index].first else { return nil }
      if let id = known[place] { return id }
      let id = program.sites.append(place)
      known[place] = id
      return id
    }
    for state in states.values {
      _ = program.states.append(
        State(
          name: state.name, type: state.type, role: state.role, aliases: state.aliases,
          site: moved(state.site)))
    }
    for function in functions {
      let graph = function.graph.relocated(moved)
      program.functions.append(
        GraphFunction(
          name: function.name, kind: function.kind, phase: function.phase, graph: graph,
          results: function.results))
    }
    program.settings = settings
    program.phases = phases
    program.showings = showings
    program.namings = namings
    return program
  }
}
