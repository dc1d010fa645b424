public import TensorLibrary
internal import LoopIR

/// In training, sets whole examples to 0 at random and scales the others up: before the sum of a
/// residual connection, this leaves out the branch. Otherwise does nothing.
///
///     x + drop(block(x))
public struct StochasticDepth: Layer, LibraryLayer {
  /// What is dropped together.
  public enum Mode: Sendable {
    /// Each example for itself.
    case row
    /// All examples of a batch.
    case batch
  }

  let site = Session.current.here()
  private let rate: Double
  private let mode: Mode

  /// A layer that drops the share `rate` of the examples, or of the batches, from 0 to 1.
  public init(_ rate: Double, mode: Mode = .row) {
    self.rate = Check.inside(rate, 0...1, "rate", of: "StochasticDepth")
    self.mode = mode
  }

  /// Applies the layer; the first axis counts examples.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("stochastic_depth", to: x) { x in
      guard Trace.current?.mode == .training, rate > 0 else { return x }
      guard rate < 1 else { return x.filled(0) }
      let count = mode == .row ? x.shape.dims.first ?? 1 : 1
      let shape = Shape((0..<x.rank).map { $0 == 0 ? count : 1 })
      let kept = randomBool(shape, probability: 1 - rate)
      return select(kept, x * (1 / (1 - rate)), x.filled(0))
    }
  }
}
