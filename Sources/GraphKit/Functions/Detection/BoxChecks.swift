internal import GraphIR
internal import TensorLibrary

/// Returns `body` of tensors of boxes, whose last axis has four numbers.
func applying(_ name: String, boxes: [Tensor], _ body: () -> Tensor) -> Tensor {
  applying(name, to: boxes[0]) { first in
    for x in boxes {
      guard x.value != nil else { return first.builder.poison() }
      guard x.rank >= 1, x.shape[-1] == 4 else {
        x.builder.fail(.boxes(name, x.type), operands: [x])
        return x.builder.poison()
      }
    }
    return body()
  }
}
