public import TensorLibrary

/// Normalizes groups of channels of each example to mean 0 and variance 1.
///
/// Parameters: `weight` and `bias`, one number for each channel.
public struct GroupNorm: Layer, LibraryLayer {
  let site = Session.current.here()
  /// The factor of each channel.
  public let weight: Parameter?
  /// The bias of each channel.
  public let bias: Parameter?
  private let groups: Int
  private let channels: Int
  private let epsilon: Double

  /// A layer for a number of channels, the second axis, in groups of equal size.
  public init(_ groups: Int, _ channels: Int, epsilon: Double = 1e-5, affine: Bool = true) {
    let groups = Check.positive(groups, "groups", of: "GroupNorm")
    let channels = Check.positive(channels, "channels", of: "GroupNorm")
    if channels % groups != 0 {
      Session.current.report(.groups("GroupNorm", groups, "channels", channels))
    }
    self.groups = channels % groups == 0 ? groups : 1
    self.channels = channels
    self.epsilon = epsilon
    weight = affine ? Parameter([channels], initialiser: .ones, named: "weight") : nil
    bias = affine ? Parameter([channels], initialiser: .zeros, named: "bias") : nil
  }

  /// Applies the layer to `[n, c]`, `[n, c, x]`, `[n, c, y, x]` and so on.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("group_norm", to: x, naming: weight) { x in
      guard x.hasChannels(channels, weight, of: "GroupNorm") else { return x.builder.poison() }
      let wide = x.unflattened(1, to: [groups, -1])
      return wide.standardised(axes: Array(2..<wide.rank), epsilon: epsilon).reshaped(x.shape)
        .scaledChannels(weight, bias)
    }
  }
}

/// Normalizes each channel of each example to mean 0 and variance 1.
///
/// Parameters, if `affine`: `weight` and `bias`, one number for each channel; with
/// `trackRunningStats` also the statistics that `BatchNorm` has, which are used outside training.
public struct InstanceNorm: Layer, LibraryLayer {
  let site = Session.current.here()
  /// The factor of each channel.
  public let weight: Parameter?
  /// The bias of each channel.
  public let bias: Parameter?
  /// The mean used outside training.
  public let runningMean: Parameter?
  /// The variance used outside training; its divisor is the number of elements minus 1.
  public let runningVar: Parameter?
  private let numBatchesTracked: Parameter?
  private let channels: Int
  private let epsilon: Double
  private let momentum: Double

  /// A layer for a number of channels, the second axis.
  public init(
    _ channels: Int, epsilon: Double = 1e-5, momentum: Double = 0.1, affine: Bool = false,
    trackRunningStats: Bool = false
  ) {
    self.channels = Check.positive(channels, "channels", of: "InstanceNorm")
    self.epsilon = epsilon
    self.momentum = Check.inside(momentum, 0...1, "momentum", of: "InstanceNorm")
    let shape: Shape = [self.channels]
    weight = affine ? Parameter(shape, initialiser: .ones, named: "weight") : nil
    bias = affine ? Parameter(shape, initialiser: .zeros, named: "bias") : nil
    func statistic(_ name: String, _ initialiser: Initialiser) -> Parameter? {
      trackRunningStats ? .statistic(shape, initialiser: initialiser, named: name) : nil
    }
    runningMean = statistic("running_mean", .zeros)
    runningVar = statistic("running_var", .ones)
    numBatchesTracked =
      trackRunningStats
      ? .statistic([], .i64, initialiser: .zeros, named: "num_batches_tracked") : nil
  }

  /// Applies the layer to `[n, c, x]`, `[n, c, y, x]` or `[n, c, z, y, x]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("instance_norm", to: x, naming: weight ?? runningMean) { x in
      guard x.hasChannels(channels, weight ?? runningMean, of: "InstanceNorm") else {
        return x.builder.poison()
      }
      let count = x.shape.dims.dropFirst(2).reduce(1, *)
      let isTraining = Trace.current?.mode == .training
      if let runningMean, let runningVar, !isTraining {
        let normal =
          (x - runningMean.value.perChannel(of: x))
          * rsqrt(runningVar.value + epsilon).perChannel(of: x)
        return normal.scaledChannels(weight, bias)
      }
      guard count > 1 else {
        let rule = "have more than one value for each channel of an example"
        Session.current.report(.layerInput("InstanceNorm", rule, x.type, made: x.site))
        return x.builder.poison()
      }
      let axes = Array(2..<x.rank)
      if let runningMean, let runningVar, let numBatchesTracked {
        // The running statistics are means over the examples.
        let variance = x.variance(axes: axes, correction: 1)
          .mean(axes: [0], named: "batch_variance")
        move(runningMean, towards: x.mean(axes: axes).mean(axes: [0], named: "batch_mean"))
        move(runningVar, towards: variance)
        numBatchesTracked.store(numBatchesTracked.value + 1)
      }
      return x.standardised(axes: axes, epsilon: epsilon).scaledChannels(weight, bias)
    }
  }

  private func move(_ statistic: Parameter, towards value: Tensor) {
    statistic.store(statistic.value * (1 - momentum) + value * momentum)
  }
}

/// `InstanceNorm` for `[n, c, x]`.
public typealias InstanceNorm1D = InstanceNorm

/// `InstanceNorm` for images `[n, c, y, x]`.
public typealias InstanceNorm2D = InstanceNorm

/// `InstanceNorm` for volumes `[n, c, z, y, x]`.
public typealias InstanceNorm3D = InstanceNorm

/// Divides the last axes by their root mean square.
///
/// Parameter: `weight`, of the shape of these axes.
public struct RMSNorm: Layer, LibraryLayer {
  let site = Session.current.here()
  /// The factor of each element.
  public let weight: Parameter?
  private let shape: Shape
  private let epsilon: Double

  /// A layer for last axes with the given extents.
  public init(_ extents: Int..., epsilon: Double = 0x1p-23, affine: Bool = true) {
    shape = Check.shape(Shape(extents), of: "RMSNorm")
    _ = Check.positive(extents.count, "number of axes", of: "RMSNorm")
    weight = affine ? Parameter(shape, initialiser: .ones, named: "weight") : nil
    self.epsilon = epsilon
  }

  /// Applies the layer.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("rms_norm", to: x, naming: weight) { x in
      guard shape.rank > 0, Array(x.shape.dims.suffix(shape.rank)) == shape.dims else {
        let rule = "end with the extents '\(shape)'"
        Session.current.report(.layerInput("RMSNorm", rule, x.type, made: x.site))
        return x.builder.poison()
      }
      let axes = Array((x.rank - shape.rank)..<x.rank)
      let square = (x * x).mean(axes: axes, keep: true, named: "mean_square")
      let normal = x * rsqrt(square + epsilon)
      return weight.map { normal * $0.value } ?? normal
    }
  }
}

/// Divides each element by a function of the squares in neighbouring channels.
///
/// The result is `x / (k + alpha * mean)^beta`, with the mean of the squares in `size` channels, as
/// in AlexNet.
public struct LocalResponseNorm: Layer, LibraryLayer {
  let site = Session.current.here()
  private let size: Int
  private let alpha: Double
  private let beta: Double
  private let k: Double

  /// A layer with means over `size` channels.
  public init(_ size: Int, alpha: Double = 1e-4, beta: Double = 0.75, k: Double = 1) {
    self.size = Check.positive(size, "size", of: "LocalResponseNorm")
    self.alpha = alpha
    self.beta = beta
    self.k = k
  }

  /// Applies the layer to `[n, c, x]`, `[n, c, y, x]` and so on.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("local_response_norm", to: x) { x in
      guard x.rank >= 3 else {
        Session.current.report(
          .layerInput("LocalResponseNorm", Tensor.imageRule(2), x.type, made: x.site))
        return x.builder.poison()
      }
      let amounts = x.shape.dims.indices.map { axis in
        axis == 1 ? (before: size / 2, after: (size - 1) / 2) : (before: 0, after: 0)
      }
      let sum = (x * x).padded(amounts).pooled(.sum, axis: 1, window: size)
      return x / pow(sum * (alpha / Double(size)) + k, beta)
    }
  }
}

extension Tensor {
  // Normalized to mean 0 and variance 1 over axes.
  fileprivate func standardised(axes: [Int], epsilon: Double) -> Tensor {
    let distance = self - mean(axes: axes, keep: true)
    guard distance.value != nil else { return distance }
    let variance = (distance * distance).mean(axes: axes, keep: true, named: "variance")
    return distance * rsqrt(variance + epsilon)
  }

  // A vector with a number for each channel of `image`, to be broadcast.
  fileprivate func perChannel(of image: Tensor) -> Tensor {
    reshaped(Shape([shape.count] + Array(repeating: 1, count: image.rank - 2)))
  }

  // Each channel times a weight, plus a bias.
  fileprivate func scaledChannels(_ weight: Parameter?, _ bias: Parameter?) -> Tensor {
    let scaled = weight.map { self * $0.value.perChannel(of: self) } ?? self
    return bias.map { scaled + $0.value.perChannel(of: self) } ?? scaled
  }

  // Reports an input without so many channels in its second axis.
  fileprivate func hasChannels(
    _ channels: Int, _ parameter: Parameter?, of layer: String
  ) -> Bool {
    guard rank >= 2, shape[1] == channels else {
      let rule = "have \(channels) channels in its second axis"
      Session.current.report(.layerInput(layer, rule, type, made: site))
      return false
    }
    return parameter.map { isComputed(in: $0.type.element, layer) } ?? true
  }
}
