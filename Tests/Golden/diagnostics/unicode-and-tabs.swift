// swift-format-ignore-file
// Letters of other scripts, tabs and wide characters before the caret.

import GraphKit

let größe = 4
let 网络 = Dense(größe, 3)

let model = Model("unicode", 网络)

model.infer(Input("x", [2, 5])) { x in
	let y = 网络(x)
	let z = /* 🎲 né */ x + x.sum(axes: [1])
	return ["y": y, "z": z]
}
