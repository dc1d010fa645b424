public import GraphIR
internal import LoopIR

/// In training, sets a random part of the elements to 0 and scales the others up, so that their sum
/// stays the same on average. Otherwise nothing.
public struct Dropout: Layer, LibraryLayer {
  let site = Session.current.here()
  private let rate: Double

  /// A layer that drops the part `rate`, from 0 to 1.
  public init(_ rate: Double = 0.5) {
    self.rate = Check.inside(rate, 0...1, "rate", of: "Dropout")
  }

  /// Applies the layer.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("dropout", to: x) { x in
      guard Trace.current?.mode == .training, rate > 0 else { return x }
      guard rate < 1 else { return x.filled(0) }
      let kept = randomBool(x.shape, probability: 1 - rate)
      return select(kept, x * (1 / (1 - rate)), x.filled(0))
    }
  }
}
