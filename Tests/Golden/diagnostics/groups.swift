// Channels that cannot be divided among the groups.

import GraphKit

let net = Conv2D(6, 16, kernel: 3, groups: 4)

let model = Model("grouped", net)

model.infer(Input("image", [1, 6, 8, 8])) { image in ["features": net(image)] }
