internal import TensorLibrary
internal import LoopIR

/// Returns `body` applied to images `[n, c, y, x]` if a model is in training, else the images; both
/// as floating-point numbers, so that a type does not depend on the mode.
///
/// - `kind`: what nodes are named after; `layer`: the name for messages.
func augmenting(
  _ kind: String, _ layer: String, _ x: Tensor, made site: SiteID?, _ body: (Tensor) -> Tensor
) -> Tensor {
  augmenting(kind, layer, x, made: site, training: body) { $0 }
}

/// The same for a layer that does something else, `otherwise`, when a model is not in training.
func augmenting(
  _ kind: String, _ layer: String, _ x: Tensor, made site: SiteID?,
  training: (Tensor) -> Tensor, otherwise: (Tensor) -> Tensor
) -> Tensor {
  applying(kind, to: x) { x in
    guard x.rank == 4, x.elementType != .bool else {
      Session.current.report(.layerInput(layer, Tensor.imageRule(2), x.type, made: site))
      return x.builder.poison()
    }
    let images = x.elementType.isFloat ? x : x.cast(to: .f32)
    return Trace.current?.mode == .training ? training(images) : otherwise(images)
  }
}

extension Tensor {
  /// One number for each image, as a shape that is broadcast to images.
  var imageShape: Shape { [shape[0], 1, 1, 1] }

  /// The pixels of images at places of rows `[n, rows]` and columns `[n, columns]`, beyond the
  /// ends by the rules of `mode`.
  func pixels(rows: Tensor, columns: Tensor, mode: PaddingMode) -> Tensor {
    let (height, width) = (shape[2], shape[3])
    let (i, j) = (mode.inside(rows, height), mode.inside(columns, width))
    let image = (range(shape[0]) * height).expanded(at: -1)
    let line = ((image + i) * width).expanded(at: 2)
    let all = transposed([0, 2, 3, 1]).reshaped([shape[0] * height * width, shape[1]])
    let found = all.gather(line + j.expanded(at: 1)).transposed([0, 3, 1, 2])
    guard case .constant(let number) = mode else { return found }
    func isInside(_ place: Tensor, _ extent: Int) -> Tensor {
      (place .>= 0) .&& (place .< extent)
    }
    let kept = isInside(rows, height).expanded(at: 2) .&& isInside(columns, width).expanded(at: 1)
    return select(kept.expanded(at: 1), found, found.filled(number))
  }
}

extension PaddingMode {
  // Places of an axis moved to places inside; `constant` replaces the elements there later.
  fileprivate func inside(_ place: Tensor, _ extent: Int) -> Tensor {
    switch self {
    case .constant, .replicate: return minimum(maximum(place, 0), extent - 1)
    case .circular: return place % extent
    case .reflect:
      if extent == 1 { return place * 0 }
      let turn = place % (2 * extent - 2)
      return minimum(turn, 2 * extent - 2 - turn)
    }
  }
}
