public import TensorLibrary
internal import LoopIR

/// Yellow, cyan, magenta, white, orange, green, blue and red, as red, green and blue from 0 to 1.
public let boxColours: [[Double]] = [
  [1, 1, 0], [0, 1, 1], [1, 0, 1], [1, 1, 1], [1, 0.5, 0], [0, 1, 0], [0.3, 0.3, 1], [1, 0, 0],
]

/// Images `[n, c, y, x]` with the edges of boxes `[n, k, 4]`, `width` pixels wide, in the colours
/// of their classes, `[n, k]`; boxes of the class -1 are not drawn. A colour has a number for each
/// channel; if there are more classes, colours come again. Around an edge there are `outline` dark
/// pixels on both sides, so that it is seen on grounds of its colour.
public func drawnBoxes(
  _ images: Tensor, _ boxes: Tensor, _ classes: Tensor, colours: [[Double]] = boxColours,
  width: Double = 1, outline: Double = 0
) -> Tensor {
  applying("drawn_boxes", boxes: [boxes]) {
    let (rows, columns) = (images.shape[2], images.shape[3])
    func side(_ number: Int) -> Tensor {
      boxes.element(number, of: -1).expanded(at: -1).expanded(at: -1)
    }
    let x = range(columns).cast(to: boxes.elementType) + 0.5
    let y = (range(rows).cast(to: boxes.elementType) + 0.5).expanded(at: 1)
    func inside(_ margin: Double) -> Tensor {
      (x .> side(0) + margin) .&& (x .< side(2) - margin) .&& (y .> side(1) + margin)
        .&& (y .< side(3) - margin)
    }
    let kind = classes.cast(to: .i32).expanded(at: -1).expanded(at: -1)
    var below = images
    if outline > 0 {
      let isDark = inside(-outline) .&& (.!inside(width + outline)) .&& (kind .>= 0)
      below = select(isDark.any(axis: 1).expanded(at: 1), images.filled(0), images)
    }
    let isEdge = inside(0) .&& (.!inside(width)) .&& (kind .>= 0)
    // The number of a colour at each pixel, from 1 on.
    let top = select(isEdge, kind + 1, Tensor(0, .i32)).max(axis: 1)
    let paint = Tensor(colours, images.elementType).gather(
      maximum(top - 1, 0) % colours.count)
    return select((top .> 0).expanded(at: 1), paint.transposed([0, 3, 1, 2]), below)
  }
}

extension Detections {
  /// Images with those of these boxes whose score is above `score`, `scale` times as large. Large
  /// ones have an outline around edges, and from 3 on edges are two pixels wide.
  public func drawn(
    on images: Tensor, scale: Int = 1, score: Double = 0.5, colours: [[Double]] = boxColours
  ) -> Tensor {
    let factors = [Double(scale), Double(scale)]
    let large = scale == 1 ? images : images.resized(by: factors, mode: .nearest)
    let sure = select(scores .> score, classes, classes.filled(-1))
    return drawnBoxes(
      large, boxes * Double(scale), sure, colours: colours, width: scale > 2 ? 2 : 1,
      outline: scale > 1 ? 1 : 0)
  }
}
