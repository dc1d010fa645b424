// ResNet-18 (He et al., 2015) learns from images of 64 x 64 pixels. Parameters have torchvision's
// names.

import GraphKit

/// Two convolutions and a way around them, which a convolution of one pixel makes fit.
struct BasicBlock: Layer {
  let conv1: Conv2D
  let bn1: BatchNorm
  let conv2: Conv2D
  let bn2: BatchNorm
  let downsample: Sequential?

  init(_ inputs: Int, _ outputs: Int, stride: Int) {
    conv1 = Conv2D(inputs, outputs, kernel: 3, stride: stride, padding: 1, bias: false)
    bn1 = BatchNorm(outputs)
    conv2 = Conv2D(outputs, outputs, kernel: 3, padding: 1, bias: false)
    bn2 = BatchNorm(outputs)
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
    let y = bn2(conv2(relu(bn1(conv1(x)))))
    return relu(y + (downsample?(x) ?? x))
  }
}

struct ResNet18: Layer {
  let conv1 = Conv2D(3, 64, kernel: 7, stride: 2, padding: 3, bias: false)
  let bn1 = BatchNorm(64)
  let maxpool = MaxPool2D(3, stride: 2, padding: 1)
  let layer1 = stage(64, 64, stride: 1)
  let layer2 = stage(64, 128, stride: 2)
  let layer3 = stage(128, 256, stride: 2)
  let layer4 = stage(256, 512, stride: 2)
  let avgpool = GlobalAvgPool()
  let fc = Dense(512, 1000)

  static func stage(_ inputs: Int, _ outputs: Int, stride: Int) -> Sequential {
    Sequential {
      BasicBlock(inputs, outputs, stride: stride)
      BasicBlock(outputs, outputs, stride: 1)
    }
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let stem = maxpool(relu(bn1(conv1(x))))
    return fc(avgpool(layer4(layer3(layer2(layer1(stem))))))
  }
}

let net = ResNet18()
let images = DataSet(
  "images", fields: ["image": .f32[3, 64, 64], "label": .i32])

let model = Model("resnet18_train", net)

model.train(on: images, batch: 16, epochs: 1) { batch in
  let loss = crossEntropy(net(batch.image), batch.label)
  SGD(rate: 0.01, momentum: 0.9).minimize(loss, net.parameters)
  return ["loss": loss]
}
