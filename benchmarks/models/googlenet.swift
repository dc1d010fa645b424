// GoogLeNet (Szegedy et al., 2014) for images of 224 x 224 pixels. Parameters have torchvision's
// names, and as there, the third branch has windows of three pixels, not five.

import GraphKit

struct BasicConv2d: Layer {
  let conv: Conv2D
  let bn: BatchNorm

  init(_ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1) {
    conv = Conv2D(
      inputs, outputs, kernel: kernel, stride: stride, padding: kernel / 2, bias: false)
    bn = BatchNorm(outputs, epsilon: 1e-3)
  }

  func callAsFunction(_ x: Tensor) -> Tensor { relu(bn(conv(x))) }
}

/// Four ways to see the same image, side by side. Two of them narrow it first.
struct Inception: Layer {
  let branch1: BasicConv2d
  let branch2: Sequential
  let branch3: Sequential
  let branch4: Sequential

  init(_ inputs: Int, _ one: Int, _ two: (Int, Int), _ three: (Int, Int), _ four: Int) {
    branch1 = BasicConv2d(inputs, one, kernel: 1)
    branch2 = Sequential {
      BasicConv2d(inputs, two.0, kernel: 1)
      BasicConv2d(two.0, two.1, kernel: 3)
    }
    branch3 = Sequential {
      BasicConv2d(inputs, three.0, kernel: 1)
      BasicConv2d(three.0, three.1, kernel: 3)
    }
    branch4 = Sequential {
      MaxPool2D(3, stride: 1, padding: 1, ceilMode: true)
      BasicConv2d(inputs, four, kernel: 1)
    }
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    concatenate([branch1(x), branch2(x), branch3(x), branch4(x)], axis: 1)
  }
}

struct GoogLeNet: Layer {
  let conv1 = BasicConv2d(3, 64, kernel: 7, stride: 2)
  let maxpool1 = MaxPool2D(3, stride: 2, ceilMode: true)
  let conv2 = BasicConv2d(64, 64, kernel: 1)
  let conv3 = BasicConv2d(64, 192, kernel: 3)
  let maxpool2 = MaxPool2D(3, stride: 2, ceilMode: true)
  let inception3a = Inception(192, 64, (96, 128), (16, 32), 32)
  let inception3b = Inception(256, 128, (128, 192), (32, 96), 64)
  let maxpool3 = MaxPool2D(3, stride: 2, ceilMode: true)
  let inception4a = Inception(480, 192, (96, 208), (16, 48), 64)
  let inception4b = Inception(512, 160, (112, 224), (24, 64), 64)
  let inception4c = Inception(512, 128, (128, 256), (24, 64), 64)
  let inception4d = Inception(512, 112, (144, 288), (32, 64), 64)
  let inception4e = Inception(528, 256, (160, 320), (32, 128), 128)
  let maxpool4 = MaxPool2D(2, stride: 2, ceilMode: true)
  let inception5a = Inception(832, 256, (160, 320), (32, 128), 128)
  let inception5b = Inception(832, 384, (192, 384), (48, 128), 128)
  let fc = Dense(1024, 1000)

  func callAsFunction(_ x: Tensor) -> Tensor {
    let layers: [any Layer] = [
      conv1, maxpool1, conv2, conv3, maxpool2, inception3a, inception3b, maxpool3, inception4a,
      inception4b, inception4c, inception4d, inception4e, maxpool4, inception5a, inception5b,
      GlobalAvgPool(), fc,
    ]
    return layers.reduce(x) { x, layer in layer(x) }
  }
}

let net = GoogLeNet()
let model = Model("googlenet", net)

model.infer(Input("image", [1, 3, 224, 224])) { image in ["logits": net(image)] }
