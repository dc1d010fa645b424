internal import GraphKit

/// Brings the last axis to mean 0 and deviation 1, then multiplies and adds parameters that have
/// names of their own.
func normed(
  _ x: Tensor, _ weight: Parameter, _ bias: Parameter, epsilon: Double
) -> Tensor {
  let norm = LayerNorm(weight.shape[0], epsilon: epsilon, affine: false)
  return norm(x) * weight.value + bias.value
}
