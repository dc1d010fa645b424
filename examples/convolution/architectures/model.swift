// Seven convolutional networks of the years 2012 to 2019, in small: each learns letters and digits
// of 147 typefaces, 32 x 32 pixels, and is tried on 30 others.

import GraphKit
import Zoo

let name = option(
  "net", "resnet",
  of: ["alexnet", "zfnet", "vgg", "googlenet", "inception", "resnet", "efficientnet"])

let set = option("set", "letters", of: ["letters", "cifar"])
let isCIFAR = set == "cifar"
let (channels, classes) = isCIFAR ? (3, 10) : (1, 36)

func network() -> any Layer {
  switch name {
  case "alexnet":  // Krizhevsky, 2012: deep, with ReLU
    AlexNet(channels: channels, classes: classes, stem: .small, width: 8, hidden: 128, dropout: 0)
  case "zfnet":  // Zeiler and Fergus, 2013: smaller windows
    ZFNet(
      channels: channels, classes: classes, size: 32, stem: .small, width: 9, hidden: 128,
      dropout: 0)
  case "vgg":  // Simonyan and Zisserman, 2014: nothing but 3 x 3
    VGG(.vgg11bn, channels: channels, classes: classes, width: 8, hidden: 128, side: 1, dropout: 0)
  case "googlenet":  // Szegedy, 2014: windows of 1, 3 and 5 side by side
    GoogLeNet(channels: channels, classes: classes, width: 0.125, form: .paper, auxiliary: true)
  case "inception":  // Szegedy, 2015: 7 x 7 as 1 x 7 and 7 x 1
    InceptionV3(channels: channels, classes: classes, width: 0.125, dropout: 0)
  case "resnet":  // He, 2015: h + F(h)
    ResNet(
      ResNet.Form(blocks: [1, 1, 1]), channels: channels, classes: classes, stem: .small, width: 8)
  default:  // Tan and Le, 2019: width, depth and size of the image scaled together
    EfficientNet(
      EfficientNet.Form(width: 0.5, depth: 0.5, size: 32), channels: channels, classes: classes)
  }
}
let net = network()

// The two without batch norm bear only a smaller rate.
let rate = ["alexnet", "zfnet"].contains(name) ? 1e-3 : 4e-3
let model = Model(name, net)

let letters = DataSet.npz(
  "../../data/letters/train.npz", fields: ["image": .u8[1, 32, 32], "label": .u8]
).held(out: "held.npz")

// Photographs in files as those of CIFAR-10; `--data` says where the real ones are.
let data = isCIFAR ? DataSet.cifar10("../../data/photographs/cifar") : letters

let augmented = RandomAffine(degrees: 8, shift: 0.08, zoom: 0.85...1.15, shear: 8)

/// What a net sees: two of them shrink images too much for letters, which are enlarged for them.
func pixels(_ image: Tensor) -> Tensor {
  let x = image.cast(to: .f32) / 255
  switch name {
  case "googlenet": return x.resized(to: [64, 64])
  case "inception": return x.resized(to: [75, 75])
  default: return x
  }
}

/// The scores, and those of the classifiers in the middle of GoogLeNet.
func scores(_ x: Tensor) -> (scores: Tensor, auxiliary: [Tensor]) {
  if let net = net as? GoogLeNet { return net.withAuxiliary(x) }
  return (net(x), [])
}

model.train(
  on: data, batch: 64, epochs: 10, validation: isCIFAR ? 1.0 / 6 : 0, best: .max("accuracy")
) { batch in
  let (logits, auxiliary) = scores(pixels(augmented(batch.image)))
  let losses = ([logits] + auxiliary).map {
    crossEntropy($0, batch.label, labelSmoothing: 0.1)
  }
  // The latter count 0.3, as published.
  let loss = losses[1...].reduce(losses[0]) { $0 + 0.3 * $1 }
  AdamW(rate: .oneCycle(peak: rate), weightDecay: 0.01).minimize(loss, net.parameters)
  return ["loss": loss, "accuracy": accuracy(logits, batch.label)]
}

model.infer(Input("image", [1, channels, 32, 32])) { image in
  ["class": net(pixels(image * 255)).argmax()]
}
