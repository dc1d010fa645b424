import Foundation
import GraphIR
import GraphKit
import LoopIR
import RandomModels
import TestSupport
import Testing

/// Images in which each pixel is another number.
enum AugmentedImages {
  static let (count, channels, height, width) = (35, 3, 6, 9)

  static let modes: [(name: String, mode: PaddingMode)] = [
    ("zeros", .zeros), ("replicate", .replicate), ("reflect", .reflect), ("circular", .circular),
  ]

  /// All elements of an image, or of one whose pixels `source` takes from other places.
  static func image(
    _ n: Int, _ source: (_ c: Int, _ y: Int, _ x: Int) -> (Int, Int, Int) = { ($0, $1, $2) }
  ) -> [Double] {
    (0..<(channels * height * width)).map { i in
      let (c, y, x) = source(i / (height * width), i / width % height, i % width)
      return Double(((n * channels + c) * height + y) * width + x + 1)
    }
  }

  /// The part of an image that begins at a place, which may be outside.
  static func window(
    _ n: Int, _ rows: Int, _ columns: Int, from place: [Int], _ mode: PaddingMode
  ) -> [Double] {
    let image = image(n)
    // Where an index of an axis is read; nil for 0.
    func inside(_ i: Int, _ extent: Int) -> Int? {
      if i >= 0, i < extent { return i }
      switch mode {
      case .constant: return nil
      case .replicate: return i < 0 ? 0 : extent - 1
      case .reflect: return i < 0 ? -i : 2 * extent - 2 - i
      case .circular: return (i + extent) % extent
      }
    }
    return (0..<channels).flatMap { c in
      (0..<rows).flatMap { y in
        (0..<columns).map { x in
          guard let i = inside(y + place[0], height), let j = inside(x + place[1], width) else {
            return 0
          }
          return image[(c * height + i) * width + j]
        }
      }
    }
  }
}

/// A training step that applies everything to the images, compiled, and its results.
struct AugmentationLibrary: Sendable {
  private static let shared = Result { try AugmentationLibrary() }

  private let states: [String: [Double]]
  private let rampStates: [String: [Double]]

  /// What a layer made of each image.
  static func results(_ name: String) throws -> [[Double]] {
    try rows(try shared.get().states, name)
  }

  /// The targets that `mixup` or `cutmix` gave.
  static func targets(_ name: String) throws -> [[Double]] {
    try rows(try shared.get().states, "\(name)_targets")
  }

  /// The slopes that a layer made of ramps to the right and down, each to the right and down.
  static func ramps(
    _ name: String
  ) throws -> [(x: (Double, Double), y: (Double, Double))] {
    let (height, width) = (AugmentedImages.height, AugmentedImages.width)
    return try rows(try shared.get().rampStates, name).map { image in
      func slopes(_ channel: Int) -> (Double, Double) {
        let middle = (channel * height + height / 2) * width + width / 2
        return (
          (image[middle + 1] - image[middle - 1]) / 2,
          image[middle] - image[middle - width]
        )
      }
      return (slopes(0), slopes(1))
    }
  }

  private static func rows(_ states: [String: [Double]], _ name: String) throws -> [[Double]] {
    let all = try #require(states[name])
    let size = all.count / AugmentedImages.count
    return stride(from: 0, to: all.count, by: size).map { Array(all[$0..<($0 + size)]) }
  }

  private struct Store: Module {
    var results: [String: Parameter] = [:]
  }

  private typealias Row = (name: String, layer: @Sendable () -> any Layer)

  private static let layers: [Row] = fixed + shifts

  private static let fixed: [Row] = [
    ("flip", { RandomFlip() }), ("flip_both", { RandomFlip(vertical: true) }),
    ("crop", { RandomCrop([4, 3], padding: 1) }),
    ("brightness", { ColorJitter(brightness: 0.4) }),
    ("contrast", { ColorJitter(contrast: 0.5) }),
    ("saturation", { ColorJitter(saturation: 0.5) }), ("hue", { ColorJitter(hue: 0.2) }),
    ("noise", { RandomNoise(0.5) }), ("cutout", { Cutout([2, 4], value: -3) }),
    ("frequency_mask", { FrequencyMask(4) }), ("time_mask", { TimeMask(5, share: 0.34) }),
    ("rotation", { RandomRotation(30, padding: .border) }),
    ("zoom", { RandomZoom(1.25...2, padding: .border) }),
  ]

  private static let shifts: [Row] = AugmentedImages.modes.map { name, mode in
    ("shift_\(name)", { RandomShift(2, paddingMode: mode) })
  }

  private init() throws {
    typealias Images = AugmentedImages
    let shape: Shape = [Images.count, Images.channels, Images.height, Images.width]
    func declare(_ name: String, _ images: (Tensor) -> Tensor) {
      var store = Store()
      for (name, _) in Self.layers {
        let size: Shape = name == "crop" ? [Images.count, Images.channels, 4, 3] : shape
        store.results[name] = Parameter.statistic(size)
      }
      for name in ["mixup", "cutmix"] {
        store.results[name] = Parameter.statistic(shape)
        store.results["\(name)_targets"] = Parameter.statistic([Images.count, 5])
      }
      let model = Model(name, store)
      model.train(epochs: 1, steps: 1) {
        let x = images(range(shape.count).reshaped(shape))
        for (name, layer) in Self.layers {
          // A mask is for spectrograms, which are no integers.
          let operand: Tensor = name.hasSuffix("mask") ? x.cast(to: .f32) : x
          let made: any Layer = layer()
          let result: Tensor = made.callAsFunction(operand)
          store.results[name]?.assign(result)
        }
        let labels = range(Images.count) % 5
        let mixed = mixup(x, labels, classes: 5, alpha: 0.4)
        store.results["mixup"]?.assign(mixed.images)
        store.results["mixup_targets"]?.assign(mixed.targets)
        let cut = cutmix(x, labels.oneHot(5).cast(to: .f32))
        store.results["cutmix"]?.assign(cut.images)
        store.results["cutmix_targets"]?.assign(cut.targets)
        return ["loss": Tensor(0)]
      }
    }
    let programs = [
      // Integers, which become floats.
      try traced { declare("pixels") { $0 + 1 } },
      try traced {
        declare("ramps") { index in
          let (x, y) = (index % Images.width, index / Images.width % Images.height)
          let channel = index / (Images.width * Images.height) % Images.channels
          return select(channel .== 0, x, y).cast(to: .f32)
        }
      },
    ]
    let library = try ProgramLibrary(programs).compiled(.libraries[0])
    func results(_ name: String) throws -> [String: [Double]] {
      let model = try LoadedModel(name, in: library)
      _ = try model.call("init", [[5]])
      _ = try model.call("train_step")
      let names =
        Self.layers.map(\.name) + ["mixup", "cutmix", "mixup_targets", "cutmix_targets"]
      return try Dictionary(
        uniqueKeysWithValues: names.map { ($0, try model["results.\($0)"]) })
    }
    states = try results("pixels")
    rampStates = try results("ramps")
  }
}
