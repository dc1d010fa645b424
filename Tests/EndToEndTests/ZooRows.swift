import GraphKit
import Zoo

/// How a network of Zoo is made, and called with its inputs in order.
struct ZooRow: Sendable {
  /// An input whose numbers follow from its name and shape.
  struct Argument: Sendable {
    let name: String
    let shape: [Int]
    /// The integers are below it; nil for floating point.
    let below: Int?

    init(_ name: String, _ shape: [Int], below: Int? = nil) {
      (self.name, self.shape, self.below) = (name, shape, below)
    }
  }

  let name: String
  let arguments: [Argument]
  /// Makes the network and what calls it; to be run inside a session.
  let make: @Sendable () -> (module: any Module, call: ([Tensor]) -> [Tensor])

  init<M: Module & SendableMetatype>(
    _ name: String, _ arguments: Argument..., make: @escaping @Sendable () -> M,
    call: @escaping @Sendable (M, [Tensor]) -> [Tensor]
  ) {
    (self.name, self.arguments) = (name, arguments)
    self.make = {
      let module = make()
      return (module, { call(module, $0) })
    }
  }

  /// A network from an image to one tensor.
  init<L: Layer & SendableMetatype>(
    _ name: String, _ shape: [Int], _ make: @autoclosure @escaping @Sendable () -> L
  ) {
    self.init(name, Argument("x", shape), make: make) { [$0($1[0])] }
  }

  /// The networks for images; each is small, but has all kinds of layers of the published one.
  static let images: [ZooRow] = [
    ZooRow("lenet5", [2, 1, 28, 28], LeNet5()),
    ZooRow("lenet5_original", [2, 1, 28, 28], LeNet5(form: .original)),
    ZooRow("alexnet", [2, 3, 63, 63], AlexNet(classes: 10, width: 8, hidden: 64)),
    ZooRow("zfnet", [2, 3, 64, 64], ZFNet(classes: 10, size: 64, width: 12, hidden: 32)),
    ZooRow("vgg11", [2, 3, 32, 32], VGG(.vgg11, classes: 10, width: 4, hidden: 64)),
    ZooRow("vgg13bn", [2, 3, 32, 32], VGG(.vgg13bn, classes: 10, width: 4, hidden: 64)),
    ZooRow("googlenet", Argument("x", [2, 3, 64, 64])) {
      GoogLeNet(
        classes: 10, width: 0.125, form: .paper, auxiliary: true, isRenormed: true)
    } call: {
      let (scores, auxiliary) = $0.withAuxiliary($1[0])
      return [scores] + auxiliary
    },
    ZooRow("inception_v3", [1, 3, 75, 75], InceptionV3(classes: 10, width: 0.0625)),
    ZooRow("resnet18", [2, 3, 32, 32], ResNet(.resnet18, classes: 10, width: 8)),
    ZooRow(
      "resnext", [2, 3, 32, 32],
      ResNet(
        ResNet.Form(blocks: [1, 2, 1, 1], isBottleneck: true, groups: 2, groupWidth: 32),
        classes: 10, width: 8)),
    ZooRow(
      "resnet_preactivation", [2, 3, 32, 32],
      PreActivationResNet(
        ResNet.Form(blocks: [1, 2], isBottleneck: true), classes: 10, stem: .small, width: 8)),
    ZooRow(
      "densenet", [2, 3, 32, 32],
      DenseNet(DenseNet.Form(layers: [2, 3, 1, 2], growth: 4, width: 8), classes: 10)),
    ZooRow("squeezenet1_0", [2, 3, 48, 48], SqueezeNet(.v1_0, classes: 10, width: 0.125)),
    ZooRow("squeezenet1_1", [2, 3, 48, 48], SqueezeNet(.v1_1, classes: 10, width: 0.125)),
    ZooRow("mobilenet_v2", [2, 3, 32, 32], MobileNetV2(classes: 10, width: 0.25)),
    ZooRow("mobilenet_v3_small", [2, 3, 32, 32], MobileNetV3(.small, classes: 10, width: 0.25)),
    ZooRow(
      "efficientnet", [2, 3, 32, 32],
      EfficientNet(EfficientNet.Form(width: 0.25, depth: 0.33, size: 32), classes: 10)),
    ZooRow(
      "convnext", [2, 3, 32, 32],
      ConvNeXt(ConvNeXt.Form(widths: [8, 16, 24, 32], blocks: [1, 2, 1, 1]), classes: 10)),
    ZooRow(
      "vit", [2, 3, 32, 32],
      ViT(
        ViT.Form(patch: 8, width: 16, hidden: 32, depth: 2, heads: 2), classes: 10, size: 32)),
    ZooRow("mask_rcnn", Argument("x", [2, 3, 64, 96]), Argument("units", [2, 3, 4])) {
      FasterRCNN(
        ResNet(.resnet18, classes: nil, width: 8), classes: 3,
        form: FasterRCNN.Form(
          sizes: [8, 16, 32, 64, 128], regionSize: 224, channels: 16, hidden: 32),
        masks: true)
    } call: {
      $0.compared($1[0], $1[1])
    },
    ZooRow("retinanet", Argument("x", [2, 3, 64, 96])) {
      RetinaNet(
        ResNet(.resnet18, classes: nil, width: 8), classes: 4,
        form: RetinaNet.Form(sizes: [8, 10], channels: 16))
    } call: {
      let (logits, offsets, anchors) = $0($1[0])
      return [logits, offsets, anchors]
    },
    ZooRow("ssd", Argument("x", [1, 3, 272, 272])) {
      SSD(classes: 3, width: 4)
    } call: {
      let (logits, offsets) = $0($1[0])
      // torchvision has the boxes in f32.
      return [logits, offsets, round($0.defaultBoxes() * 16) / 16]
    },
    ZooRow("unet", [1, 3, 34, 35], UNet(width: 4)),
    ZooRow("unet_bilinear", [1, 3, 16, 16], UNet(width: 4, depth: 4, bilinear: true)),
  ]

  /// The networks for text.
  static let texts: [ZooRow] = [
    ZooRow("gpt2", Argument("tokens", [2, 8], below: 50)) {
      GPT2(gpt2)
    } call: {
      [$0($1[0])]
    },
    ZooRow("gpt2_next", Argument("tokens", [2, 8], below: 50)) {
      GPT2(gpt2, cached: 8, batch: 2)
    } call: { net, inputs in
      let all = (0..<8).map { i in
        net.next(inputs[0].element(i, of: 1), at: Tensor(Double(i), .i32))
      }
      return [stack(all, axis: 1)]
    },
    ZooRow("llama", Argument("tokens", [2, 8], below: 50)) {
      Llama(llama)
    } call: {
      [$0($1[0])]
    },
    ZooRow("llama_next", Argument("tokens", [2, 8], below: 50)) {
      Llama(llama, cached: 8, batch: 2)
    } call: { net, inputs in
      let all = (0..<8).map { i in
        net.next(inputs[0].element(i, of: 1), at: Tensor(Double(i), .i32))
      }
      return [stack(all, axis: 1)]
    },
    ZooRow(
      "bert", Argument("tokens", [2, 8], below: 50), Argument("segments", [2, 8], below: 2)
    ) {
      BERT(BERT.Form(width: 16, depth: 2, heads: 2, vocabulary: 50, context: 16))
    } call: {
      // The second text ends after five tokens.
      let seen = Tensor([8, 5]).expanded(at: 1) .> range(8, .f32)
      let (words, follows) = $0($1[0], segments: $1[1], seen: seen)
      return [words, follows]
    },
    ZooRow(
      "transformer", Argument("source", [2, 7], below: 20), Argument("target", [2, 6], below: 30)
    ) {
      Transformer(
        Transformer.Form(width: 16, hidden: 32, depth: 2, heads: 2), source: 20, target: 30)
    } call: {
      let padding = Tensor([7, 4]).expanded(at: 1) .<= range(7, .f32)
      return [$0($1[0], $1[1], padding: padding)]
    },
    ZooRow("mu_law", Argument("x", [16]), Argument("levels", [16], below: 256)) {
      Nothing()
    } call: {
      [muLawEncoded($1[0]).cast(to: .f32), muLawDecoded($1[1])]
    },
    ZooRow("wavenet", Argument("samples", [2, 12], below: 16), Argument("condition", [2, 3])) {
      WaveNet(levels: 16, width: 4, skip: 6, depth: 3, stacks: 2, condition: 3)
    } call: {
      [$0($1[0], condition: $1[1])]
    },
  ]

  /// The networks that make images, and densities.
  static let generators: [ZooRow] = [
    ZooRow("dcgan_generator", [2, 10, 1, 1], DCGANGenerator(latent: 10, size: 32, width: 4)),
    ZooRow("dcgan_discriminator", [2, 3, 64, 64], DCGANDiscriminator(width: 4)),
    ZooRow("resnet_generator", [1, 3, 16, 16], ResNetGenerator(width: 4, blocks: 2)),
    ZooRow(
      "unet_generator", [1, 3, 64, 64],
      UNetGenerator(width: 2, depth: 6, norm: .batch, dropout: true)),
    ZooRow(
      "unet_generator_instance", [1, 3, 64, 64],
      UNetGenerator(width: 2, depth: 5, norm: .instance)),
    ZooRow("patch_discriminator", [1, 3, 32, 32], PatchDiscriminator(width: 4)),
    ZooRow(
      "style_generator", Argument("z", [2, 6]), Argument("noise0", [2, 1, 4, 4]),
      Argument("noise1", [2, 1, 4, 4]), Argument("noise2", [2, 1, 8, 8]),
      Argument("noise3", [2, 1, 8, 8])
    ) {
      StyleGenerator(latent: 6, size: 8, width: 4, mapped: 2)
    } call: { net, inputs in
      let style = net.mapping(inputs[0])
      return [net.synthesis([style, style], noise: Array(inputs[1...]))]
    },
    ZooRow("real_nvp", Argument("x", [4, 3])) {
      RealNVP(3, couplings: 4, hidden: 8)
    } call: { net, inputs in
      let z = net.encoded(inputs[0]).z
      return [net.logProbability(inputs[0]), z, net.decoded(z)]
    },
  ]

  /// Small networks for 36 letters of 32 pixels.
  static let letters: [ZooRow] = [
    ZooRow("lenet5", letter, LeNet5(classes: 36, size: 32, padding: 0)),
    ZooRow(
      "alexnet", letter, AlexNet(channels: 1, classes: 36, stem: .small, width: 8, hidden: 64)),
    ZooRow(
      "zfnet", letter,
      ZFNet(channels: 1, classes: 36, size: 32, stem: .small, width: 12, hidden: 64)),
    ZooRow("vgg11", letter, VGG(.vgg11bn, channels: 1, classes: 36, width: 8, hidden: 64, side: 1)),
    ZooRow("googlenet", letter, GoogLeNet(channels: 1, classes: 36, stem: .small, width: 0.25)),
    ZooRow("resnet18", letter, ResNet(.resnet18, channels: 1, classes: 36, stem: .small, width: 8)),
    ZooRow(
      "resnet20", letter,
      ResNet(ResNet.Form(blocks: [3, 3, 3]), channels: 1, classes: 36, stem: .small, width: 16)),
    ZooRow(
      "resnet18_preactivation", letter,
      PreActivationResNet(.resnet18, channels: 1, classes: 36, stem: .small, width: 8)),
    ZooRow(
      "densenet", letter,
      DenseNet(
        DenseNet.Form(layers: [3, 3, 3], growth: 8, width: 16), channels: 1, classes: 36,
        stem: .small)),
    ZooRow("squeezenet", letter, SqueezeNet(channels: 1, classes: 36, stem: .small, width: 0.25)),
    ZooRow(
      "mobilenet_v2", letter, MobileNetV2(channels: 1, classes: 36, stem: .small, width: 0.25)),
    ZooRow(
      "mobilenet_v3", letter,
      MobileNetV3(.small, channels: 1, classes: 36, stem: .small, width: 0.25)),
    ZooRow(
      "efficientnet", letter,
      EfficientNet(
        EfficientNet.Form(width: 0.25, depth: 0.5, size: 32), channels: 1, classes: 36,
        stem: .small)),
    ZooRow(
      "convnext", letter,
      ConvNeXt(
        ConvNeXt.Form(widths: [16, 32, 64], blocks: [1, 1, 2]), channels: 1, classes: 36,
        patch: 2)),
    ZooRow(
      "vit", letter,
      ViT(
        ViT.Form(patch: 4, width: 32, hidden: 64, depth: 2, heads: 4), channels: 1, classes: 36,
        size: 32, dropout: 0.1)),
  ]

  private static let letter = [2, 1, 32, 32]
  private static let gpt2 = GPT2.Form(width: 16, depth: 2, heads: 2, vocabulary: 50, context: 16)
  private static let llama = Llama.Form(
    width: 16, hidden: 24, depth: 2, heads: 4, keyHeads: 2, vocabulary: 50)
}

/// Members of their published size, whose names, shapes and number of parameters are compared.
struct ZooMember: Sendable {
  let name: String
  let make: @Sendable () -> any Module

  init(_ name: String, _ make: @autoclosure @escaping @Sendable () -> any Module) {
    (self.name, self.make) = (name, make)
  }

  static let all: [ZooMember] = [
    ZooMember("alexnet", AlexNet()),
    ZooMember("vgg11", VGG(.vgg11)), ZooMember("vgg11_bn", VGG(.vgg11bn)),
    ZooMember("vgg13", VGG(.vgg13)), ZooMember("vgg13_bn", VGG(.vgg13bn)),
    ZooMember("vgg16", VGG(.vgg16)), ZooMember("vgg16_bn", VGG(.vgg16bn)),
    ZooMember("vgg19", VGG(.vgg19)), ZooMember("vgg19_bn", VGG(.vgg19bn)),
    ZooMember("googlenet", GoogLeNet(auxiliary: true)),
    ZooMember("inception_v3", InceptionV3(auxiliary: true)),
    ZooMember("resnet18", ResNet(.resnet18)), ZooMember("resnet34", ResNet(.resnet34)),
    ZooMember("resnet50", ResNet(.resnet50)), ZooMember("resnet101", ResNet(.resnet101)),
    ZooMember("resnet152", ResNet(.resnet152)),
    ZooMember("resnext50_32x4d", ResNet(.resnext50)),
    ZooMember("wide_resnet50_2", ResNet(.wideResnet50)),
    ZooMember("densenet121", DenseNet(.densenet121)),
    ZooMember("densenet161", DenseNet(.densenet161)),
    ZooMember("densenet169", DenseNet(.densenet169)),
    ZooMember("densenet201", DenseNet(.densenet201)),
    ZooMember("squeezenet1_0", SqueezeNet(.v1_0)), ZooMember("squeezenet1_1", SqueezeNet(.v1_1)),
    ZooMember("mobilenet_v2", MobileNetV2()),
    ZooMember("mobilenet_v3_large", MobileNetV3(.large)),
    ZooMember("mobilenet_v3_small", MobileNetV3(.small)),
    ZooMember("efficientnet_b0", EfficientNet(.b0)),
    ZooMember("efficientnet_b1", EfficientNet(.b1)),
    ZooMember("efficientnet_b2", EfficientNet(.b2)),
    ZooMember("efficientnet_b3", EfficientNet(.b3)),
    ZooMember("efficientnet_b4", EfficientNet(.b4)),
    ZooMember("efficientnet_b5", EfficientNet(.b5)),
    ZooMember("efficientnet_b6", EfficientNet(.b6)),
    ZooMember("efficientnet_b7", EfficientNet(.b7)),
    ZooMember("convnext_tiny", ConvNeXt(.tiny)), ZooMember("convnext_small", ConvNeXt(.small)),
    ZooMember("convnext_base", ConvNeXt(.base)), ZooMember("convnext_large", ConvNeXt(.large)),
    ZooMember("vit_b_16", ViT(.b16)), ZooMember("vit_b_32", ViT(.b32)),
    ZooMember("vit_l_16", ViT(.l16)), ZooMember("vit_l_32", ViT(.l32)),
    ZooMember("vit_h_14", ViT(.h14)),
    ZooMember("fasterrcnn_resnet50_fpn", FasterRCNN(ResNet(.resnet50, classes: nil))),
    ZooMember("maskrcnn_resnet50_fpn", FasterRCNN(ResNet(.resnet50, classes: nil), masks: true)),
    ZooMember("retinanet_resnet50_fpn", RetinaNet(ResNet(.resnet50, classes: nil))),
    ZooMember("ssd300_vgg16", SSD()),
    ZooMember("gpt2", GPT2(.small)), ZooMember("gpt2_medium", GPT2(.medium)),
    ZooMember("gpt2_large", GPT2(.large)), ZooMember("gpt2_xl", GPT2(.extraLarge)),
    ZooMember("bert_base", BERT(.base)), ZooMember("bert_large", BERT(.large)),
    ZooMember("bert_tiny", BERT(.tiny)),
    ZooMember("tiny_llama", Llama(.tinyLlama)), ZooMember("llama2_7b", Llama(.llama2of7B)),
    ZooMember("llama3_8b", Llama(.llama3of8B)),
    ZooMember("transformer_base", Transformer(.base, source: 1000, target: 2000)),
  ]
}

extension FasterRCNN {
  /// Returns what both stages say of anchors and of boxes made of numbers between -1 and 1, and
  /// what is found.
  fileprivate func compared(_ x: Tensor, _ units: Tensor) -> [Tensor] {
    let (rows, columns) = (x.shape[2], x.shape[3])
    let low = (units[..., 0..<2] + 1) * 24
    let high = low + (units[..., 2..<4] + 1) * 20 + 2
    let boxes = clippedBoxes(concatenate([low, high], axis: -1), rows: rows, columns: columns)
      .stopGradient()
    let levels = levels(x)
    let anchored = anchored(levels)
    let (scores, moves) = judged(levels, boxes)
    let masks = maskLogits(levels, boxes, ones([boxes.shape[0], boxes.shape[1]], .i32))
    let found = detections(x, limit: 20)
    let best = [found.boxes, found.scores, (found.classes + 1).cast(to: .f32)]
    return [
      concatenate(anchored.map(\.logits), axis: 1), concatenate(anchored.map(\.offsets), axis: 1),
      scores, moves, masks,
    ] + best.map { $0.stopGradient() }
  }
}
