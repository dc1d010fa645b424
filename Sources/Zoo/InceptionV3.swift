public import GraphKit

/// Inception v3 (Szegedy et al., 2015), for images of at least 75 pixels. Names are torchvision's.
public struct InceptionV3: Layer {
  let Conv2d_1a_3x3, Conv2d_2a_3x3, Conv2d_2b_3x3, Conv2d_3b_1x1, Conv2d_4a_3x3: ConvNormReLU
  let Mixed_5b, Mixed_5c, Mixed_5d: InceptionA
  let Mixed_6a: InceptionB
  let Mixed_6b, Mixed_6c, Mixed_6d, Mixed_6e: InceptionC
  let AuxLogits: InceptionAuxiliary?
  let Mixed_7a: InceptionD
  let Mixed_7b, Mixed_7c: InceptionE
  let fc: Dense
  private let dropout: Dropout
  private let isRenormed: Bool

  /// A network whose widths are those published times `width`. With `auxiliary`, a further
  /// classifier learns from the middle; it takes images of at least 299 pixels. Weights of
  /// torchvision need `isRenormed`, as those of `GoogLeNet` do.
  public init(
    channels: Int = 3, classes: Int = 1000, width: Double = 1, auxiliary: Bool = false,
    dropout: Double = 0.5, isRenormed: Bool = false
  ) {
    let widths = InceptionWidths(factor: width)
    func unit(
      _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0
    ) -> ConvNormReLU {
      ConvNormReLU(inputs, outputs, kernel: kernel, stride: stride, padding: padding)
    }
    Conv2d_1a_3x3 = unit(channels, widths[32], kernel: 3, stride: 2)
    Conv2d_2a_3x3 = unit(widths[32], widths[32], kernel: 3)
    Conv2d_2b_3x3 = unit(widths[32], widths[64], kernel: 3, padding: 1)
    Conv2d_3b_1x1 = unit(widths[64], widths[80], kernel: 1)
    Conv2d_4a_3x3 = unit(widths[80], widths[192], kernel: 3)
    Mixed_5b = InceptionA(widths[192], pooled: 32, widths)
    Mixed_5c = InceptionA(Mixed_5b.outputs, pooled: 64, widths)
    Mixed_5d = InceptionA(Mixed_5c.outputs, pooled: 64, widths)
    Mixed_6a = InceptionB(Mixed_5d.outputs, widths)
    Mixed_6b = InceptionC(Mixed_6a.outputs, narrow: 128, widths)
    Mixed_6c = InceptionC(Mixed_6b.outputs, narrow: 160, widths)
    Mixed_6d = InceptionC(Mixed_6c.outputs, narrow: 160, widths)
    Mixed_6e = InceptionC(Mixed_6d.outputs, narrow: 192, widths)
    AuxLogits =
      auxiliary ? InceptionAuxiliary(Mixed_6e.outputs, widths, classes: classes) : nil
    Mixed_7a = InceptionD(Mixed_6e.outputs, widths)
    Mixed_7b = InceptionE(Mixed_7a.outputs, widths)
    Mixed_7c = InceptionE(Mixed_7b.outputs, widths)
    fc = Dense(Mixed_7c.outputs, classes, initialiser: .normal(deviation: 0.1))
    self.dropout = Dropout(dropout)
    self.isRenormed = isRenormed
  }

  /// Returns the scores of the classes, `[n, classes]`.
  public func callAsFunction(_ x: Tensor) -> Tensor { withAuxiliary(x).scores }

  /// Returns the scores, and those of the auxiliary classifier, if there is one.
  public func withAuxiliary(_ x: Tensor) -> (scores: Tensor, auxiliary: Tensor?) {
    let pool = MaxPool2D(3, stride: 2)
    let image = Conv2d_1a_3x3(isRenormed ? renormed(x) : x)
    let stem = pool(Conv2d_2b_3x3(Conv2d_2a_3x3(image)))
    let low = pool(Conv2d_4a_3x3(Conv2d_3b_1x1(stem)))
    let middle = Mixed_6a(Mixed_5d(Mixed_5c(Mixed_5b(low))))
    let high = Mixed_6e(Mixed_6d(Mixed_6c(Mixed_6b(middle))))
    let features = GlobalAvgPool()(Mixed_7c(Mixed_7b(Mixed_7a(high))))
    return (fc(dropout(features)), AuxLogits.map { $0(high) })
  }
}

/// A classifier in the middle.
struct InceptionAuxiliary: Layer {
  let conv0: ConvNormReLU
  let conv1: ConvNormReLU
  let fc: Dense

  init(_ inputs: Int, _ widths: InceptionWidths, classes: Int) {
    conv0 = ConvNormReLU(inputs, widths[128], kernel: 1)
    conv1 = ConvNormReLU(widths[128], widths[768], kernel: 5, deviation: 0.01)
    fc = Dense(widths[768], classes, initialiser: .normal(deviation: 1e-3))
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    fc(GlobalAvgPool()(conv1(conv0(AvgPool2D(5, stride: 3)(x)))))
  }
}
