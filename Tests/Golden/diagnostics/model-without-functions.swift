// A model that can do nothing.

import GraphKit

let net = Dense(64, 10)
let model = Model("digits", net)
