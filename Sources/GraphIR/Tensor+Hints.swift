public import LoopIR

// What other libraries call things: each says what to write here. None can be used, so a model that
// compiles never meets one.

/// The power operator of Python, which is `pow` here.
infix operator ** : BitwiseShiftPrecedence

extension Tensor {
  /// Not there; `.>` compares elements.
  @available(*, unavailable, message: "write '.>', and 'select' or 'cond' in place of 'if'")
  public static func > (a: Tensor, b: Tensor) -> Bool { false }
  /// Not there; `.>` compares elements.
  @available(*, unavailable, message: "write '.>', and 'select' or 'cond' in place of 'if'")
  public static func > (a: Tensor, b: Double) -> Bool { false }
  /// Not there; `.<` compares elements.
  @available(*, unavailable, message: "write '.<', and 'select' or 'cond' in place of 'if'")
  public static func < (a: Tensor, b: Tensor) -> Bool { false }
  /// Not there; `.<` compares elements.
  @available(*, unavailable, message: "write '.<', and 'select' or 'cond' in place of 'if'")
  public static func < (a: Tensor, b: Double) -> Bool { false }
  /// Not there; `.>=` compares elements.
  @available(*, unavailable, message: "write '.>=', and 'select' or 'cond' in place of 'if'")
  public static func >= (a: Tensor, b: Tensor) -> Bool { false }
  /// Not there; `.>=` compares elements.
  @available(*, unavailable, message: "write '.>=', and 'select' or 'cond' in place of 'if'")
  public static func >= (a: Tensor, b: Double) -> Bool { false }
  /// Not there; `.<=` compares elements.
  @available(*, unavailable, message: "write '.<=', and 'select' or 'cond' in place of 'if'")
  public static func <= (a: Tensor, b: Tensor) -> Bool { false }
  /// Not there; `.<=` compares elements.
  @available(*, unavailable, message: "write '.<=', and 'select' or 'cond' in place of 'if'")
  public static func <= (a: Tensor, b: Double) -> Bool { false }
  /// Not there; `.==` compares elements.
  @available(*, unavailable, message: "write '.==', and 'select' or 'cond' in place of 'if'")
  public static func == (a: Tensor, b: Tensor) -> Bool { false }
  /// Not there; `.==` compares elements.
  @available(*, unavailable, message: "write '.==', and 'select' or 'cond' in place of 'if'")
  public static func == (a: Tensor, b: Double) -> Bool { false }
  /// Not there; `.!=` compares elements.
  @available(*, unavailable, message: "write '.!=', and 'select' or 'cond' in place of 'if'")
  public static func != (a: Tensor, b: Tensor) -> Bool { false }
  /// Not there; `.!=` compares elements.
  @available(*, unavailable, message: "write '.!=', and 'select' or 'cond' in place of 'if'")
  public static func != (a: Tensor, b: Double) -> Bool { false }
  /// Not there; `.&&` is for tensors.
  @available(*, unavailable, message: "write '.&&' for tensors of bool")
  public static func && (a: Tensor, b: Tensor) -> Bool { false }
  /// Not there; `.||` is for tensors.
  @available(*, unavailable, message: "write '.||' for tensors of bool")
  public static func || (a: Tensor, b: Tensor) -> Bool { false }
  /// Not there; `.!` is for tensors.
  @available(*, unavailable, message: "write '.!' for tensors of bool")
  public static prefix func ! (a: Tensor) -> Bool { false }
  /// Not there; `pow` is.
  @available(*, unavailable, message: "write 'pow(x, 2)' or 'x * x'")
  public static func ** (a: Tensor, b: Tensor) -> Tensor { a }
  /// Not there; `pow` is.
  @available(*, unavailable, message: "write 'pow(x, 2)' or 'x * x'")
  public static func ** (a: Tensor, b: Double) -> Tensor { a }
}

// Members.
extension Tensor {
  /// Not there; see the message.
  @available(*, unavailable, message: "write 'shape'; 'x.shape[0]' is the first extent")
  public var size: Shape { shape }
  /// Not there; see the message.
  @available(*, unavailable, message: "write 'transposed()', which exchanges the last two axes")
  public var T: Tensor { self }
  /// Not there; see the message.
  @available(*, unavailable, message: "write 'rank'")
  public var ndim: Int { rank }
  /// Not there; see the message.
  @available(*, unavailable, message: "write 'elementType'")
  public var dtype: ElementType { elementType }
  /// Not there; see the message.
  @available(*, unavailable, message: "write 'shape[axis]'")
  public func size(_ axis: Int) -> Int { axis }
  /// Not there; see the message.
  @available(*, unavailable, message: "write 'rank'")
  public func dim() -> Int { rank }
  /// Not there; see the message.
  @available(*, unavailable, message: "write 'shape.count'")
  public func numel() -> Int { shape.count }
  /// Not there; see the message.
  @available(*, unavailable, message: "numbers exist only when the program runs; return the tensor")
  public func item() -> Double { 0 }
  /// Not there; see the message.
  @available(*, unavailable, message: "numbers exist only when the program runs; return the tensor")
  public func numpy() -> Tensor { self }
  /// Not there; see the message.
  @available(*, unavailable, message: "write 'stopGradient()'")
  public func detach() -> Tensor { self }
  /// Not there; see the message.
  @available(*, unavailable, message: "write 'optimizer.minimize(loss, net.parameters)'")
  public func backward() {}
  /// Not there; see the message.
  @available(*, unavailable, message: "write 'reshaped([2, -1])'")
  public func view(_ extents: Int...) -> Tensor { self }
  /// Not there; see the message.
  @available(*, unavailable, message: "write 'reshaped([2, -1])'")
  public func reshape(_ extents: Int...) -> Tensor { self }
  /// Not there; see the message.
  @available(*, unavailable, message: "write 'transposed([1, 0])'")
  public func permute(_ axes: Int...) -> Tensor { self }
  /// Not there; see the message.
  @available(*, unavailable, message: "write 'transposed()'")
  public func t() -> Tensor { self }
  /// Not there; see the message.
  @available(*, unavailable, message: "write 'swappedAxes(a, b)'")
  public func transpose(_ a: Int, _ b: Int) -> Tensor { self }
  /// Not there; see the message.
  @available(*, unavailable, message: "write 'expanded(at: axis)'")
  public func unsqueeze(_ axis: Int) -> Tensor { self }
  /// Not there; see the message.
  @available(*, unavailable, message: "write 'squeezed(axis)'")
  public func squeeze(_ axis: Int = 0) -> Tensor { self }
  /// Not there; see the message.
  @available(*, unavailable, message: "write 'broadcast(to: [3, 2])'")
  public func expand(_ extents: Int...) -> Tensor { self }
  /// Not there; see the message.
  @available(*, unavailable, message: "write 'tiled([3, 2])'")
  public func `repeat`(_ counts: Int...) -> Tensor { self }
  /// Not there; see the message.
  @available(*, unavailable, message: "write 'flattened(from: 1)'")
  public func flatten(_ from: Int = 0) -> Tensor { self }
  /// Not there; see the message.
  @available(*, unavailable, message: "write 'cast(to:)'")
  public func to(_ element: ElementType) -> Tensor { self }
  /// Not there; see the message.
  @available(*, unavailable, message: "write 'cast(to: .f32)'")
  public func float() -> Tensor { self }
  /// Not there; see the message.
  @available(*, unavailable, message: "write 'cast(to: .i64)'")
  public func long() -> Tensor { self }
  /// Not there; see the message.
  @available(*, unavailable, message: "write 'standardDeviation(axis:, correction: 1)'")
  public func std(axis: Int? = nil) -> Tensor { self }
  /// Not there; see the message.
  @available(*, unavailable, message: "write 'variance(axis:, correction: 1)'")
  public func `var`(axis: Int? = nil) -> Tensor { self }
  /// Not there; the label is `axis`.
  @available(*, unavailable, message: "write 'axis:' and 'keep:'")
  public func sum(dim: Int, keepdim: Bool = false) -> Tensor { self }
  /// Not there; the label is `axis`.
  @available(*, unavailable, message: "write 'axis:' and 'keep:'")
  public func mean(dim: Int, keepdim: Bool = false) -> Tensor { self }
  /// Not there; the label is `axis`.
  @available(*, unavailable, message: "write 'axis:' and 'keep:'")
  public func max(dim: Int, keepdim: Bool = false) -> Tensor { self }
  /// Not there; the label is `axis`.
  @available(*, unavailable, message: "write 'axis:' and 'keep:'")
  public func min(dim: Int, keepdim: Bool = false) -> Tensor { self }
  /// Not there; the label is `axis`.
  @available(*, unavailable, message: "write 'axis:' and 'keep:'")
  public func argmax(dim: Int, keepdim: Bool = false) -> Tensor { self }
  /// Not there; the label is `axis`.
  @available(*, unavailable, message: "write 'axis:' and 'keep:'")
  public func argmin(dim: Int, keepdim: Bool = false) -> Tensor { self }
  /// Not there; the label is `axes`.
  @available(*, unavailable, message: "write 'axes:' and 'keep:'")
  public func sum(dim: [Int], keepdim: Bool = false) -> Tensor { self }
  /// Not there; the label is `axes`.
  @available(*, unavailable, message: "write 'axes:' and 'keep:'")
  public func mean(dim: [Int], keepdim: Bool = false) -> Tensor { self }
  /// Not there; the label is `axes`.
  @available(*, unavailable, message: "write 'axes:' and 'keep:'")
  public func max(dim: [Int], keepdim: Bool = false) -> Tensor { self }
  /// Not there; the label is `axes`.
  @available(*, unavailable, message: "write 'axes:' and 'keep:'")
  public func min(dim: [Int], keepdim: Bool = false) -> Tensor { self }
}

/// Not there; a shape has extents.
@available(*, unavailable, message: "write 'x.shape[0]', the first extent")
public func len(_ x: Tensor) -> Int { x.shape[0] }
/// Not there; `concatenate` is.
@available(*, unavailable, message: "write 'concatenate([x, y], axis: 1)'")
public func cat(_ tensors: [Tensor], dim: Int = 0) -> Tensor { tensors[0] }
