// Parameters of distributions outside of what they may be.

import GraphKit

let model = Model("random")

model.sample {
  let wait = randomExponential([4], rate: 0)
  let gamma = randomGamma([4], shape: -1)
  let order = randomPermutation(0)
  let pick = randomIntegers([4], 3..<3)
  let noise = randomNormal(mean: zeros([4]), deviation: ones([3]))
  return ["wait": wait, "gamma": gamma, "order": order, "pick": pick, "noise": noise]
}
