internal import GraphIR
internal import LoopIR
internal import Support

/// Which kernels may write a result over an operand that nobody reads any more.
///
///     %1 = kernel %0 { exp }       temporary 0
///     %2 = kernel %1 { tanh }      temporary 0 as well, if %1 is not read again
struct InPlace {
  private let graph: Graph
  /// The step that reads a value last, and the values that are wanted at the end.
  private var lastReaders: [Value: NodeID] = [:]
  private let wanted: Set<Value>
  private var taken: Set<Value> = []

  /// - Parameter order: the steps of the graph in the order in which they run.
  init(_ graph: Graph, order: [NodeID]) {
    self.graph = graph
    wanted = Set(graph.outputs.map { graph.source(of: $0) })
    for id in order {
      for operand in graph[id].operands { lastReaders[graph.source(of: operand)] = id }
    }
  }

  /// Returns the value over which a kernel may write its result, of those that satisfy `isOwn`.
  mutating func takeOperand(for result: Value, where isOwn: (Value) -> Bool) -> Value? {
    let id = result.node
    guard let kernel = graph[id].op as? KernelOp, kernel.replaced == nil else { return nil }
    let arrays = graph[id].operands.map { graph.source(of: $0) }
    for (i, operand) in graph[id].operands.enumerated() {
      let array = arrays[i]
      guard isOwn(array), lastReaders[array] == id, !wanted.contains(array),
        !taken.contains(array), graph.type(operand) == graph.type(result),
        arrays.count(where: { $0 == array }) == 1,
        kernel.readsInPlace(i, for: result.result)
      else { continue }
      taken.insert(array)
      return array
    }
    return nil
  }
}

extension KernelOp {
  /// True iff the array of operand `position` can be that of a result of the same type as well:
  /// no element is read after it is written.
  func readsInPlace(_ position: Int, for result: Int) -> Bool {
    guard let rows else { return body.readsInPlace(position) }
    let inputs = body.inputs.enumerated().map { Buffer($0, body[$1].types[0]) }
    let outputs = body.outputs.dropLast(held).enumerated().map {
      Buffer(inputs.count + $0, body.type($1))
    }
    let parameters = (inputs + outputs).map { KernelParameter($0, .read) }
    let stages = KernelStages(
      body, rows: rows, parameters: parameters, inputs: inputs.map { Window($0) },
      outputs: outputs.map { Window($0) })
    return stages.reads(inputs[position], before: outputs[result])
  }
}

extension Buffer {
  fileprivate init(_ id: Int, _ type: TensorType) {
    self.init(id: id, name: "x", type: type.element, shape: type.dims)
  }
}

extension Graph {
  // True iff an input of a kernel's graph is only read at the position that is being computed.
  fileprivate func readsInPlace(_ position: Int) -> Bool {
    var moved = [Bool](repeating: false, count: nodes.count)
    for id in nodes.ids.reversed() {
      let keeps: Bool =
        switch self[id].op.role {
        case .map, .boundary: true
        case .view, .choice, .reduce, .contract, .opaque, .control: false
        }
      for operand in self[id].operands where !keeps || moved[id.index] {
        moved[operand.node.index] = true
      }
    }
    return !moved[inputs[position].index]
  }
}

extension KernelStages {
  /// True iff a kernel by rows reads an array only in its own row, and no element after the one of
  /// another array at the same place is written.
  fileprivate func reads(_ array: Buffer, before result: Buffer) -> Bool {
    var isWritten = false
    for stage in stages {
      let places = places(of: array, in: stage.values)
      guard places.allSatisfy({ !isWritten && $0.starts(with: position) }) else { return false }
      switch stage {
      case .row(let row) where row.target.buffer == result:
        // A neighbour may be written already.
        guard places.allSatisfy({ $0 == row.target.indices }) else { return false }
        isWritten = true
      case .single(.store(result, _, _)): isWritten = true
      case .hold, .single, .reduce, .row: continue
      }
    }
    return true
  }

  // The positions at which values read an array.
  private func places(of array: Buffer, in values: [Expression]) -> [[Index]] {
    var result: [[Index]] = []
    for value in values {
      value.forEach {
        if case .load(array, let indices) = $0 { result.append(indices) }
      }
    }
    return result
  }
}
