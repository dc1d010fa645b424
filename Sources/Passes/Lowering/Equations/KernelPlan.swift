internal import GraphIR
internal import LoopIR
internal import Support

/// What is known of a kernel wherever it is called, before anything has a place.
///
/// What depends on the places of its arrays, such as schedule, panels and scratch arrays, is known
/// of a call: see `KernelCall`.
struct KernelPlan {
  /// For each result, the operands over which it may be written: they have its type, and no element
  /// is read after it is written.
  let inPlace: [Set<Int>]
  /// For each result, the one number that fills it; nil where the kernel computes it.
  let fillings: [Literal?]
  /// The operands that the kernel copies into its result, each with its place there; nil if it does
  /// anything else.
  let parts: [(operand: Int, place: WindowPlace)]?
  /// True iff its results may lie in larger arrays: it makes them element by element.
  let canBeMoved: Bool
  /// The arithmetic operations of a call; a multiplication and an addition count as two.
  let operations: Int
  /// True iff there are sums of products, or loops of its own.
  let isHeavy: Bool

  init(_ kernel: KernelOp) {
    let body = kernel.body
    let nodes = body.nodes.values
    inPlace = kernel.operandsInPlace
    fillings = body.outputs.dropLast(kernel.temporaries).map {
      kernel.replaced == nil ? body.filling($0) : nil
    }
    let isByElement = kernel.rows == nil && kernel.replaced == nil
    parts = isByElement && body.outputs.count == 1 ? body.parts(of: body.outputs[0]) : nil
    canBeMoved = isByElement && !nodes.contains { $0.op.role == .opaque }
    operations = nodes.reduce(0) { $0 + $1.operations(in: body) }
    isHeavy = nodes.contains { $0.op.role == .contract || $0.op.role == .opaque }
  }
}

/// The plans of kernels and what they become, each made once, when somebody asks first.
///
/// A class, as all that find places, choose orders and make loops share it: they ask of the same
/// kernels. Kernels are looked up as values, so what a graph is rebuilt with is known already.
final class KernelPlans {
  let options: LoweringOptions
  private var plans: [KernelOp: KernelPlan] = [:]
  private var calls: [KernelCall: LoweredKernel] = [:]

  init(_ options: LoweringOptions) { self.options = options }

  /// What is known of a kernel.
  subscript(kernel: KernelOp) -> KernelPlan {
    if let known = plans[kernel] { return known }
    let plan = KernelPlan(kernel)
    plans[kernel] = plan
    return plan
  }

  /// What is known of the kernels of a graph.
  func plans(in graph: Graph) -> [NodeID: KernelPlan] {
    graph.nodes.ids.reduce(into: [:]) { plans, id in
      if let kernel = graph[id].op as? KernelOp { plans[id] = self[kernel] }
    }
  }

  /// Returns the loops of a call of a kernel, and what they need for themselves.
  func lowered(_ call: KernelCall) -> LoweredKernel {
    if let known = calls[call] { return known }
    let kernel = lower(call, options)
    calls[call] = kernel
    return kernel
  }
}

extension Graph {
  // The one number that a value is made of, if it is.
  fileprivate func filling(_ value: Value) -> Literal? {
    var value = value
    while self[value.node].op is Broadcast || self[value.node].op is Reshape {
      value = self[value.node].operands[0]
    }
    return (self[value.node].op as? Constant)?.splat
  }

  // The inputs that a value is only a larger array with, and where they lie in it.
  fileprivate func parts(of value: Value) -> [(operand: Int, place: WindowPlace)]? {
    let root = self[value.node]
    let dims = type(value).dims
    let inputs = root.operands.compactMap { (self[$0.node].op as? Input)?.position }
    guard inputs.count == root.operands.count else { return nil }
    switch root.op {
    case let pad as Pad:
      guard pad.parts.allSatisfy({ $0.low >= 0 && $0.high >= 0 && $0.interior == 0 }) else {
        return nil
      }
      return [(inputs[0], WindowPlace(dims: dims, lows: pad.parts.map(\.low)))]
    case let concat as Concat:
      var start = 0
      return zip(inputs, root.operands).map { input, operand in
        var lows = dims.map { _ in 0 }
        lows[concat.axis] = start
        start += type(operand).dims[concat.axis]
        return (input, WindowPlace(dims: dims, lows: lows))
      }
    default: return nil
    }
  }
}
