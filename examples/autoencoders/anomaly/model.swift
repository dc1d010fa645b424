// Anomalies by the error of reconstruction: an autoencoder sees one digit only (--normal 8), and
// what it cannot reconstruct is not that digit.

import GraphKit

let net = Sequential {
  Dense(64, 64); SiLU(); Dense(64, 4)
  Dense(4, 64); SiLU(); Dense(64, 64)
}

let model = Model("anomaly", net)
let normal = model.setting("normal", 8, help: "the digit that is no anomaly")

let digits = DataSet("../../data/digits", fields: ["image": .u8[1, 8, 8], "label": .u8])

model.train(on: digits, batch: 64, epochs: 80, validation: 0.2) { batch in
  let x = batch.image.cast(to: .f32).flattened(from: 1) / 16
  let isAnomaly = batch.label.cast(to: .f32) .!= normal.value
  let error = ((net(x) - x) * (net(x) - x)).mean(axis: 1)
  let isNormal = select(isAnomaly, 0, 1)
  let loss = (error * isNormal).sum() / maximum(isNormal.sum(), 1)
  Adam(rate: 3e-3).minimize(loss, net.parameters)
  return [
    "loss": loss,
    "area": .areaUnderCurve(error, positive: isAnomaly, most: 512),
  ]
}

model.infer(Input("image", [1, 1, 8, 8])) { image in
  let x = image.flattened(from: 1)
  return ["error": ((net(x) - x) * (net(x) - x)).mean(axis: 1)]
}
