// Notes about operands show the lines where they are made, inside of loops and outside.

import GraphKit

let model = Model("loops")

model.infer(Input("q", [64, 8]), Input("x", [10, 8])) { q, x in
  let keys = exp(exp(exp(exp(x))))
  let steps = scan(q, over: range(3)) { q, _ in
    let a = exp(q)
    let b = tanh(a)
    return (q, b + keys)
  }
  let branch = cond(q.sum() .> 0, then: { q.matmul(keys) }, else: { q })
  let loop = whileLoop(q, while: { $0.sum() .< 1 }) { $0 * x }
  return ["steps": steps.outputs, "branch": branch, "loop": loop]
}
