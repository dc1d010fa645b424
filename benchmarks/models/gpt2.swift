// GPT-2 with 124M parameters (Radford et al., 2019) reads one token at a time and says which may
// come next; keys and values of up to 256 before it are kept. Parameters have the names and layouts
// of the published weights.

import GraphKit
import Zoo

let net = GPT2(.small, cached: 256)
let model = Model("gpt2", net)

model.function("next", Input("token", [1], .i32), Input("position", [], .i32)) { token, position in
  ["scores": net.next(token, at: position)]
}
