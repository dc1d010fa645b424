package import LoopIR
package import Support

/// The number of a state in its program.
package struct StateID: EntityID {
  package let index: Int
  package init(index: Int) { self.index = index }
}

/// A named tensor that outlives a call.
package struct State: Hashable, Sendable {
  package let name: String
  package let type: TensorType
  package let role: StateRole
  /// Other names under which a file may hold it.
  package let aliases: [String]
  package let site: SiteID?

  package init(
    name: String, type: TensorType, role: StateRole, aliases: [String] = [], site: SiteID?
  ) {
    self.name = name
    self.type = type
    self.role = role
    self.aliases = aliases
    self.site = site
  }
}

/// A place in the model's source.
package struct Site: Hashable, Sendable {
  package let file: String
  package let line: Int
  package let column: Int

  package init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }
}

/// A pure function from state and inputs to state and outputs.
package struct GraphFunction: Hashable, Sendable {
  /// The use of one output of the graph.
  package enum Result: Hashable, Sendable {
    /// Goes to the caller under a name.
    case output(String)
    /// Becomes the value of a state.
    case update(StateID)
    /// Has its range printed under a name.
    case probe(String)
  }

  package let name: String
  package let kind: FunctionKind
  /// The phase of training that it belongs to; empty for the only one, and for none.
  package let phase: String
  package var graph: Graph
  /// One for each output of the graph.
  package var results: [Result]

  package init(
    name: String, kind: FunctionKind = .user, phase: String = "", graph: Graph, results: [Result]
  ) {
    self.name = name
    self.kind = kind
    self.phase = phase
    self.graph = graph
    self.results = results
  }

  /// The signature.
  package var head: FunctionHead {
    FunctionHead(
      name: name, kind: kind, phase: phase,
      inputs: graph.inputs.map { ArrayDeclaration(graph[$0].name ?? "input", graph[$0].types[0]) },
      outputs: zip(graph.outputs, results).compactMap { value, kind in
        if case .output(let name) = kind { return ArrayDeclaration(name, graph.type(value)) }
        return nil
      })
  }
}

extension ArrayDeclaration {
  /// An array that holds a tensor of a given type.
  package init(_ name: String, _ type: TensorType) {
    self.init(name: name, type: type.element, shape: type.dims)
  }
}

/// A model as the compiler sees it: states, and functions over them.
package struct GraphProgram: Hashable, Sendable {
  package var name: String
  /// The file that the program was made from, without its folder.
  package var source: String
  package var sites = DenseMap<SiteID, Site>()
  package var states = DenseMap<StateID, State>()
  package var functions: [GraphFunction] = []
  package var settings: [Setting] = []
  /// What the model was compiled with.
  package var options: [ModelOption] = []
  /// How the train program trains, in order; empty if the model does not learn.
  package var phases: [Phase] = []
  /// What it shows every few epochs.
  package var showings: [Showing] = []
  /// Which outputs of integers are words.
  package var namings: [Naming] = []

  package init(name: String, source: String) {
    self.name = name
    self.source = source
  }
}
