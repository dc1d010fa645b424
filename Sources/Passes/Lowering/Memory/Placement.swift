internal import GraphIR
internal import LoopIR
internal import Support

/// Where one result of a graph is wanted.
enum Home {
  /// In memory that the graph does not read.
  case new(Operand)
  /// In memory whose old value the graph may read: a state, or what a loop carries.
  case update(Operand)
  /// Anywhere.
  case none
}

/// Where each value of a graph of kernels lies, and in which order its kernels run.
struct Placement {
  /// The array of each value.
  var operands: [Value: Operand] = [:]
  /// The kernels, loops and branches in the order in which they run.
  private(set) var order: [NodeID] = []
  /// The values that lie in the arena, in the order of their numbers; one that a loop carries may
  /// have several places.
  var temporaries: [(value: Value, places: Int?)] = []
  /// What loops hand on from step to step; nil where that lies in the place of the result.
  var carries: [NodeID: [Carry?]] = [:]
  /// What remains to be copied at the end, in order, because a value has two homes.
  private(set) var copies: [(value: Value, from: Operand, to: Operand)] = []
  /// The arrays of fixed values that the program does not have yet, in order.
  private(set) var constants: [Constant] = []
  /// The values that lie in larger ones.
  private(set) var windows = Windows()

  let graph: Graph
  let kernels: KernelPlans
  /// What is known of the graph's kernels.
  private let plans: [NodeID: KernelPlan]
  private let homes: [Home]
  /// The numbers that the first temporary and the first constant get.
  let firstTemporary: Int
  private let firstConstant: Int
  private let known: [Constant: Int]
  /// Kernels that must have run before a kernel changes an array.
  var before: [NodeID: Set<NodeID>] = [:]
  /// Values in the arena, and those in whose arrays they are made.
  var joined: [Value: Value] = [:]
  /// The kernels that read an array from outside, and which of their operands that is.
  private var readers: [Operand: [(kernel: NodeID, operand: Int)]] = [:]
  /// The arrays whose old values are wanted at the end.
  private var wanted: Set<Operand> = []
  /// The values that have a home already, and where else they are wanted.
  private var waiting: [(value: Value, to: Operand)] = []

  /// - Parameters:
  ///   - inputs: the arrays of the graph's inputs.
  ///   - homes: where its outputs are wanted.
  ///   - known: the numbers of the constants that the program has.
  init(
    _ graph: Graph, _ kernels: KernelPlans, inputs: [Operand], homes: [Home], firstTemporary: Int,
    firstConstant: Int, known: [Constant: Int] = [:]
  ) {
    self.init(
      resultsOf: graph, kernels, inputs: inputs, homes: homes, firstTemporary: firstTemporary,
      firstConstant: firstConstant, known: known)
    placeCarries()
    joinResults()
    let taken = takenOver
    windows = Windows(graph, plans) { [operands] in operands[$0] == nil && !taken.contains($0) }
    order = sortedKernels()
    order = KernelOrder(graph, steps: order, before: before) { operands[$0] == nil }.improved(order)
    placeTemporaries()
    orderCopies()
  }

  // Places what comes from outside and the results, which decides what remains to be copied.
  private init(
    resultsOf graph: Graph, _ kernels: KernelPlans, inputs: [Operand], homes: [Home],
    firstTemporary: Int, firstConstant: Int, known: [Constant: Int]
  ) {
    self.graph = graph
    self.kernels = kernels
    plans = kernels.plans(in: graph)
    self.homes = homes
    self.firstTemporary = firstTemporary
    self.firstConstant = firstConstant
    self.known = known
    placeSources(inputs)
    findReaders()
    placeResults()
  }

  /// Returns the homes of a graph to which something remains to be copied at its end.
  static func copiedHomes(
    of graph: Graph, _ kernels: KernelPlans, inputs: [Operand], homes: [Home]
  ) -> Set<Operand> {
    let placement = Placement(
      resultsOf: graph, kernels, inputs: inputs, homes: homes, firstTemporary: 0, firstConstant: 0,
      known: [:])
    return Set(placement.waiting.map(\.to))
  }

  /// The value that `value` is another shape of.
  func source(_ value: Value) -> Value { graph.source(of: value) }

  /// The array in which `value` lies.
  func operand(_ value: Value) -> Operand {
    guard let operand = operands[source(value)] else { preconditionFailure("a value has no place") }
    return operand
  }

  private mutating func placeSources(_ inputs: [Operand]) {
    for id in graph.nodes.ids {
      switch graph[id].op {
      case let input as Input: operands[Value(id)] = inputs[input.position]
      case let read as ReadState: operands[Value(id)] = .state(read.state.index)
      case let constant as Constant:
        operands[Value(id)] = .constant(known[constant] ?? firstConstant + constants.count)
        if known[constant] == nil { constants.append(constant) }
      default: continue
      }
    }
  }

  // True iff the node is work: a kernel, a loop or a branch.
  func isStep(_ id: NodeID) -> Bool {
    graph[id].op is KernelOp || graph[id].op.role == .control
  }

  // The array from outside that `value` is, if it is one.
  private func outside(_ value: Value) -> Operand? {
    let node = source(value).node
    return graph[node].op is Input || graph[node].op is ReadState ? operands[Value(node)] : nil
  }

  private mutating func findReaders() {
    for id in graph.nodes.ids where isStep(id) {
      for (i, operand) in graph[id].operands.enumerated() {
        if let array = outside(operand) { readers[array, default: []].append((id, i)) }
      }
    }
    for (output, home) in zip(graph.outputs, homes) {
      guard let array = outside(output) else { continue }
      if case .update(array) = home { continue }
      wanted.insert(array)
    }
  }

  // A value goes straight to where it is wanted, if nothing there is still needed.
  private mutating func placeResults() {
    for (value, home) in zip(graph.outputs, homes) {
      let value = source(value)
      switch home {
      case .new(let place):
        if operands[value] == place { continue }
        self.place(value, at: place, allowed: true)
      case .update(let place):
        if operands[value] == place { continue }
        self.place(
          value, at: place, allowed: operands[value] == nil && mayReplace(place, by: value))
      case .none: continue
      }
    }
  }

  private mutating func place(_ value: Value, at operand: Operand, allowed: Bool) {
    if allowed, operands[value] == nil {
      operands[value] = operand
      handDown(value, to: operand)
    } else {
      waiting.append((value, operand))
    }
  }

  /// The steps that read an array from outside.
  func outsideReaders(of place: Operand) -> [NodeID] { (readers[place] ?? []).map(\.kernel) }

  /// True iff the step of `value` may write over an array: it begins with the old value or reads
  /// it only element by element, and all other readers can run before it; from now on they do.
  mutating func mayReplace(_ place: Operand, by value: Value) -> Bool {
    guard isStep(value.node), !(graph[value.node].op is Cond), !wanted.contains(place) else {
      return false
    }
    let start = start(of: value.result, value.node)
    var others: Set<NodeID> = []
    for (id, i) in readers[place] ?? [] {
      if id != value.node {
        others.insert(id)
      } else if i != start, !readsInPlace(i, value) {
        return false
      }
    }
    guard !ancestors(of: others).contains(value.node) else { return false }
    before[value.node, default: []].formUnion(others)
    return true
  }

  // True iff the kernel of `value` reads an operand only at the position that it computes.
  private func readsInPlace(_ i: Int, _ value: Value) -> Bool {
    guard let plan = plans[value.node] else { return false }
    let operand = graph[value.node].operands[i]
    return operand == source(operand) && plan.inPlace[value.result].contains(i)
  }

  /// All steps that must run before one of `nodes`, these included.
  func ancestors(of nodes: Set<NodeID>) -> Set<NodeID> {
    var seen: Set<NodeID> = []
    var stack = Array(nodes)
    while let id = stack.popLast() {
      guard seen.insert(id).inserted else { continue }
      stack += graph[id].operands.map(\.node)
      stack += before[id] ?? []
    }
    return seen
  }

  // Kernels in their order, but after all that must come before them.
  private func sortedKernels() -> [NodeID] {
    var done: Set<NodeID> = []
    var order: [NodeID] = []
    var path: [(id: NodeID, next: [NodeID])] = []
    func needs(_ id: NodeID) -> [NodeID] {
      graph[id].operands.map(\.node) + (before[id] ?? []).sorted()
    }
    for start in graph.nodes.ids where !done.contains(start) {
      // What only exists to change a state comes as late as it can: others read that state.
      path = [(start, needs(start))]
      while var top = path.popLast() {
        if let next = top.next.popLast() {
          path.append(top)
          if !done.contains(next) { path.append((next, needs(next))) }
          continue
        }
        guard done.insert(top.id).inserted else { continue }
        if isStep(top.id) { order.append(top.id) }
      }
    }
    return order
  }

  private mutating func placeTemporaries() {
    var inPlace = InPlace(graph, plans, order: order)
    let taken = takenOver
    for id in order {
      for result in graph[id].types.indices {
        let value = Value(id, result)
        guard operands[value] == nil, windows.places[value] == nil else { continue }
        if let beginning = joined[value] {
          operands[value] = operands[beginning]
        } else if let own = inPlace.takeOperand(
          for: value, where: { isTemporary($0) && isAlone($0) && !taken.contains($0) })
        {
          operands[value] = operands[own]
        } else {
          operands[value] = .temporary(firstTemporary + temporaries.count)
          temporaries.append((value, nil))
        }
      }
    }
    for (value, (holder, _)) in windows.places { operands[value] = operands[holder] }
  }

  // The values in whose arrays others are made, and those.
  private var takenOver: Set<Value> { Set(joined.keys).union(joined.values) }

  // True iff no value lies inside of this one, or this one in another.
  private func isAlone(_ value: Value) -> Bool {
    windows.places[value] == nil && !windows.holders.contains(value.node)
  }

  private func isTemporary(_ value: Value) -> Bool {
    if case .temporary = operands[value], !(graph[value.node].op is Input) { true } else { false }
  }
}

extension Placement {
  // A state is overwritten after it is copied from; where states change places, one of them is
  // put aside first.
  private mutating func orderCopies() {
    var moves = waiting.map { (value: $0.value, from: operand($0.value), to: $0.to) }
    while !moves.isEmpty {
      let sources = Set(moves.map(\.from))
      let free = moves.filter { !sources.contains($0.to) }
      copies += free
      moves.removeAll { !sources.contains($0.to) }
      guard free.isEmpty, let blocked = moves.first(where: { $0.from == moves[0].to }) else {
        continue
      }
      let aside = Operand.temporary(firstTemporary + temporaries.count)
      temporaries.append((blocked.value, nil))
      copies.append((blocked.value, blocked.from, aside))
      for i in moves.indices where moves[i].from == blocked.from { moves[i].from = aside }
    }
  }
}
