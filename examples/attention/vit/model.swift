// A vision transformer (Dosovitskiy et al., 2020) reads digits and capitals: the 16 patches of an
// image are the words of a sentence. Held out are faces of other families.

import GraphKit
import Zoo

let net = ViT(
  ViT.Form(patch: 8, width: 48, hidden: 96, depth: 3, heads: 4), channels: 1, classes: 36, size: 32)
let model = Model("vit", net)
let letters = DataSet.npz(
  "../../data/letters/train.npz", fields: ["image": .u8[1, 32, 32], "label": .u8]
).held(out: "held.npz")
let augmented = RandomAffine(degrees: 10, shift: 0.08, zoom: 0.85...1.15, shear: 10)

model.train(on: letters, batch: 54, epochs: 40, best: .max("accuracy")) { batch in
  let logits = net(augmented(batch.image.cast(to: .f32) / 255))
  let loss = crossEntropy(logits, batch.label)
  AdamW(rate: .cosine(from: 3e-3, warmUp: 0.1), weightDecay: 0.05, clip: .norm(1))
    .minimize(loss, net.parameters)
  return ["loss": loss, "accuracy": accuracy(logits, batch.label)]
}

// What the first layer looks for in a patch of 8 x 8 pixels: its 48 filters, each scaled to grey.
model.every(epochs: 40, "filters", .image(columns: 12)) {
  let filters = net.conv_proj.weight.value
  let largest = abs(filters).max(axes: [2, 3], keep: true)
  let image = filters / largest / 2 + 0.5
  return ["image": image.repeatedEach(4, axis: 2).repeatedEach(4, axis: 3)]
}

model.infer(Input("image", [1, 1, 32, 32])) { image in
  let probability = softmax(net(image))
  let names = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".map { String($0) }
  return ["letter": .names(probability.argmax(), names), "probability": probability.max(axis: 1)]
}
