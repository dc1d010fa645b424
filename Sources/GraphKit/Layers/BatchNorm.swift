public import TensorLibrary

/// Normalizes each channel, the second axis, to mean 0 and variance 1 over all examples.
///
/// Training uses the batch's mean and variance and updates running means of both, which are used
/// otherwise. Parameters: `weight`, `bias`, and the statistics `running_mean`, `running_var` and
/// `num_batches_tracked`.
public struct BatchNorm: Layer, LibraryLayer {
  let site = Session.current.here()
  /// The factor of each channel.
  public let weight: Parameter?
  /// The bias of each channel.
  public let bias: Parameter?
  /// The mean used outside training.
  public let runningMean: Parameter
  /// The variance used outside training; its divisor is the number of elements minus 1.
  public let runningVar: Parameter
  private let numBatchesTracked: Parameter
  private let epsilon: Double
  private let momentum: Double

  /// A layer for a number of channels. `momentum` is the share of a new batch in the running means.
  public init(
    _ channels: Int, epsilon: Double = 1e-5, momentum: Double = 0.1, affine: Bool = true
  ) {
    let channels = Check.positive(channels, "channels", of: "BatchNorm")
    weight = affine ? Parameter([channels], initialiser: .ones, named: "weight") : nil
    bias = affine ? Parameter([channels], initialiser: .zeros, named: "bias") : nil
    runningMean = .statistic([channels], initialiser: .zeros, named: "running_mean")
    runningVar = .statistic([channels], initialiser: .ones, named: "running_var")
    numBatchesTracked = .statistic([], .i64, initialiser: .zeros, named: "num_batches_tracked")
    self.epsilon = epsilon
    self.momentum = Check.inside(momentum, 0...1, "momentum", of: "BatchNorm")
  }

  /// Applies the layer to `[n, c]`, `[n, c, x]`, `[n, c, y, x]` or `[n, c, z, y, x]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("batch_norm", to: x, naming: runningMean) { x in
      let channels = runningMean.shape.count
      guard x.rank >= 2, x.shape[1] == channels else {
        let rule = "have \(channels) channels in its second axis"
        Session.current.report(.layerInput("BatchNorm", rule, x.type, made: x.site))
        return x.builder.poison()
      }
      guard x.isComputed(in: runningMean.type.element, "BatchNorm") else {
        return x.builder.poison()
      }
      let (mean, variance) = statistics(of: x)
      guard variance.value != nil else { return variance }
      func spread(_ value: Tensor) -> Tensor {
        value.reshaped(Shape([channels] + Array(repeating: 1, count: x.rank - 2)))
      }
      let normal = (x - spread(mean)) * spread(rsqrt(variance + epsilon))
      let scaled = weight.map { normal * spread($0.value) } ?? normal
      return bias.map { scaled + spread($0.value) } ?? scaled
    }
  }

  // The mean and the variance to use; in training, updates the running ones.
  private func statistics(of x: Tensor) -> (mean: Tensor, variance: Tensor) {
    guard let trace = Trace.current, trace.mode == .training else {
      return (runningMean.value, runningVar.value)
    }
    let axes = (0..<x.rank).filter { $0 != 1 }
    let count = x.shape.count / x.shape[1]
    guard count > 1 else {
      let rule = "have more than one value for each channel in training"
      Session.current.report(.layerInput("BatchNorm", rule, x.type))
      return (x.builder.poison(), x.builder.poison())
    }
    let mean = x.mean(axes: axes)
    let variance = x.variance(axes: axes)
    guard mean.value != nil else { return (mean, mean) }
    move(runningMean, towards: mean)
    move(runningVar, towards: variance * (Double(count) / Double(count - 1)))
    numBatchesTracked.store(numBatchesTracked.value + 1)
    return (mean, variance)
  }

  private func move(_ statistic: Parameter, towards value: Tensor) {
    statistic.store(statistic.value * (1 - momentum) + value * momentum)
  }
}

/// `BatchNorm` for `[n, c]` and `[n, c, x]`.
public typealias BatchNorm1D = BatchNorm

/// `BatchNorm` for images `[n, c, y, x]`.
public typealias BatchNorm2D = BatchNorm

/// `BatchNorm` for volumes `[n, c, z, y, x]`.
public typealias BatchNorm3D = BatchNorm
