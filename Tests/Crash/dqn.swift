// Reinforcement learning within a model: a cart on a line learns to stay in its middle. Carts, what
// they went through, and a second network that follows the first are states of the run, of which
// some are no weights. For scripts/crash.

import GraphKit

let (carts, room, batch) = (8, 32, 32)

/// The worth of both moves of each cart.
struct Values: Module {
  let hidden = Dense(2, 24)
  let output = Dense(24, 2)

  func callAsFunction(_ x: Tensor) -> Tensor { output(relu(hidden(x))) }
}

/// The carts, and a ring of their last moves.
struct World: Module {
  let cart = Parameter.cache([carts, 2], initialiser: .uniform(-1...1))
  let before = Parameter.cache([room, carts, 2])
  let action = Parameter.cache([room, carts], .i32)
  let after = Parameter.cache([room, carts, 2])
  let time = Parameter.cache([1], .i32)
}

let (values, target, world) = (Values(), Values(), World())
let model = Model("dqn", ["values": values, "target": target, "world": world])

/// Pushes each cart to the left or right.
func move(_ cart: Tensor, _ action: Tensor) -> Tensor {
  let push = action.cast(to: .f32) * 0.2 - 0.1
  let speed = clamp(cart.element(1, of: 1) * 0.9 + push, -1...1)
  let place = clamp(cart.element(0, of: 1) + speed * 0.5, -2...2)
  return stack([place, speed], axis: 1)
}

model.train(epochs: 3, steps: 20) {
  // A move of each cart, now and then at random, into the ring.
  let now = world.cart.value
  let bold = randomUniform([carts], 0...1) .< 0.2
  let random = (randomUniform([carts], 0...1) .< 0.5).cast(to: .i32)
  let action = select(bold, random, values(now).stopGradient().argmax())
  let next = move(now, action)
  let slot = world.time.value % room
  world.before.assign(world.before.value.scattered(slices: now.expanded(at: 0), at: slot))
  world.action.assign(world.action.value.scattered(slices: action.expanded(at: 0), at: slot))
  world.after.assign(world.after.value.scattered(slices: next.expanded(at: 0), at: slot))
  world.time.assign(world.time.value + 1)
  world.cart.assign(next)

  // A step on moves from anywhere in the ring.
  let drawn = randomUniform([batch], 0...Double(room * carts - 1)).cast(to: .i32)
  let old = world.before.value.reshaped([room * carts, 2]).gather(drawn)
  let taken = world.action.value.flattened().gather(drawn)
  let new = world.after.value.reshaped([room * carts, 2]).gather(drawn)
  let reward = -abs(new.element(0, of: 1))
  let goal = (reward + target(new).max(axes: [1]) * 0.9).stopGradient()
  let guess = values(old).takeAlongAxis(taken.expanded(at: 1), axis: 1).squeezed(1)
  let loss = ((guess - goal) * (guess - goal)).mean()
  Adam(rate: 1e-3).minimize(loss, values.parameters)
  for (slow, fast) in zip(target.parameters, values.parameters) {
    slow.assign(slow.value * 0.95 + fast.value * 0.05)
  }
  return ["loss": loss, "reward": reward.mean()]
}

model.infer(Input("cart", [1, 2])) { cart in ["value": values(cart)] }
