// Tokens are integers in lines, each of which has one length.

import GraphKit

let model = Model("spelling")

model.infer(Input("x", [4, 6]), Input("words", [4, 6], .i32), Input("spoken", [3, 6], .i32)) {
  x, words, spoken in
  [
    "floats": words.editDistance(to: x),
    "wide": words.editDistance(to: words.cast(to: .i64)),
    "rows": words.editDistance(to: spoken),
    "single": words.element(0).element(0).editDistance(to: words),
    "lengths": words.editDistance(to: words, lengths: words),
    "shares": words.editDistance(to: words, targetLengths: x.element(0, of: 1)),
  ]
}
