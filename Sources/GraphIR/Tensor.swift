public import LoopIR

/// A value of a model, computed when the program runs.
///
/// A tensor is a handle; operations on it add nodes to a graph. Its shape and element type are
/// known and checked when it is made.
public struct Tensor {
  package let builder: GraphBuilder
  /// Nil for poison: a tensor that stands for a mistake that was reported.
  package let value: Value?
  package let type: TensorType

  package init(builder: GraphBuilder, value: Value?, type: TensorType) {
    self.builder = builder
    self.value = value
    self.type = type
  }

  /// The extents, outermost first.
  public var shape: Shape { type.shape }

  /// The type of each element.
  public var elementType: ElementType { type.element }

  /// The number of axes.
  public var rank: Int { type.rank }

  /// The node that made the value, in the graph that the tensor belongs to; nil for poison.
  package var node: Node? { value.map { builder.graph[$0.node] } }

  /// Where it was made.
  package var site: SiteID? { node?.site }

  /// What it is called, if it has a name.
  package var name: String? { node?.name }
}

extension Tensor: CustomStringConvertible {
  /// The type, as in `f32[32, 784]`.
  public var description: String { value == nil ? "a tensor that could not be made" : "\(type)" }
}

extension Tensor {
  /// A tensor of one number everywhere, of the shape and type of `self`.
  package func filled(_ value: Double, as element: ElementType? = nil) -> Tensor {
    if self.value == nil { return self }
    return builder.constant(value, TensorType(element ?? elementType, shape))
  }

  /// The elements converted to another type: floats are truncated towards zero and saturate at the
  /// range of an integer type, integers wrap.
  public func cast(to element: ElementType) -> Tensor {
    element == elementType ? self : builder.apply(Cast(to: element), self)
  }

  /// The same values, through which no gradient flows.
  public func stopGradient() -> Tensor { builder.apply(StopGradient(), self) }

  /// True iff all tensors belong to one function; reports it otherwise.
  package static func together(_ tensors: [Tensor], _ op: String) -> Bool {
    guard let first = tensors.first else { return true }
    let innermost = tensors.reduce(first.builder) { $1.builder.sees($0) ? $1.builder : $0 }
    guard let stranger = tensors.first(where: { !innermost.sees($0.builder) }) else { return true }
    stranger.builder.fail(.otherFunction(op))
    return false
  }

  /// The axis counted from the first, or nil after reporting that there is none.
  package func axis(_ axis: Int, of op: String) -> Int? {
    let i = axis < 0 ? axis + rank : axis
    if value == nil { return nil }
    if i >= 0, i < rank { return i }
    builder.fail(.axis(op, axis, type), operands: [self])
    return nil
  }

  /// The axes counted from the first, or nil after reporting what is wrong; no axes are all.
  package func axes(_ axes: [Int]?, of op: String) -> [Int]? {
    guard let axes else { return Array(0..<rank) }
    var result: [Int] = []
    for number in axes {
      guard let axis = axis(number, of: op) else { return nil }
      if result.contains(axis) {
        builder.fail(.axisTwice(op, number), operands: [self])
        return nil
      }
      result.append(axis)
    }
    return result
  }
}
