// Labels are whole numbers, one for each row of scores.

import GraphKit

let net = Sequential {
  Flatten(); Dense(64, 10)
}

let model = Model("digits", net)

model.infer(Input("image", [8, 1, 8, 8]), Input("label", [8], .i32)) { image, label in
  ["error": .calibrationError(net(image), label.cast(to: .f32))]
}
