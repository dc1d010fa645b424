public import GraphKit

/// The head of a region proposal network: for each anchor of each cell, whether something is there,
/// and the offsets of its box. Names are torchvision's, as those of the heads below.
public struct RPNHead: Module {
  let conv: Sequential
  let cls_logits: Conv2D
  let bbox_pred: Conv2D

  /// A head for images with so many channels.
  public init(_ channels: Int, anchors: Int) {
    let weights = Initialiser.normal(deviation: 0.01)
    func layer(_ outputs: Int, kernel: Int) -> Conv2D {
      Conv2D(channels, outputs, kernel: kernel, padding: kernel / 2, initialiser: weights)
    }
    conv = Sequential([Sequential { layer(channels, kernel: 3); ReLU() }])
    cls_logits = layer(anchors, kernel: 1)
    bbox_pred = layer(4 * anchors, kernel: 1)
  }

  /// Returns the logits `[n, anchors]` and offsets `[n, anchors, 4]` of all anchors of an image, in
  /// the order of `anchors`.
  public func callAsFunction(_ image: Tensor) -> (logits: Tensor, offsets: Tensor) {
    let x = conv(image)
    return (anchorRows(cls_logits(x), 1).squeezed(-1), anchorRows(bbox_pred(x), 4))
  }
}

/// What an image says of anchors, `[n, anchors of a cell * size, y, x]`, as a row for each anchor:
/// `[n, anchors, size]`.
func anchorRows(_ image: Tensor, _ size: Int) -> Tensor {
  let dims = image.shape.dims
  return image.reshaped([dims[0], -1, size, dims[2], dims[3]]).transposed([0, 3, 4, 1, 2])
    .reshaped([dims[0], -1, size])
}

/// Two layers that read a region.
public struct TwoMLPHead: Layer {
  let fc6: Dense
  let fc7: Dense

  /// A head for regions with so many numbers.
  public init(_ inputs: Int, hidden: Int) {
    fc6 = Dense(inputs, hidden)
    fc7 = Dense(hidden, hidden)
  }

  /// Returns `hidden` numbers of each region.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    relu(fc7(relu(fc6(x.flattened(from: 1)))))
  }
}

/// The scores of classes, of which the first is the background, and offsets of a box for each.
public struct FastRCNNPredictor: Module {
  let cls_score: Dense
  let bbox_pred: Dense

  /// Layers for so many classes, the background among them.
  public init(_ inputs: Int, classes: Int) {
    cls_score = Dense(inputs, classes)
    bbox_pred = Dense(inputs, 4 * classes)
  }

  /// Returns logits `[k, classes]` and offsets `[k, classes, 4]`.
  public func callAsFunction(_ x: Tensor) -> (logits: Tensor, offsets: Tensor) {
    (cls_score(x), bbox_pred(x).reshaped([x.shape[0], -1, 4]))
  }
}

/// Four convolutions that read a region for its mask.
func maskHead(_ channels: Int) -> Sequential {
  Sequential(
    (0..<4).map { _ in
      Sequential {
        Conv2D(
          channels, channels, kernel: 3, padding: 1, initialiser: .heNormal(fan: .output))
        ReLU()
      }
    })
}

/// A mask of twice the height and width for each class, the background among them.
public struct MaskRCNNPredictor: Layer {
  let conv5_mask: ConvTranspose2D
  let mask_fcn_logits: Conv2D

  /// Layers for images with so many channels.
  public init(_ channels: Int, classes: Int) {
    let weights = Initialiser.heNormal(fan: .output)
    conv5_mask = ConvTranspose2D(channels, channels, kernel: 2, stride: 2, initialiser: weights)
    mask_fcn_logits = Conv2D(channels, classes, kernel: 1, initialiser: weights)
  }

  /// Returns the logits of pixels, `[k, classes, y, x]`.
  public func callAsFunction(_ x: Tensor) -> Tensor { mask_fcn_logits(relu(conv5_mask(x))) }
}
