// The usual trap of regression: targets [n] beside predictions [n, 1].

import GraphKit

let data = DataSet("houses", fields: ["x": .f32[8], "price": .f32])
let net = Sequential {
  Dense(8, 32); ReLU(); Dense(32, 1)
}

let model = Model("houses", net)

model.train(on: data, batch: 25, epochs: 1) { batch in
  let loss = mse(net(batch.x), batch.price)
  Adam().minimize(loss, net.parameters)
  return ["loss": loss]
}
