// EfficientNet-B0 (Tan and Le, 2019) for images of 224 x 224 pixels. Parameters have torchvision's
// names.

import GraphKit

/// A convolution, a norm, and as a rule an activation.
func convolution(
  _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, groups: Int = 1,
  isActivated: Bool = true
) -> Sequential {
  Sequential {
    Conv2D(
      inputs, outputs, kernel: kernel, stride: stride, padding: kernel / 2, groups: groups,
      bias: false)
    BatchNorm(outputs)
    if isActivated { SiLU() }
  }
}

/// Weighs the channels by what all of the image says.
struct SqueezeExcitation: Layer {
  let fc1: Conv2D
  let fc2: Conv2D

  init(_ channels: Int, squeezed: Int) {
    fc1 = Conv2D(channels, squeezed, kernel: 1)
    fc2 = Conv2D(squeezed, channels, kernel: 1)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    x * sigmoid(fc2(silu(fc1(x.mean(axes: [2, 3], keep: true)))))
  }
}

/// Widens, filters each channel for itself, weighs the channels, and narrows again.
struct MBConv: Layer {
  let block: Sequential
  private let isShortcut: Bool

  init(_ inputs: Int, _ outputs: Int, kernel: Int, stride: Int, expansion: Int) {
    let hidden = inputs * expansion
    block = Sequential {
      if expansion != 1 { convolution(inputs, hidden, kernel: 1) }
      convolution(hidden, hidden, kernel: kernel, stride: stride, groups: hidden)
      SqueezeExcitation(hidden, squeezed: max(1, inputs / 4))
      convolution(hidden, outputs, kernel: 1, isActivated: false)
    }
    isShortcut = stride == 1 && inputs == outputs
  }

  // Training drops whole blocks at random; inference, all that there is here, does not.
  func callAsFunction(_ x: Tensor) -> Tensor { isShortcut ? block(x) + x : block(x) }
}

/// Blocks of one width, the first of which may halve the image.
func stage(
  _ inputs: Int, _ outputs: Int, blocks: Int, kernel: Int, stride: Int, expansion: Int = 6
) -> Sequential {
  Sequential {
    MBConv(inputs, outputs, kernel: kernel, stride: stride, expansion: expansion)
    for _ in 1..<max(1, blocks) {
      MBConv(outputs, outputs, kernel: kernel, stride: 1, expansion: expansion)
    }
  }
}

struct EfficientNetB0: Layer {
  let features = Sequential {
    convolution(3, 32, kernel: 3, stride: 2)
    stage(32, 16, blocks: 1, kernel: 3, stride: 1, expansion: 1)
    stage(16, 24, blocks: 2, kernel: 3, stride: 2)
    stage(24, 40, blocks: 2, kernel: 5, stride: 2)
    stage(40, 80, blocks: 3, kernel: 3, stride: 2)
    stage(80, 112, blocks: 3, kernel: 5, stride: 1)
    stage(112, 192, blocks: 4, kernel: 5, stride: 2)
    stage(192, 320, blocks: 1, kernel: 3, stride: 1)
    convolution(320, 1280, kernel: 1)
  }
  let classifier = Sequential {
    Dropout(0.2)
    Dense(1280, 1000)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    classifier(features(x).mean(axes: [2, 3]))
  }
}

let net = EfficientNetB0()
let model = Model("efficientnet_b0", net)

model.infer(Input("image", [1, 3, 224, 224])) { image in ["logits": net(image)] }
