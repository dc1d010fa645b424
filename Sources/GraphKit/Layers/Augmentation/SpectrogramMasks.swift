public import TensorLibrary
internal import LoopIR

/// In training, covers a random band of frequencies of each spectrogram (Park et al., 2019).
/// Otherwise does nothing.
public struct FrequencyMask: Layer, LibraryLayer {
  let site = Session.current.here()
  private let most: Int
  private let value: Double

  /// A layer that covers up to `most` frequencies, fewer than that, with `value`.
  public init(_ most: Int, value: Double = 0) {
    self.most = Check.natural(most, "width", of: "FrequencyMask")
    self.value = value
  }

  /// Applies the layer to `[..., frequencies, frames]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    masked("frequency_mask", "FrequencyMask", x, axis: -2, most, value, made: site)
  }
}

/// In training, covers a random span of time of each spectrogram (Park et al., 2019). Otherwise
/// does nothing.
public struct TimeMask: Layer, LibraryLayer {
  let site = Session.current.here()
  private let most: Int
  private let share: Double
  private let value: Double

  /// A layer that covers up to `most` frames, fewer than that, and not more than a share of all,
  /// with `value`.
  public init(_ most: Int, share: Double = 1, value: Double = 0) {
    self.most = Check.natural(most, "width", of: "TimeMask")
    self.share = Check.inside(share, 0...1, "share", of: "TimeMask")
    self.value = value
  }

  /// Applies the layer to `[..., frequencies, frames]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let limit = x.rank == 0 ? most : Int(share * Double(x.shape[-1]))
    return masked("time_mask", "TimeMask", x, axis: -1, min(most, limit), value, made: site)
  }
}

// Spectrograms with a part of an axis covered: a width below `most`, at any place where it fits.
private func masked(
  _ kind: String, _ layer: String, _ x: Tensor, axis: Int, _ most: Int, _ value: Double,
  made site: SiteID?
) -> Tensor {
  applying(kind, to: x) { x in
    guard x.rank >= 2, x.elementType.isFloat else {
      let rule = "be floating-point numbers with the axes [..., frequencies, frames]"
      Session.current.report(.layerInput(layer, rule, x.type, made: site))
      return x.builder.poison()
    }
    guard Trace.current?.mode == .training, most > 0 else { return x }
    let extent = x.shape[axis]
    let each = Shape(x.shape.dims.dropLast(2) + [1, 1])
    let width = randomUniform(each, 0...Double(min(most, extent)))
    let start = floor(randomUniform(each) * (Double(extent) - width))
    let place = range(extent, .f32)
    let along = axis == -1 ? place : place.expanded(at: -1)
    let covered = (along .>= start) .&& (along .< start + floor(width))
    return select(covered, x.filled(value), x)
  }
}
