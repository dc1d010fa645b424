// ResNet-18 (He et al., 2015) learns from images of 64 x 64 pixels. Parameters have torchvision's
// names.

import GraphKit
import Zoo

let net = ResNet(.resnet18)
let images = DataSet(
  "images", fields: ["image": .f32[3, 64, 64], "label": .i32])

let model = Model("resnet18_train", net)

model.train(on: images, batch: 16, epochs: 1) { batch in
  let loss = crossEntropy(net(batch.image), batch.label)
  SGD(rate: 0.01, momentum: 0.9).minimize(loss, net.parameters)
  return ["loss": loss]
}
