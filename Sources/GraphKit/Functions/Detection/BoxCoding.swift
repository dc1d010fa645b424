public import TensorLibrary
internal import LoopIR

/// Boxes as middles and extents, `x, y, width, height`, from corners `x1, y1, x2, y2`.
public func boxMiddles(_ boxes: Tensor) -> Tensor {
  applying("box_middles", boxes: [boxes]) {
    let (low, high) = (boxes[..., 0..<2], boxes[..., 2..<4])
    return concatenate([(low + high) * 0.5, high - low], axis: -1)
  }
}

/// Boxes as corners `x1, y1, x2, y2`, from middles and extents.
public func boxCorners(_ boxes: Tensor) -> Tensor {
  applying("box_corners", boxes: [boxes]) {
    let (middle, half) = (boxes[..., 0..<2], boxes[..., 2..<4] * 0.5)
    return concatenate([middle - half, middle + half], axis: -1)
  }
}

/// What is inside an image of so many rows and columns of pixels.
public func clippedBoxes(_ boxes: Tensor, rows: Int, columns: Int) -> Tensor {
  applying("clipped_boxes", boxes: [boxes]) {
    let limit = Tensor([columns, rows, columns, rows].map(Double.init), boxes.elementType)
    return minimum(maximum(boxes, 0), limit)
  }
}

/// Boxes as offsets from anchors: `(x - xa) / wa`, `(y - ya) / ha`, `log(w / wa)`, `log(h / ha)`,
/// of middles and extents, each times one of the `weights`.
///
/// As torchvision's BoxCoder. Both are `[..., 4]`.
public func encodedBoxes(
  _ boxes: Tensor, anchors: Tensor, weights: [Double] = [1, 1, 1, 1]
) -> Tensor {
  applying("encoded_boxes", boxes: [boxes, anchors]) {
    let (box, anchor) = (boxMiddles(boxes), boxMiddles(anchors))
    // Rows are filled up with empty boxes, whose offsets should be numbers.
    let extent = maximum(anchor[..., 2..<4], 1e-6)
    let place = (box[..., 0..<2] - anchor[..., 0..<2]) / extent
    let size = log(maximum(box[..., 2..<4], 1e-6) / extent)
    return concatenate([place, size], axis: -1) * Tensor(weights, boxes.elementType)
  }
}

/// The boxes with these offsets from anchors; none is more than 62.5 times as large as its anchor.
public func decodedBoxes(
  _ offsets: Tensor, anchors: Tensor, weights: [Double] = [1, 1, 1, 1]
) -> Tensor {
  applying("decoded_boxes", boxes: [offsets, anchors]) {
    let (part, anchor) = (offsets / Tensor(weights, offsets.elementType), boxMiddles(anchors))
    let extent = anchor[..., 2..<4]
    let middle = part[..., 0..<2] * extent + anchor[..., 0..<2]
    // log(1000 / 16), torchvision's limit.
    let size = exp(minimum(part[..., 2..<4], 4.135166556742356)) * extent
    return boxCorners(concatenate([middle, size], axis: -1))
  }
}
