// Layers for lines, images and volumes that get another one, or sizes for another one.

import GraphKit

let line = Conv1D(2, 4, kernel: [3, 3])
let up = ConvTranspose2D(4, 2, kernel: 4, stride: 2, outputPadding: 2)
let norm = GroupNorm(3, 8)
let pool = MaxPool1D(2)

let model = Model("spaces", ["line": line, "up": up, "norm": norm])

model.infer(Input("image", [1, 4, 8, 8])) { image in
  ["line": pool(image), "large": up(image.transposed([0, 2, 3, 1])), "small": norm(image)]
}
