public import GraphKit

/// A feature pyramid (Lin et al., 2017): what the deep stages of a network saw, on the grids of all
/// of them. Names are torchvision's.
public struct FeaturePyramid: Module {
  let inner_blocks: [Sequential]
  let layer_blocks: [Sequential]

  /// A pyramid of images with `inputs` channels, each half as large as the one before; all results
  /// have `outputs` channels.
  public init(_ inputs: [Int], _ outputs: Int) {
    inner_blocks = inputs.map { Sequential([pyramidConvolution($0, outputs, kernel: 1)]) }
    layer_blocks = inputs.map { _ in Sequential([pyramidConvolution(outputs, outputs, kernel: 3)]) }
  }

  /// Returns as many images as there are in `stages`.
  public func callAsFunction(_ stages: [Tensor]) -> [Tensor] {
    var results: [Tensor] = []
    var above: Tensor?
    for (i, stage) in stages.enumerated().reversed() {
      var inner = inner_blocks[i](stage)
      if let above {
        let (rows, columns) = (stage.shape[2], stage.shape[3])
        inner += above.resized(to: [rows, columns], mode: .nearest)
      }
      results.append(layer_blocks[i](inner))
      above = inner
    }
    return results.reversed()
  }
}

private func pyramidConvolution(_ inputs: Int, _ outputs: Int, kernel: Int) -> Conv2D {
  Conv2D(
    inputs, outputs, kernel: kernel, padding: kernel / 2, initialiser: .heUniform(fan: .input))
}
