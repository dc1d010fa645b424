// The words of PyTorch and Python, and what to write here.

import GraphKit

let net = Dense(4, 4)
let model = Model("words", net)

model.train(epochs: 1, steps: 1) {
  let x = ones([2, 4])
  if x > 0 { print("larger") }
  let loss = net(x).sum(dim: 1) + len(x)
  let y = x.T ** 2
  print(loss.item(), y.size, y.view(4, 2))
  Adam(lr: 1e-3).step()
  loss.backward()
  return ["loss": loss]
}
