// BLEU compares words, not scores.

import GraphKit

let net = Sequential {
  Flatten(); Dense(64, 10)
}

let model = Model("digits", net)

model.infer(Input("image", [8, 1, 8, 8]), Input("label", [8], .i32)) { image, label in
  ["bleu": .bleu(net(image), [label.expanded(at: 1)], padding: 0)]
}
