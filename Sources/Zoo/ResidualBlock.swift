internal import GraphKit

/// Returns the convolution that begins a ResNet.
func residualStem(_ channels: Int, _ width: Int, _ stem: Stem) -> Conv2D {
  switch stem {
  case .published:
    Conv2D(
      channels, width, kernel: 7, stride: 2, padding: 3, bias: false,
      initialiser: .heNormal(fan: .output))
  case .small: residualConvolution(channels, width, kernel: 3)
  }
}

/// A convolution without a bias that pads so that only its stride shrinks the image.
func residualConvolution(
  _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, groups: Int = 1
) -> Conv2D {
  Conv2D(
    inputs, outputs, kernel: kernel, stride: stride, padding: kernel / 2, groups: groups,
    bias: false, initialiser: .heNormal(fan: .output))
}

/// The sizes of one block.
struct ResidualShape {
  let inputs: Int
  /// The channels of the convolution that may shrink the image.
  let hidden: Int
  let outputs: Int
  let stride: Int
  let groups: Int
  let isBottleneck: Bool

  /// True iff a block can add its input as it is.
  var fits: Bool { stride == 1 && inputs == outputs }

  /// The convolutions of the block in order.
  var convolutions: [Conv2D] {
    if isBottleneck {
      return [
        residualConvolution(inputs, hidden, kernel: 1),
        residualConvolution(hidden, hidden, kernel: 3, stride: stride, groups: groups),
        residualConvolution(hidden, outputs, kernel: 1),
      ]
    }
    return [
      residualConvolution(inputs, hidden, kernel: 3, stride: stride),
      residualConvolution(hidden, outputs, kernel: 3),
    ]
  }
}

/// The stages of a ResNet, as many as there are; the others do nothing.
struct ResidualStages {
  /// The channels of the last stage.
  private(set) var outputs: Int
  private var stages: [Sequential] = []

  /// Stages of blocks that `make` makes.
  init(_ form: ResNet.Form, width: Int, make: (ResidualShape) -> any Layer) {
    outputs = width
    for (stage, count) in form.blocks.enumerated() {
      var blocks: [any Layer] = []
      for i in 0..<count {
        let planes = width << stage
        let shape = ResidualShape(
          inputs: outputs,
          hidden: form.isBottleneck ? planes * form.groupWidth / 64 * form.groups : planes,
          outputs: form.isBottleneck ? 4 * planes : planes,
          stride: i == 0 && stage > 0 ? 2 : 1, groups: form.groups,
          isBottleneck: form.isBottleneck)
        blocks.append(make(shape))
        outputs = shape.outputs
      }
      stages.append(Sequential(blocks))
    }
  }

  subscript(stage: Int) -> Sequential {
    stages.indices.contains(stage) ? stages[stage] : Sequential([])
  }
}

/// Two or three convolutions and a way around them, which a convolution of one pixel makes fit.
struct ResidualBlock: Layer {
  let conv1: Conv2D
  let bn1: BatchNorm
  let conv2: Conv2D
  let bn2: BatchNorm
  let conv3: Conv2D?
  let bn3: BatchNorm?
  let downsample: Sequential?

  init(_ shape: ResidualShape) {
    let convolutions = shape.convolutions
    (conv1, conv2) = (convolutions[0], convolutions[1])
    conv3 = shape.isBottleneck ? convolutions[2] : nil
    bn1 = BatchNorm(shape.hidden)
    bn2 = BatchNorm(shape.isBottleneck ? shape.hidden : shape.outputs)
    bn3 = shape.isBottleneck ? BatchNorm(shape.outputs) : nil
    downsample =
      shape.fits
      ? nil
      : Sequential {
        residualConvolution(shape.inputs, shape.outputs, kernel: 1, stride: shape.stride)
        BatchNorm(shape.outputs)
      }
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    var y = bn2(conv2(relu(bn1(conv1(x)))))
    if let conv3, let bn3 { y = bn3(conv3(relu(y))) }
    return relu(y + (downsample?(x) ?? x))
  }
}

/// The same with each norm and activation before its convolution.
struct PreActivationBlock: Layer {
  let bn1: BatchNorm
  let conv1: Conv2D
  let bn2: BatchNorm
  let conv2: Conv2D
  let bn3: BatchNorm?
  let conv3: Conv2D?
  let downsample: Conv2D?

  init(_ shape: ResidualShape) {
    let convolutions = shape.convolutions
    (conv1, conv2) = (convolutions[0], convolutions[1])
    conv3 = shape.isBottleneck ? convolutions[2] : nil
    (bn1, bn2) = (BatchNorm(shape.inputs), BatchNorm(shape.hidden))
    bn3 = shape.isBottleneck ? BatchNorm(shape.hidden) : nil
    downsample =
      shape.fits
      ? nil : residualConvolution(shape.inputs, shape.outputs, kernel: 1, stride: shape.stride)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let active = relu(bn1(x))
    var y = conv2(relu(bn2(conv1(active))))
    if let conv3, let bn3 { y = conv3(relu(bn3(y))) }
    // Where shapes change, the way around begins after the activation.
    return y + (downsample?(active) ?? x)
  }
}
