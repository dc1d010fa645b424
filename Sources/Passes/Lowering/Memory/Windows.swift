internal import GraphIR
internal import LoopIR
internal import Support

/// The place of a value inside a larger array.
struct WindowPlace: Hashable {
  /// The extents of the array.
  let dims: [Int]
  /// Where along each axis the value begins.
  let lows: [Int]
}

/// The places of the operands and results of a kernel that lie in larger arrays, by number.
struct KernelWindows: Hashable {
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

  /// The position in the array of an element of the part.
  func moved(_ index: [Index]) -> [Index] {
    lows.isEmpty ? index : zip(index, lows).map { $0 + $1 }
  }
}

/// Values that are written directly into a padded or concatenated array, so that nothing is copied.
///
///     %1 = kernel {...} : f32[1, 56, 56, 64]
///     %2 = kernel %1 { pad {0.0; 0:0, 1:1, 1:1, 0:0} } : f32[1, 58, 58, 64]
///
/// Here `%1` lies in the middle of `%2`, whose kernel only fills the border.
struct Windows {
  /// The value that holds another, and where in it.
  private(set) var places: [Value: (holder: Value, place: WindowPlace)] = [:]
  /// The kernels of the larger arrays, which need not copy anything.
  private(set) var holders: Set<NodeID> = []

  /// No value lies inside of another.
  init() {}

  /// - Parameter isFree: true iff the place of a value is still undecided.
  init(_ graph: Graph, _ plans: [NodeID: KernelPlan], isFree: (Value) -> Bool) {
    let users = graph.users()
    // True iff a kernel makes the value element by element and only kernels read it.
    func canMove(_ value: Value) -> Bool {
      guard plans[value.node]?.canBeMoved == true, !holders.contains(value.node),
        places[value] == nil, !graph.outputs.contains(value)
      else { return false }
      return users[value.node.index].allSatisfy {
        (graph[$0].op as? KernelOp).map { $0.replaced == nil } ?? false
      }
    }
    for id in graph.nodes.ids {
      guard let parts = plans[id]?.parts, isFree(Value(id)), places[Value(id)] == nil else {
        continue
      }
      let values = parts.map { graph[id].operands[$0.operand] }
      guard !graph.meet(values), values.allSatisfy({ isFree($0) && canMove($0) }) else { continue }
      holders.insert(id)
      for (value, part) in zip(values, parts) { places[value] = (Value(id), part.place) }
    }
  }
}

extension Graph {
  // True iff a kernel makes two of the values, or makes one and reads another: it would get the
  // same array twice.
  fileprivate func meet(_ values: [Value]) -> Bool {
    Set(values.map(\.node)).count < values.count
      || values.contains { value in self[value.node].operands.contains { values.contains($0) } }
  }
}
