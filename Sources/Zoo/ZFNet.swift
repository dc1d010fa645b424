public import GraphKit

/// ZFNet (Zeiler and Fergus, 2013): AlexNet with smaller windows and strides in its first layers.
///
/// Names are numbers, as in torchvision's AlexNet.
public struct ZFNet: Layer {
  /// The layers before the classifier, which give an image.
  public let features: Sequential
  /// The layers that give the scores.
  public let classifier: Sequential

  /// A network for square images of `size` pixels, whose first convolution gives `width` channels
  /// and whose hidden linear layers give `hidden`.
  public init(
    channels: Int = 3, classes: Int = 1000, size: Int = 224, stem: Stem = .published,
    width: Int = 96, hidden: Int = 4096, dropout: Double = 0.5
  ) {
    // 256 and 384 of 96 channels.
    let (second, third) = (width * 8 / 3, width * 4)
    features = Sequential {
      switch stem {
      case .published: Conv2D(channels, width, kernel: 7, stride: 2, padding: 1)
      case .small: Conv2D(channels, width, kernel: 5, padding: 2)
      }
      ReLU(); MaxPool2D(3, stride: 2, padding: 1); LocalResponseNorm(5, k: 2)
      switch stem {
      case .published: Conv2D(width, second, kernel: 5, stride: 2)
      case .small: Conv2D(width, second, kernel: 5, padding: 2)
      }
      ReLU(); MaxPool2D(3, stride: 2, padding: 1); LocalResponseNorm(5, k: 2)
      Conv2D(second, third, kernel: 3, padding: 1); ReLU()
      Conv2D(third, third, kernel: 3, padding: 1); ReLU()
      Conv2D(third, second, kernel: 3, padding: 1); ReLU(); MaxPool2D(3, stride: 2)
    }
    let side = Self.side(size, stem)
    classifier = Sequential {
      Dense(second * side * side, hidden); ReLU(); Dropout(dropout)
      Dense(hidden, hidden); ReLU(); Dropout(dropout)
      Dense(hidden, classes)
    }
  }

  /// Returns the scores of the classes, `[n, classes]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    classifier(features(x).flattened(from: 1))
  }

  // How many pixels of a side are left.
  private static func side(_ size: Int, _ stem: Stem) -> Int {
    func halved(_ side: Int) -> Int { (side - 1) / 2 + 1 }
    let second =
      switch stem {
      case .published: halved((halved((size - 5) / 2 + 1) - 5) / 2 + 1)
      case .small: halved(halved(size))
      }
    return (second - 3) / 2 + 1
  }
}
