public import TensorLibrary
internal import LoopIR

/// In training, moves each image by random whole numbers of pixels. Otherwise does nothing.
public struct RandomShift: Layer, LibraryLayer {
  // How far: pixels, or a share of height and width.
  private enum Distance {
    case pixels(Int)
    case share(Double)

    func along(_ extent: Int) -> Int {
      switch self {
      case .pixels(let count): count
      case .share(let share): Int((share * Double(extent)).rounded())
      }
    }
  }

  let site = Session.current.here()
  private let distance: Distance
  private let mode: PaddingMode

  /// A layer that moves by up to `pixels` in each direction; `paddingMode` says what comes in.
  public init(_ pixels: Int, paddingMode: PaddingMode = .zeros) {
    distance = .pixels(Check.natural(pixels, "distance", of: "RandomShift"))
    mode = paddingMode
  }

  /// A layer that moves by up to a share of height and width, from 0 to 1.
  public init(share: Double, paddingMode: PaddingMode = .zeros) {
    distance = .share(Check.inside(share, 0...1, "share", of: "RandomShift"))
    mode = paddingMode
  }

  /// Applies the layer to `[n, c, y, x]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    augmenting("random_shift", "RandomShift", x, made: site) { x in
      func places(_ extent: Int) -> Tensor {
        let most = distance.along(extent)
        let all = range(extent).expanded(at: 0).broadcast(to: [x.shape[0], extent])
        return most == 0 ? all : all + randomIntegers([x.shape[0], 1], -most..<(most + 1))
      }
      return x.pixels(rows: places(x.shape[2]), columns: places(x.shape[3]), mode: mode)
    }
  }
}
