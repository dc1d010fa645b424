public import TensorLibrary

/// A tensor that a layer prepares when it is made: a table or a mask, computed from numbers alone.
///
///     let angles = Constant { range(64, .f32) * 0.1 }   // used as `angles.value`
///
/// It is no state and in no weight file. The closure runs once in each function that uses the
/// value, and its result is computed once, also if it is used in a loop.
public final class Constant {
  private let make: () -> Tensor
  private weak var trace: Trace?
  private var known: Tensor?

  /// The tensor that `make` returns, which may use whatever a function may use.
  public init(_ make: @escaping () -> Tensor) { self.make = make }

  /// The tensor in the function that is being traced.
  public var value: Tensor {
    guard let trace = Trace.running("Constant") else { return Session.current.limbo.poison() }
    if let known, self.trace === trace { return known }
    // In the function itself, so that all its loops and branches can use it.
    let open = trace.frames
    trace.frames = []
    defer { trace.frames = open }
    let tensor = make()
    (self.trace, known) = (trace, tensor)
    return tensor
  }
}
