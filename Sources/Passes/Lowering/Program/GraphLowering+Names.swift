internal import GraphIR
internal import LoopIR
internal import Support

// Names of arrays in steps: those of the values that they hold.
extension GraphLowering {
  /// The array of a value, under the name of the value.
  func argument(_ value: Value, at operand: Operand, _ region: PlacedGraph) -> Operand {
    guard region.makes(value), operand.isWhole else { return outside(operand) }
    return named(operand, region.name(value))
  }

  /// An array whose value belongs to another graph, or a part of an array.
  func outside(_ operand: Operand) -> Operand {
    outerNames[operand.base].map { named(operand, $0) } ?? operand
  }

  private func named(_ operand: Operand, _ name: String) -> Operand {
    switch operand.base {
    case .temporary(let i): operand.named(name, unless: temporaries[i].name)
    case .output(let i): operand.named(name, unless: outputs[i].name)
    default: operand
    }
  }

  /// Sets the names of arrays inside a loop or a branch: those of operands as before it, those of
  /// changed arrays as the results.
  mutating func noteNames(_ id: NodeID, _ region: PlacedGraph) {
    let node = region.graph[id]
    for value in node.operands where region.makes(value) { note(value, region) }
    for i in node.types.indices { note(Value(id, i), region) }
  }

  private mutating func note(_ value: Value, _ region: PlacedGraph) {
    let operand = region.placement.operand(value)
    if operand.isWhole { outerNames[operand.base] = region.name(value) }
  }

  /// The names of a step's results.
  func resultNames(_ id: NodeID, _ region: PlacedGraph) -> [String] {
    region.graph[id].types.indices.map { region.name(Value(id, $0)) }
  }
}
