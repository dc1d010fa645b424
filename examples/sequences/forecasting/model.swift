// One step ahead: the sunspots of the next year, the air passengers and the carbon dioxide of the
// next month. A small net learns on the first part of a series and forecasts the rest, beside an
// autoregression by least squares and the rule "as before".

import GraphKit

/// A series, and how it is forecast.
struct Series {
  let name, column: String
  let count, held: Int  // numbers, of which the last ones are forecast
  let order: Int  // how many numbers a forecast is made of
  let season: Int  // as so many steps before, says the rule
  var decay = 0.1  // how much large weights cost
  var isGrowth = false  // forecast by its logarithm
}

struct Forecaster: Module {
  let series: Series
  let past: Parameter
  let net: Sequential

  init(_ series: Series) {
    self.series = series
    past = .statistic([series.count])
    net = Sequential { Dense(series.order, 8); Tanh(); Dense(8, 1) }
  }

  /// The number of forecasts that may be learned from.
  var learned: Int { series.count - series.held - series.order }

  /// The rule, plus what the net makes of how the last p numbers differ from it:
  /// x_t = x_(t-s) + f(x_(t-1) - x_(t-s), ..., x_(t-p) - x_(t-s)).
  func forecasts(_ x: Tensor) -> (net: Tensor, rule: Tensor) {
    let windows = x[..<(-1)].windows(of: series.order)
    let rule = windows[.all, series.order - series.season]
    let change = windows - rule.expanded(at: 1)
    let scale = change[..<learned].standardDeviation()
    let error = x[series.order...] - rule
    return (rule + net(change / scale).squeezed(1) * error[..<learned].standardDeviation(), rule)
  }

  /// x_t = c + sum_i w_i x_(t-i), by least squares on the first `count` of them.
  func autoregression(_ x: Tensor, count: Int) -> Tensor {
    let inputs = x[..<(-1)].windows(of: series.order).padded([(0, 0), (0, 1)], value: 1)
    let target = x[series.order..., .newAxis]
    let weights = inputs[..<count].pseudoInverse(tolerance: 1e-12).matmul(target[..<count])
    return inputs.matmul(weights).squeezed(1)
  }

  /// Learns from the whole series, and says what the mean squares of errors are.
  func train(_ raw: Tensor) -> Outputs {
    past.assign(raw)
    let x = series.isGrowth ? log(raw) : raw
    let (forecast, rule) = forecasts(x)
    let target = x[series.order...]
    let error = mse(forecast[..<learned], target[..<learned])
    let loss = error / mse(rule[..<learned], target[..<learned])
    let penalty = l2Penalty(net.parameters(named: "*.weight")) * series.decay / Double(learned)
    Adam(rate: .cosine(from: 1e-2)).minimize(loss + penalty, net.parameters)

    let all = series.count - series.order
    func held(_ forecast: Tensor) -> Tensor {
      let forecast = series.isGrowth ? exp(forecast) : forecast
      return mse(forecast[learned...], raw[(series.order + learned)...])
    }
    return [
      "loss": loss, "net": held(forecast), "rule": held(rule),
      "autoregression": held(autoregression(x, count: learned)),
      "fitted": mse(autoregression(x, count: all), target),
    ]
  }
}

let forecasters = [
  Series(name: "sunspots", column: "activity", count: 309, held: 88, order: 9, season: 1, decay: 3),
  Series(
    name: "airline", column: "passengers", count: 144, held: 36, order: 13, season: 12,
    isGrowth: true),
  Series(name: "co2", column: "co2", count: 526, held: 120, order: 13, season: 12),
].map { Forecaster($0) }
let model = Model("forecasting", forecasters)

// A series is one example.
for forecaster in forecasters {
  let series = forecaster.series
  let data = DataSet.series(
    "../../data/\(series.name)/\(series.name).csv",
    fields: ["x": .window(series.count, columns: series.column)])
  model.phase(series.name, on: data, batch: 1, epochs: 1500) { batch in
    forecaster.train(batch.x.flattened())
  }
}

/// A curve of numbers from 0 to 1, a row of pixels high and wide: true on the curve.
func curve(_ values: Tensor) -> Tensor {
  let y = values.resized(to: [352], mode: .linear) * 85 + 4
  let row = range(96, .f32).reversed(axes: [0]).expanded(at: 1)
  let (low, high) = (minimum(y[..<(-1)], y[1...]), maximum(y[..<(-1)], y[1...]))
  return (row .>= low - 0.8) .&& (row .<= high + 0.8)
}

// The held-out years of the sunspots, black, and their forecasts, red.
model.function("picture") {
  let forecaster = forecasters[0]
  let x = forecaster.past.value
  let forecast = forecaster.forecasts(x).net[forecaster.learned...]
  let truth = x[(forecaster.series.order + forecaster.learned)...]
  let (black, red) = (curve(truth / 200), curve(forecast / 200))
  let others = select(black .|| red, 0, ones([96, 351]))
  return ["picture": stack([select(black .&& .!red, 0, ones([96, 351])), others, others])]
}
