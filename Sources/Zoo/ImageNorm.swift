internal import GraphKit

/// The norm between the layers of networks that turn an image into another.
public enum ImageNorm: Sendable {
  /// Over all images of a batch, as in pix2pix.
  case batch
  /// Over each image, as in CycleGAN.
  case instance

  /// A norm of so many channels.
  func layer(_ channels: Int) -> any Layer {
    switch self {
    case .batch: BatchNorm(channels)
    case .instance: InstanceNorm2D(channels)
    }
  }

  /// True iff the convolution before the norm has a bias.
  var hasBias: Bool { self == .instance }
}

/// The first weights of networks that make images.
var imageWeights: Initialiser { .normal(deviation: 0.02) }
