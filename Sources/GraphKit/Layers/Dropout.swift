public import TensorLibrary
internal import LoopIR

/// In training, sets a random part of the elements to 0 and scales the others up, so that their sum
/// stays the same on average. Otherwise does nothing.
public struct Dropout: Layer, LibraryLayer {
  let site = Session.current.here()
  private let rate: Double
  private let always: Bool

  /// A layer that drops the share `rate` of the elements, from 0 to 1. With `always` it does so in
  /// every function: the spread of several predictions then tells how sure a model is.
  public init(_ rate: Double = 0.5, always: Bool = false) {
    self.rate = Check.inside(rate, 0...1, "rate", of: "Dropout")
    self.always = always
  }

  /// True iff the layer does anything in the function that is being traced.
  var isActive: Bool { (always || Trace.current?.mode == .training) && rate > 0 }

  /// Applies the layer.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("dropout", to: x) { x in
      guard isActive else { return x }
      guard rate < 1 else { return x.filled(0) }
      let kept = randomBool(x.shape, probability: 1 - rate)
      return select(kept, x * (1 / (1 - rate)), x.filled(0))
    }
  }
}

/// In training, sets random channels of each example to 0 and scales the others up. Otherwise does
/// nothing.
public struct ChannelDropout: Layer, LibraryLayer {
  let site = Session.current.here()
  private let rate: Double
  private let always: Bool

  /// A layer that drops the share `rate` of the channels, from 0 to 1; with `always`, in every
  /// function.
  public init(_ rate: Double = 0.5, always: Bool = false) {
    self.rate = Check.inside(rate, 0...1, "rate", of: "ChannelDropout")
    self.always = always
  }

  /// Applies the layer to `[n, c, x]`, `[n, c, y, x]` or `[n, c, z, y, x]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("channel_dropout", to: x) { x in
      guard x.rank >= 2 else {
        Session.current.report(
          .layerInput("ChannelDropout", Tensor.imageRule(2), x.type, made: x.site))
        return x.builder.poison()
      }
      guard always || Trace.current?.mode == .training, rate > 0 else { return x }
      guard rate < 1 else { return x.filled(0) }
      let kept = randomBool(x.channelShape, probability: 1 - rate)
      return select(kept, x * (1 / (1 - rate)), x.filled(0))
    }
  }
}

/// `ChannelDropout` for lines `[n, c, x]`.
public typealias Dropout1D = ChannelDropout

/// `ChannelDropout` for images `[n, c, y, x]`.
public typealias Dropout2D = ChannelDropout

/// `ChannelDropout` for volumes `[n, c, z, y, x]`.
public typealias Dropout3D = ChannelDropout

/// In training, sets a random part of the elements to SELU's limit for large negative numbers, and
/// keeps mean 0 and variance 1. Otherwise does nothing.
public struct AlphaDropout: Layer, LibraryLayer {
  let site = Session.current.here()
  private let rate: Double
  private let channels: Bool

  /// A layer that drops the share `rate`, from 0 to 1, of the elements or of whole channels.
  public init(_ rate: Double = 0.5, channels: Bool = false) {
    self.rate = Check.inside(rate, 0...1, "rate", of: "AlphaDropout")
    self.channels = channels
  }

  /// Applies the layer.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("alpha_dropout", to: x) { x in
      guard Trace.current?.mode == .training, rate > 0 else { return x }
      guard rate < 1 else { return x.filled(0) }
      // The limit of SELU on the left: minus its alpha times its scale.
      let low = -1.7580993408473766
      let scale = 1 / ((low * low * rate + 1) * (1 - rate)).squareRoot()
      let shape = channels && x.rank >= 2 ? x.channelShape : x.shape
      let kept = randomBool(shape, probability: 1 - rate)
      return select(kept, x, x.filled(low)) * scale - scale * low * rate
    }
  }
}

extension Tensor {
  // The shape of one number for each channel of each example.
  fileprivate var channelShape: Shape {
    Shape(shape.dims.prefix(2) + Array(repeating: 1, count: rank - 2))
  }
}
