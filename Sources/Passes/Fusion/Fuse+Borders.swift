internal import GraphIR
internal import LoopIR

extension Fusion {
  /// True iff the value is an array with a border that only a sum over windows of its planes reads:
  /// the schedule of that sum copies planes anyway.
  func isBorderOfPlanes(_ id: NodeID) -> Bool {
    guard let border = graph[id].op as? Pad, !isOutput[id.index], users[id.index].count == 1,
      let contract = graph[users[id.index][0]].op as? Contract, graph[id].types[0].element == .f32
    else { return false }
    let user = graph[users[id.index][0]]
    let source = graph.type(graph[id].operands[0])
    let domain = contract.map.resultAxes.enumerated().map {
      Variable(id: $0, name: $1.name, extent: $1.extent)
    }
    var count = domain.count
    guard
      case .reduction(let sum) = contract.definition(
        user.operands.map { graph.type($0) }, user.types),
      case .element(let element) = border.definition([source], graph[id].types),
      case .reduce(.sum, let reduced, let product) = sum(
        { number, index in
          guard user.operands[number].node == id else {
            let type = graph.type(user.operands[number])
            return .load(Buffer(id: 1, name: "w", type: type.element, shape: type.dims), index)
          }
          let array = Buffer(id: 0, name: "x", type: source.element, shape: source.dims)
          return element({ .load(array, $1) }, index)
        }, domain.map { Index($0) },
        { name, extent in
          count += 1
          return Variable(id: count, name: name, extent: extent)
        })
    else { return false }
    return PlaneWindow(domain: domain, reducing: reduced, product)?.band(for: machine) != nil
  }
}
