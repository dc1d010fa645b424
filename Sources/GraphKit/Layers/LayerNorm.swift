public import TensorLibrary

/// Normalizes the last axes of each example to mean 0 and variance 1.
///
/// Parameters: `weight` and `bias`, of the shape of these axes.
public struct LayerNorm: Layer, LibraryLayer {
  let site = Session.current.here()
  /// The factor of each element.
  public let weight: Parameter?
  /// The bias of each element.
  public let bias: Parameter?
  private let shape: Shape
  private let epsilon: Double

  /// A layer for last axes with the given extents.
  public init(_ extents: Int..., epsilon: Double = 1e-5, affine: Bool = true) {
    shape = Check.shape(Shape(extents), of: "LayerNorm")
    _ = Check.positive(extents.count, "number of axes", of: "LayerNorm")
    weight = affine ? Parameter(shape, initialiser: .ones, named: "weight") : nil
    bias = affine ? Parameter(shape, initialiser: .zeros, named: "bias") : nil
    self.epsilon = epsilon
  }

  /// Applies the layer.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("layer_norm", to: x, naming: weight) { x in
      guard shape.rank > 0, Array(x.shape.dims.suffix(shape.rank)) == shape.dims else {
        let rule = "end with the extents '\(shape)'"
        Session.current.report(.layerInput("LayerNorm", rule, x.type, made: x.site))
        return x.builder.poison()
      }
      let axes = Array((x.rank - shape.rank)..<x.rank)
      let distance = x - x.mean(axes: axes, keep: true)
      let variance = (distance * distance).mean(axes: axes, keep: true, named: "variance")
      let normal = distance * rsqrt(variance + epsilon)
      let scaled = weight.map { normal * $0.value } ?? normal
      return bias.map { scaled + $0.value } ?? scaled
    }
  }
}
