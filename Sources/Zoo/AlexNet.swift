public import GraphKit

/// AlexNet (Krizhevsky et al., 2012), as torchvision has it: without the two groups and the norms
/// of the first paper.
public struct AlexNet: Layer {
  /// The layers before the classifier, which give an image.
  public let features: Sequential
  /// What brings images to the size that the classifier takes.
  public let avgpool: AdaptiveAvgPool2D
  /// The layers that give the scores.
  public let classifier: Sequential

  /// A network whose first convolution gives `width` channels and whose hidden linear layers give
  /// `hidden`.
  public init(
    channels: Int = 3, classes: Int = 1000, stem: Stem = .published, width: Int = 64,
    hidden: Int = 4096, dropout: Double = 0.5
  ) {
    features = Sequential {
      switch stem {
      case .published: Conv2D(channels, width, kernel: 11, stride: 4, padding: 2)
      case .small: Conv2D(channels, width, kernel: 5, padding: 2)
      }
      ReLU(); MaxPool2D(3, stride: 2)
      Conv2D(width, 3 * width, kernel: 5, padding: 2); ReLU(); MaxPool2D(3, stride: 2)
      Conv2D(3 * width, 6 * width, kernel: 3, padding: 1); ReLU()
      Conv2D(6 * width, 4 * width, kernel: 3, padding: 1); ReLU()
      Conv2D(4 * width, 4 * width, kernel: 3, padding: 1); ReLU(); MaxPool2D(3, stride: 2)
    }
    // What is left of images of 224 and of 32 pixels.
    let side = stem == .published ? 6 : 3
    avgpool = AdaptiveAvgPool2D(side)
    classifier = Sequential {
      Dropout(dropout); Dense(4 * width * side * side, hidden); ReLU()
      Dropout(dropout); Dense(hidden, hidden); ReLU()
      Dense(hidden, classes)
    }
  }

  /// Returns the scores of the classes, `[n, classes]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    classifier(avgpool(features(x)).flattened(from: 1))
  }
}
