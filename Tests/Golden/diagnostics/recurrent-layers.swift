// Sequences, states and lengths that recurrent layers are not made for.

import GraphKit

let lstm = LSTM(8, 16, batchFirst: true)
let gru = GRU(8, 16, layers: 2, bidirectional: true)
let cell = GRUCell(8, 16)

let model = Model("recurrent", ["lstm": lstm, "gru": gru, "cell": cell])

model.infer(Input("x", [4, 10, 8]), Input("h", [1, 10, 16]), Input("n", [10])) { x, h, n in
  let wide = lstm(x.transposed())
  let flat = cell(x)
  let few = gru(x, state: h).output
  let real = gru(x, state: nil, lengths: n).output
  let good = gru(x, state: zeros([4, 10, 16]), lengths: n.cast(to: .i32)).output
  let next = cell(x.element(0), state: h)
  return ["a": wide, "b": flat, "c": few, "d": real, "e": good, "f": next]
}
