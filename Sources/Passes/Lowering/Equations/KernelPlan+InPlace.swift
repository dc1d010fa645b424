internal import GraphIR
internal import LoopIR
internal import Support

extension KernelOp {
  /// For each result, the operands whose array can be that of the result as well: they have its
  /// type, and no element is read after it is written.
  var operandsInPlace: [Set<Int>] {
    let results = body.outputs.dropLast(temporaries).map { body.type($0) }
    let operands = body.inputs.map { body[$0].types[0] }
    let alike = results.map { type in operands.indices.filter { operands[$0] == type } }
    if alike.allSatisfy(\.isEmpty) { return results.map { _ in [] } }
    guard let rows else {
      let unmoved = body.unmovedInputs
      return alike.map { unmoved.intersection($0) }
    }
    let inputs = operands.enumerated().map { Buffer($0, $1) }
    let outputs = results.enumerated().map { Buffer(inputs.count + $0, $1) }
    let stages = KernelStages(
      body, rows: rows, parameters: (inputs + outputs).map { KernelParameter($0, .read) },
      inputs: inputs.map { Window($0) }, outputs: outputs.map { Window($0) })
    return zip(outputs, alike).map { output, alike in
      Set(alike.filter { stages.reads(inputs[$0], before: output) })
    }
  }
}

extension Buffer {
  fileprivate init(_ id: Int, _ type: TensorType) {
    self.init(id: id, name: "x", type: type.element, shape: type.dims)
  }
}

extension Graph {
  // The inputs of a kernel's graph that are only read at the position that is being computed.
  fileprivate var unmovedInputs: Set<Int> {
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
    let inputs = inputs
    return Set(inputs.indices.filter { !moved[inputs[$0].index] })
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
      case .temporary, .single, .reduce, .row: continue
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
