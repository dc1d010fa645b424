public import TensorLibrary
internal import LoopIR

/// In training, adds normal random numbers to all pixels. Otherwise does nothing.
public struct RandomNoise: Layer, LibraryLayer {
  let site = Session.current.here()
  private let deviation: Double

  /// A layer that adds numbers with mean 0 and a deviation.
  public init(_ deviation: Double) {
    self.deviation = Check.natural(deviation, "deviation", of: "RandomNoise")
  }

  /// Applies the layer to `[n, c, y, x]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    augmenting("random_noise", "RandomNoise", x, made: site) { x in
      deviation == 0 ? x : x + randomNormal(like: x) * deviation
    }
  }
}
