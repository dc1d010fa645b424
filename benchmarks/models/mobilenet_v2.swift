// MobileNetV2 (Sandler et al., 2018) for images of 224 x 224 pixels. Parameters have torchvision's
// names.

import GraphKit

/// A convolution, a norm and a limit.
func convolution(
  _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, groups: Int = 1
) -> Sequential {
  Sequential {
    Conv2D(
      inputs, outputs, kernel: kernel, stride: stride, padding: kernel / 2, groups: groups,
      bias: false)
    BatchNorm(outputs)
    ReLU6()
  }
}

/// Widens, filters each channel for itself, and narrows again; a way around joins the narrow ends.
struct InvertedResidual: Layer {
  let conv: Sequential
  private let isShortcut: Bool

  init(_ inputs: Int, _ outputs: Int, stride: Int, expansion: Int) {
    let hidden = inputs * expansion
    conv = Sequential {
      if expansion != 1 { convolution(inputs, hidden, kernel: 1) }
      convolution(hidden, hidden, kernel: 3, stride: stride, groups: hidden)
      Conv2D(hidden, outputs, kernel: 1, bias: false)
      BatchNorm(outputs)
    }
    isShortcut = stride == 1 && inputs == outputs
  }

  func callAsFunction(_ x: Tensor) -> Tensor { isShortcut ? x + conv(x) : conv(x) }
}

/// Blocks of one width, the first of which may halve the image.
struct Stage {
  let expansion: Int
  let outputs: Int
  let blocks: Int
  let stride: Int
}

struct MobileNetV2: Layer {
  let features: Sequential
  let classifier = Sequential {
    Dropout(0.2)
    Dense(1280, 1000)
  }

  init() {
    let stages = [
      Stage(expansion: 1, outputs: 16, blocks: 1, stride: 1),
      Stage(expansion: 6, outputs: 24, blocks: 2, stride: 2),
      Stage(expansion: 6, outputs: 32, blocks: 3, stride: 2),
      Stage(expansion: 6, outputs: 64, blocks: 4, stride: 2),
      Stage(expansion: 6, outputs: 96, blocks: 3, stride: 1),
      Stage(expansion: 6, outputs: 160, blocks: 3, stride: 2),
      Stage(expansion: 6, outputs: 320, blocks: 1, stride: 1),
    ]
    var layers: [any Layer] = [convolution(3, 32, kernel: 3, stride: 2)]
    var channels = 32
    for stage in stages {
      for i in 0..<stage.blocks {
        layers.append(
          InvertedResidual(
            channels, stage.outputs, stride: i == 0 ? stage.stride : 1,
            expansion: stage.expansion))
        channels = stage.outputs
      }
    }
    layers.append(convolution(channels, 1280, kernel: 1))
    features = Sequential(layers)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    classifier(features(x).mean(axes: [2, 3]))
  }
}

let net = MobileNetV2()
let model = Model("mobilenet_v2", net)

model.infer(Input("image", [1, 3, 224, 224])) { image in ["logits": net(image)] }
