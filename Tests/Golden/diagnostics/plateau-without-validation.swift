// A rate that watches what is not computed.

import GraphKit

func declare(_ name: String, validation: Double, metric: String) {
  let net = Sequential {
    Flatten(); Dense(64, 10)
  }
  let model = Model(name, net)
  model.train(on: .digits, batch: 64, epochs: 1, validation: validation) { batch in
    let loss = crossEntropy(net(batch.image.cast(to: .f32)), batch.label)
    SGD(rate: .reduceOnPlateau(from: 0.1, metric: metric)).minimize(loss, net.parameters)
    return ["loss": loss]
  }
}

declare("first", validation: 0, metric: "loss")
declare("second", validation: 0.2, metric: "accuracy")
