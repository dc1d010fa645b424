// Heads, masks and sequences that attention is not made for.

import GraphKit

let odd = MultiheadAttention(10, heads: 4)
let heads = MultiheadAttention(8, heads: 2, batchFirst: true)

let model = Model("attention", ["odd": odd, "heads": heads])

model.infer(Input("x", [3, 5, 8]), Input("long", [3, 7, 8])) { x, long in
  let ignored = x.element(0, of: 2) .> 0
  let wide = heads(x.flattened(from: 1))
  let swapped = heads(x, keyPadding: ignored.transposed())
  let mask = heads(x, mask: ignored.element(0))
  let fine = heads(x, long, long, keyPadding: long.element(0, of: 2) .> 0, isCausal: true).output
  let unlike = scaledDotProductAttention(x, long.sliced(2, 0..<4), long)
  return ["a": wide, "b": swapped, "c": mask, "d": fine, "e": unlike]
}
