import GraphIR
import LoopIR

extension GradientCase {
  /// Gradients that are stated, and are what they would be anyway.
  static let custom: [GradientCase] = [
    GradientCase("own gradient by the operand", order: 2, [[4], [4]]) {
      let (x, weight) = ($0[0], $0[1].stopGradient() * 0 + 2)
      // A value used from outside is part of the graph's inputs.
      return marked(x * x * x * weight, x) { from, _, seed in seed * from * from * 3 * weight }
    },
    GradientCase("own gradient by the result", order: 2, [[2, 3]]) {
      marked(exp($0[0]), $0[0]) { _, result, seed in seed * result }
    },
    GradientCase("own gradient of own gradient", order: 2, [[4]]) {
      let inner = marked(sin($0[0]), $0[0]) { from, _, seed in seed * cos(from) }
      return marked(inner * inner, inner) { from, _, seed in seed * from * 2 }
    },
  ]

  private static func marked(
    _ value: Tensor, _ from: Tensor, _ gradient: (Tensor, Tensor, Tensor) -> Tensor
  ) -> Tensor {
    let types = [from, value, value].map { (name: nil as String?, type: $0.type) }
    guard
      let region = value.builder.region(
        types, { _, x in [gradient(x[0], x[1], x[2])] })
    else { return value.builder.poison() }
    let op = CustomGradient(values: 1, sources: 1, backward: region.graph)
    return value.builder.apply(op, [value, from] + region.captures)[0]
  }
}
