// ResNet-50 (He et al., 2015) for images of 224 x 224 pixels. Parameters have torchvision's names.

import GraphKit

/// A narrow convolution between two of one pixel, and a way around all three.
struct Bottleneck: Layer {
  let conv1: Conv2D
  let bn1: BatchNorm
  let conv2: Conv2D
  let bn2: BatchNorm
  let conv3: Conv2D
  let bn3: BatchNorm
  let downsample: Sequential?

  init(_ inputs: Int, _ width: Int, stride: Int) {
    let outputs = 4 * width
    conv1 = Conv2D(inputs, width, kernel: 1, bias: false)
    bn1 = BatchNorm(width)
    conv2 = Conv2D(width, width, kernel: 3, stride: stride, padding: 1, bias: false)
    bn2 = BatchNorm(width)
    conv3 = Conv2D(width, outputs, kernel: 1, bias: false)
    bn3 = BatchNorm(outputs)
    let fits = stride == 1 && inputs == outputs
    downsample =
      fits
      ? nil
      : Sequential {
        Conv2D(inputs, outputs, kernel: 1, stride: stride, bias: false)
        BatchNorm(outputs)
      }
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let y = relu(bn2(conv2(relu(bn1(conv1(x))))))
    return relu(bn3(conv3(y)) + (downsample?(x) ?? x))
  }
}

struct ResNet50: Layer {
  let conv1 = Conv2D(3, 64, kernel: 7, stride: 2, padding: 3, bias: false)
  let bn1 = BatchNorm(64)
  let maxpool = MaxPool2D(3, stride: 2, padding: 1)
  let layer1 = stage(64, 64, blocks: 3, stride: 1)
  let layer2 = stage(256, 128, blocks: 4, stride: 2)
  let layer3 = stage(512, 256, blocks: 6, stride: 2)
  let layer4 = stage(1024, 512, blocks: 3, stride: 2)
  let avgpool = GlobalAvgPool()
  let fc = Dense(2048, 1000)

  static func stage(_ inputs: Int, _ width: Int, blocks: Int, stride: Int) -> Sequential {
    Sequential {
      Bottleneck(inputs, width, stride: stride)
      for _ in 1..<blocks { Bottleneck(4 * width, width, stride: 1) }
    }
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let stem = maxpool(relu(bn1(conv1(x))))
    return fc(avgpool(layer4(layer3(layer2(layer1(stem))))))
  }
}

let net = ResNet50()
let model = Model("resnet50", net)

model.infer(Input("image", [1, 3, 224, 224])) { image in ["logits": net(image)] }
