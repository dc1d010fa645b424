// Modules that follow others, and a parameter that begins as one of another shape.

import GraphKit

let (net, wide, plain) = (Dense(2, 1), Dense(2, 2), Dense(2, 1, bias: false))
let twin = net.copy()
let first = Parameter([2])
let second = Parameter([3], initialiser: .copy(of: first))
let model = Model(
  "copies", ["net": net, "wide": wide, "plain": plain, "first": first, "second": second])

model.train(epochs: 3, steps: 10) {
  let loss = mse(net(ones([8, 2])), zeros([8, 1]))
  Adam().minimize(loss, net.parameters)
  net.follow(wide, 0.9)
  net.follow(plain, 0.9)
  net.follow(net, 0.9)
  net.follow(wide, ones([2]))
  twin.follow(net, 0.9)
  return ["loss": loss]
}
