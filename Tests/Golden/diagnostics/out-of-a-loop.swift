// A tensor that a step made, used behind the loop, and a probe inside one.

import GraphKit

let model = Model("loops")

model.infer(Input("x", [5, 3]), Input("h", [3])) { x, h in
  var last = h
  _ = scan(h, over: x) { h, row in
    last = probe("state", tanh(h + row))
    return (last, last)
  }
  return ["last": last * 2]
}
