// Augmentation: what the layers that change images at random make of photographs. They do so in
// training only, so a step keeps what they gave.

import GraphKit

let layers: [any Layer] = [
  Identity(), RandomFlip(), RandomRotation(30, padding: .reflection), RandomZoom(0.7...1.6),
  RandomCrop(32, padding: 8, paddingMode: .reflect),
  ColorJitter(brightness: 0.4, contrast: 0.4, saturation: 0.6, hue: 0.15, limits: 0...1),
  RandomNoise(0.1), Cutout(12),
]

struct Gallery: Module {
  let seen = Parameter.statistic([8, 10, 3, 32, 32])
}

let gallery = Gallery()
let model = Model("views", gallery)
let photographs = DataSet("../../data/photographs", fields: ["image": .u8[3, 32, 32]])

model.train(on: photographs, batch: 100, epochs: 20) { batch in
  // Where a covered pixel is 0, no other one is.
  let image = (batch.image.cast(to: .f32) + 1) / 256
  let views = layers.map { $0(image) }
  gallery.seen.value = stack(views.map { $0[..<10] })

  let isMirrored = (views[1] .== image.reversed(axes: [3])).all(axes: [1, 2, 3])
  let noise = views[6] - image
  let isCovered = (views[7] .== 0).cast(to: .f32)
  let brightness = views[5].mean(axes: [1, 2, 3]) / image.mean(axes: [1, 2, 3])
  return [
    "mirrored": isMirrored.cast(to: .f32).mean(), "noise": sqrt((noise * noise).mean()),
    "covered": isCovered.mean(), "brightness": brightness.mean(),
  ]
}

// A row for each layer: nothing, flip, rotation, zoom, crop, colours, noise, cutout.
model.infer {
  let rows = clamp(gallery.seen.value, 0...1).transposed([2, 0, 3, 1, 4])
  return ["views": rows.reshaped([3, 256, 320]).repeatedEach(2, axis: 1).repeatedEach(2, axis: 2)]
}
