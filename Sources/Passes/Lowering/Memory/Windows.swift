internal import GraphIR
internal import LoopIR
internal import Support

/// Where a value lies inside a larger array.
struct WindowPlace: Hashable {
  /// The extents of the array.
  let dims: [Int]
  /// Where along each axis the value begins.
  let lows: [Int]
}

/// The places of the operands and results of a kernel that lie in larger arrays, by number.
struct KernelWindows {
  var operands: [Int: WindowPlace] = [:]
  var results: [Int: WindowPlace] = [:]
}

/// An array as a kernel sees it, which may use a part only.
struct Window {
  let buffer: Buffer
  private let lows: [Int]

  init(_ buffer: Buffer, _ place: WindowPlace? = nil) {
    self.buffer = buffer
    lows = place?.lows ?? []
  }

  /// Where an element of the part lies in the array.
  func moved(_ index: [Index]) -> [Index] {
    lows.isEmpty ? index : zip(index, lows).map { $0 + $1 }
  }
}

/// Values that are written where a padded or joined array wants them, so that nothing is copied.
///
///     %1 = kernel {...} : f32[1, 56, 56, 64]
///     %2 = kernel %1 { pad {0.0; 0:0, 1:1, 1:1, 0:0} } : f32[1, 58, 58, 64]
///
/// Here `%1` lies in the middle of `%2`; what is left to do is to fill the border.
struct Windows {
  /// The value that holds another, and where in it.
  private(set) var places: [Value: (holder: Value, place: WindowPlace)] = [:]
  /// The kernels of holders, which have nothing to copy.
  private(set) var holders: Set<NodeID> = []

  private let graph: Graph
  private let users: [[NodeID]]

  /// - Parameter isFree: true iff nothing is decided yet about where a value lies.
  init(_ graph: Graph, isFree: (Value) -> Bool) {
    self.graph = graph
    users = graph.users()
    for id in graph.nodes.ids {
      guard let parts = parts(of: id), isFree(Value(id)), places[Value(id)] == nil,
        !meet(parts.map(\.value)),
        parts.allSatisfy({ isFree($0.value) && canMove($0.value) })
      else { continue }
      holders.insert(id)
      for part in parts { places[part.value] = (Value(id), part.place) }
    }
  }

  // What a kernel only copies to other places, if it does nothing else.
  private func parts(of id: NodeID) -> [(value: Value, place: WindowPlace)]? {
    let node = graph[id]
    guard let kernel = node.op as? KernelOp, kernel.rows == nil, kernel.replaced == nil,
      kernel.body.outputs.count == 1
    else { return nil }
    let body = kernel.body
    let root = body[body.outputs[0].node]
    let dims = node.types[0].dims
    let operands = root.operands.compactMap { operand -> Value? in
      guard let input = body[operand.node].op as? Input else { return nil }
      return node.operands[input.position]
    }
    guard operands.count == root.operands.count else { return nil }
    switch root.op {
    case let pad as Pad:
      guard pad.parts.allSatisfy({ $0.low >= 0 && $0.high >= 0 && $0.interior == 0 }) else {
        return nil
      }
      return [(operands[0], WindowPlace(dims: dims, lows: pad.parts.map(\.low)))]
    case let concat as Concat:
      var start = 0
      return operands.map { value in
        var lows = dims.map { _ in 0 }
        lows[concat.axis] = start
        start += graph.type(value).dims[concat.axis]
        return (value, WindowPlace(dims: dims, lows: lows))
      }
    default: return nil
    }
  }

  // True iff a kernel makes two of the values, or makes one and reads another: it would get one
  // array twice.
  private func meet(_ values: [Value]) -> Bool {
    Set(values.map(\.node)).count < values.count
      || values.contains { value in graph[value.node].operands.contains { values.contains($0) } }
  }

  // True iff a kernel makes the value element by element and only kernels read it.
  private func canMove(_ value: Value) -> Bool {
    guard let kernel = graph[value.node].op as? KernelOp, kernel.rows == nil,
      kernel.replaced == nil, !holders.contains(value.node), places[value] == nil,
      !kernel.body.nodes.values.contains(where: { $0.op.role == .opaque }),
      !graph.outputs.contains(value)
    else { return false }
    return users[value.node.index].allSatisfy {
      (graph[$0].op as? KernelOp).map { $0.replaced == nil } ?? false
    }
  }
}
