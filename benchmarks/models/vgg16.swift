// VGG-16 (Simonyan and Zisserman, 2014) for images of 224 x 224 pixels. Parameters have
// torchvision's names.

import GraphKit

struct VGG16: Layer {
  let features = Sequential {
    for (inputs, outputs, convolutions) in [
      (3, 64, 2), (64, 128, 2), (128, 256, 3), (256, 512, 3), (512, 512, 3),
    ] {
      for i in 0..<convolutions {
        Conv2D(i == 0 ? inputs : outputs, outputs, kernel: 3, padding: 1)
        ReLU()
      }
      MaxPool2D(2)
    }
  }
  let classifier = Sequential {
    Dense(512 * 7 * 7, 4096); ReLU(); Dropout(0.5)
    Dense(4096, 4096); ReLU(); Dropout(0.5)
    Dense(4096, 1000)
  }

  func callAsFunction(_ x: Tensor) -> Tensor { classifier(features(x).flattened(from: 1)) }
}

let net = VGG16()
let model = Model("vgg16", net)

model.infer(Input("image", [1, 3, 224, 224])) { image in ["logits": net(image)] }
