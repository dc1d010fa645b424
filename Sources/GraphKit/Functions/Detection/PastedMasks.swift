public import TensorLibrary
internal import LoopIR

/// Masks `[n, k, m, m]` of boxes `[n, k, 4]`, stretched over their boxes, in images of so many rows
/// and columns: `[n, k, rows, columns]`, 0 outside of the boxes.
public func pastedMasks(_ masks: Tensor, _ boxes: Tensor, rows: Int, columns: Int) -> Tensor {
  applying("pasted_masks", boxes: [boxes]) {
    let corners = boxes.reshaped([-1, 4])
    // Places of pixels within the box, from -1 to 1.
    func places(_ axis: Int, _ count: Int) -> Tensor {
      let low = corners.element(axis, of: 1).expanded(at: 1)
      let size = maximum(corners.element(axis + 2, of: 1).expanded(at: 1) - low, 1e-6)
      return (range(count).cast(to: boxes.elementType) + 0.5 - low) / size * 2 - 1
    }
    let shape = Shape([corners.shape[0], rows, columns])
    let x = places(0, columns).expanded(at: 1).broadcast(to: shape)
    let y = places(1, rows).expanded(at: 2).broadcast(to: shape)
    let isInside = (abs(x) .<= 1) .&& (abs(y) .<= 1)
    let flat = masks.reshaped([-1, 1, masks.shape[2], masks.shape[3]])
    let values = flat.gridSample(stack([x, y], axis: -1), padding: .border).squeezed(1)
    let (n, k) = (boxes.shape[0], boxes.shape[1])
    return select(isInside, values, values.filled(0)).reshaped([n, k, rows, columns])
  }
}
