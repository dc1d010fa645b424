public import GraphKit

/// A feature pyramid (Lin et al., 2017): what the deep stages of a network saw, on the grids of all
/// of them. Names are torchvision's.
public struct FeaturePyramid: Module {
  let inner_blocks: [Sequential]
  let layer_blocks: [Sequential]
  let extra_blocks: CoarseLevels?

  /// A pyramid of images with `inputs` channels, each half as large as the one before; all results
  /// have `outputs` channels. With `coarse` there are two more levels, each half as large again.
  public init(_ inputs: [Int], _ outputs: Int, coarse: Bool = false) {
    extra_blocks = coarse ? CoarseLevels(outputs) : nil
    inner_blocks = inputs.map { Sequential([pyramidConvolution($0, outputs, kernel: 1)]) }
    layer_blocks = inputs.map { _ in Sequential([pyramidConvolution(outputs, outputs, kernel: 3)]) }
  }

  /// Returns as many images as there are in `stages`, and the coarse ones.
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
    return results.reversed() + (extra_blocks?.levels(results[0]) ?? [])
  }
}

/// The two coarsest levels of RetinaNet's pyramid.
struct CoarseLevels: Module {
  let p6: Conv2D
  let p7: Conv2D

  init(_ channels: Int) {
    func half() -> Conv2D {
      Conv2D(
        channels, channels, kernel: 3, stride: 2, padding: 1, initialiser: .heUniform(fan: .input),
        biasInitialiser: .zeros)
    }
    (p6, p7) = (half(), half())
  }

  func levels(_ last: Tensor) -> [Tensor] {
    let next = p6(last)
    return [next, p7(relu(next))]
  }
}

private func pyramidConvolution(_ inputs: Int, _ outputs: Int, kernel: Int) -> Conv2D {
  Conv2D(
    inputs, outputs, kernel: kernel, padding: kernel / 2, initialiser: .heUniform(fan: .input))
}
