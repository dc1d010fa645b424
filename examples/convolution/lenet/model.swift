// LeNet-5 (LeCun, Bottou, Bengio and Haffner, 1998), as it was published, or with ReLU and the
// largest of each window. It learns letters and digits of 147 typefaces and is tried on 30 others.

import GraphKit
import Zoo

let form = option("form", "original", of: ["original", "modern"])
let set = option("set", "letters", of: ["letters", "mnist"])

let isMNIST = set == "mnist"
let side = isMNIST ? 28 : 32
let net = LeNet5(
  classes: isMNIST ? 10 : 36, size: side, padding: (32 - side) / 2,
  form: form == "original" ? .original : .modern)
let model = Model("lenet", net)

let letters = DataSet.npz(
  "../../data/letters/train.npz", fields: ["image": .u8[1, 32, 32], "label": .u8]
).held(out: "held.npz")

// Digits in files as those of MNIST; `--data` says where the real ones are.
let data = isMNIST ? DataSet.mnist("../../data/digits/idx") : letters

let augmented = RandomAffine(degrees: 8, shift: 0.08, zoom: 0.85...1.15, shear: 8)

/// Paper is -0.1 and ink 1.175, as published: a mean of about 0, a variance of about 1.
func pixels(_ image: Tensor) -> Tensor {
  augmented(image.reshaped([-1, 1, side, side])) * (1.275 / 255) - 0.1
}

/// Some faces draw 0 and O, or 1 and I, alike.
func merged(_ label: Tensor) -> Tensor {
  select(label .== 0, 24, select(label .== 1, 18, label.cast(to: .i32)))
}

model.train(
  on: data, batch: 64, epochs: 20, validation: isMNIST ? 1.0 / 6 : 0, best: .max("accuracy")
) { batch in
  let logits = net(pixels(batch.image))
  let loss = crossEntropy(logits, batch.label)
  Adam(rate: .cosine(from: 2e-3)).minimize(loss, net.parameters)
  let isRight = merged(logits.argmax()) .== merged(batch.label)
  return [
    "loss": loss, "accuracy": accuracy(logits, batch.label),
    "merged_accuracy": isRight.cast(to: .f32).mean(),
  ]
}

model.infer(Input("image", [1, 1, side, side])) { image in
  ["class": net(pixels(image * 255)).argmax()]
}
