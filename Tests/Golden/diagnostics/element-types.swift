// Operations that join tensors of one type only: nothing is converted behind the model's back.

import GraphKit

let model = Model("mixed")

model.infer(Input("count", [4], .i32), Input("weight", [4])) { count, weight in
  ["all": concatenate([count, weight], axis: 0), "shares": count / 4, "sum": count * weight]
}
