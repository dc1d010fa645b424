// Rows of a table are chosen by integers.

import GraphKit

let table = Embedding(1000, 16)
let model = Model("words", table)

model.infer(Input("token", [1, 64])) { token in
  ["vector": table(token), "hot": token.oneHot(1000)]
}
