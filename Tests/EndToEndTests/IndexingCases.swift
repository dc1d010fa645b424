import GraphIR
import GraphKit
import LoopIR
import RandomModels

/// Operations on positions, orders and running results: a function of the program `indexing` for
/// each case.
struct IndexingCases: Sendable {
  let cases: [ReferenceCase]

  init() throws {
    cases = try ReferenceFile("indexing").cases
  }

  /// Declares the model.
  func declare() {
    let model = Model("indexing")
    for (i, test) in cases.enumerated() {
      model.function(
        "case_\(i)", Input("x", shape(of: test.inputs["x"])),
        Input("index", shape(of: test.inputs["index"]), .i32),
        Input("values", shape(of: test.inputs["values"])),
        Input("seed", shape(of: test.seed["y"]))
      ) { x, index, values, seed in
        let results = indexing(test, x, index, values)
        var outputs: Outputs = [:]
        if let y = results.y, test.outputs["y"] != nil {
          outputs.append("y", y)
          let loss = (y * seed).sum()
          for (name, input) in [("x", x), ("values", values)] where test.gradients[name] != nil {
            outputs = withGradients(outputs, of: loss, by: input, named: name, [])
          }
        }
        if let positions = results.positions, test.outputs["positions"] != nil {
          outputs.append("positions", positions)
        }
        return outputs
      }
    }
  }

  /// Returns what is wrong with a case, or nil.
  func problem(_ i: Int, in model: LoadedModel) throws -> String? {
    let test = cases[i]
    let inputs = [test.inputs["x"], test.inputs["index"], test.inputs["values"], test.seed["y"]]
    var arguments = inputs.map { $0?.values ?? [0] }
    for place in test.counts("nan") { arguments[0][place] = .nan }
    let found = try model.call("case_\(i)", arguments)
    for (name, value) in test.outputs.merging(test.gradientOutputs, uniquingKeysWith: { $1 }) {
      if let problem = difference(found[name] ?? [], value.values, relative: 1e-9) {
        return "'\(test.name)': \(name): \(problem)"
      }
    }
    return nil
  }
}

private typealias Results = (y: Tensor?, positions: Tensor?)

private func indexing(_ test: ReferenceCase, _ x: Tensor, _ index: Tensor, _ values: Tensor)
  -> Results
{
  let (axis, count) = (test.count("axis"), test.count("count"))
  switch test.text("op") {
  case "sort": return both(x.sorted(axis: axis, descending: test.flag("descending")))
  case "topK": return both(x.topK(count, axis: axis, largest: test.flag("largest")))
  case "kthValue": return both(x.kthValue(count, axis: axis))
  case "median": return both(x.median(axis: axis))
  case "argmax": return (nil, x.argmax(axis: axis))
  case "argmin": return (nil, x.argmin(axis: axis))
  case "searchSorted": return (nil, x.searchSorted(values, right: test.flag("right")))
  case "bucketize": return (nil, x.bucketized(values, right: test.flag("right")))
  case "binCount": return (nil, index.binCount(count))
  case "histogram":
    let range = test.number("low")...test.number("high")
    return (nil, x.histogram(bins: test.count("bins"), in: range))
  case "nms", "batchedNms", "boxOverlap", "roiAlign": return regions(test, x, index, values)
  case "takeAlongAxis": return (x.takeAlongAxis(index, axis: axis), nil)
  case "points": return (x.gather(points: index), nil)
  case "scatter", "slices", "scatterPoints": return (scattered(test, x, index, values), nil)
  default: return running(test, x)
  }
}

private func both(_ results: (values: Tensor, positions: Tensor)) -> Results {
  (results.values, results.positions)
}

private func running(_ test: ReferenceCase, _ x: Tensor) -> Results {
  let (axis, reversed) = (test.count("axis"), test.flag("reversed"))
  switch test.text("op") {
  case "cumsum": return (x.cumulativeSum(axis: axis, reversed: reversed), nil)
  case "cumprod": return (x.cumulativeProduct(axis: axis, reversed: reversed), nil)
  case "logcumsumexp": return (x.cumulativeLogSumExp(axis: axis, reversed: reversed), nil)
  case "cummax": return both(x.cumulativeMax(axis: axis, reversed: reversed))
  case "cummin": return both(x.cumulativeMin(axis: axis, reversed: reversed))
  default: return (nil, nil)
  }
}

private func scattered(_ test: ReferenceCase, _ x: Tensor, _ index: Tensor, _ values: Tensor)
  -> Tensor
{
  let rule: ScatterRule =
    switch test.text("rule") {
    case "set": .set
    case "add": .add
    case "max": .max
    default: .min
    }
  switch test.text("op") {
  case "slices": return x.scattered(slices: values, at: index, axis: test.count("axis"), by: rule)
  case "scatterPoints": return x.scattered(values, points: index, by: rule)
  default:
    let own = test.attributes["own"] == nil || test.flag("own")
    return x.scattered(
      values, at: index, axis: test.count("axis"), by: rule, includingSelf: own)
  }
}

private func regions(_ test: ReferenceCase, _ x: Tensor, _ index: Tensor, _ values: Tensor)
  -> Results
{
  let (overlap, limit) = (test.number("overlap"), test.count("limit"))
  switch test.text("op") {
  case "nms":
    return (nil, nonMaximumSuppression(x, values, overlap: overlap, limit: limit).positions)
  case "batchedNms":
    let kept = nonMaximumSuppression(x, values, classes: index, overlap: overlap, limit: limit)
    return (nil, kept.positions)
  case "boxOverlap": return (boxOverlap(x, values), nil)
  default:
    let size = test.counts("size")
    let y = roiAlign(
      x, values, images: index, size: (size[0], size[1]), scale: test.number("scale"),
      samples: test.count("samples"), aligned: test.flag("aligned"))
    return (y, nil)
  }
}
