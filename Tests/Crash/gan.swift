// Two networks with an optimizer each: a generator learns to place points on a ring, a
// discriminator to tell them from points that lie there. For scripts/crash, as such a run has
// states of many kinds that must all come back.

import GraphKit

let (batch, noise) = (32, 4)

let generator = Sequential {
  Dense(noise, 32); LeakyReLU(slope: 0.2)
  Dense(32, 32); BatchNorm1D(32); LeakyReLU(slope: 0.2)
  Dense(32, 2)
}
let discriminator = Sequential {
  Dense(2, 32); LeakyReLU(slope: 0.2); Dropout(0.1)
  Dense(32, 32); LeakyReLU(slope: 0.2)
  Dense(32, 1)
}

let model = Model("gan", ["generator": generator, "discriminator": discriminator])

/// The mean of what it costs to call each score real, or false.
func loss(_ scores: Tensor, real: Bool) -> Tensor {
  (real ? softplus(-scores) : softplus(scores)).mean()
}

model.train(epochs: 3, steps: 20) {
  let angle = randomUniform([batch, 1], 0...6.2831853)
  let real = concatenate([cos(angle), sin(angle)], axis: 1)
  let made = generator(randomNormal([batch, noise]))
  let judged =
    loss(discriminator(real), real: true) + loss(discriminator(made.stopGradient()), real: false)
  Adam(rate: 1e-3).minimize(judged, discriminator.parameters)
  let fooled = loss(discriminator(made), real: true)
  Adam(rate: 5e-4).minimize(fooled, generator.parameters)
  return ["generator": fooled, "discriminator": judged]
}

model.infer(Input("noise", [batch, noise])) { noise in ["points": generator(noise)] }
