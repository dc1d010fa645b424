public import TensorLibrary
internal import LoopIR

/// In training, mirrors each image with a probability, and independently of that top and bottom.
/// Otherwise does nothing.
public struct RandomFlip: Layer, LibraryLayer {
  let site = Session.current.here()
  private let horizontal: Bool
  private let vertical: Bool
  private let probability: Double

  /// A layer that exchanges left and right if `horizontal`, top and bottom if `vertical`.
  public init(horizontal: Bool = true, vertical: Bool = false, probability: Double = 0.5) {
    self.horizontal = horizontal
    self.vertical = vertical
    self.probability = Check.inside(probability, 0...1, "probability", of: "RandomFlip")
  }

  /// Applies the layer to `[n, c, y, x]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    augmenting("random_flip", "RandomFlip", x, made: site) { x in
      var x = x
      for (axis, isWanted) in [(3, horizontal), (2, vertical)] where isWanted && probability > 0 {
        x = select(randomBool(x.imageShape, probability: probability), x.reversed(axes: [axis]), x)
      }
      return x
    }
  }
}
