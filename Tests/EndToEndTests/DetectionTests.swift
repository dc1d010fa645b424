import GraphKit
import RandomModels
import TestSupport
import Testing

/// Anchors, matching, coding, losses and pooling of detectors against torchvision, and average
/// precision against pycocotools, in `f64`.
@Suite struct DetectionTests {
  @Test(arguments: Toolchain.libraries)
  func resultsAndGradientsAgree(_ toolchain: Toolchain) throws {
    let cases = try VectorCases("detection", detectionResults)
    #expect(cases.cases.count >= 29)
    let file = try ProgramLibrary([traced(cases.declare).widened]).compiled([toolchain])
    let problems = try cases.problems(in: LoadedModel("detection", in: #require(file[toolchain])))
    #expect(problems == [], "\(problems)")
  }
}

/// Returns the results of a case of `detection`.
@Sendable private func detectionResults(_ test: ReferenceCase, _ x: [Tensor]) -> [Tensor] {
  let a = x[0]
  let weights = test.list("weights")
  func float(_ x: Tensor) -> Tensor { x.cast(to: a.elementType) }
  switch test.text("kind") {
  case "anchors":
    let shapes = anchorShapes(
      sizes: test.list("sizes"), ratios: test.list("ratios"), rounded: test.flag("rounded"))
    return [
      a
        + anchors(
          shapes, rows: test.count("rows"), columns: test.count("columns"),
          stride: test.number("stride"), offset: test.number("offset"))
    ]
  case "matches":
    return [
      float(
        matchedBoxes(
          boxOverlap(a, x[1]), above: test.number("above"), below: test.number("below"),
          each: test.flag("each")))
    ]
  case "hard": return [float(hardNegatives(a, positives: x[1] .> 0))]
  case "encoded": return [encodedBoxes(a, anchors: x[1], weights: weights)]
  case "decoded": return [decodedBoxes(a, anchors: x[1], weights: weights)]
  case "corners": return [boxCorners(a)]
  case "middles": return [boxMiddles(a)]
  case "clipped": return [clippedBoxes(a, rows: 11, columns: 13)]
  case "roi_pool":
    let size = test.counts("size")
    return [
      roiMaxPool(
        a, x[1], images: x[2].cast(to: .i32), size: (size[0], size[1]),
        scale: test.number("scale"))
    ]
  case "precision":
    return [
      averagePrecision(
        boxOverlap(a, x[3][..., 0..<4]), scores: x[1], found: x[2].cast(to: .i32),
        there: x[3][..., 4].cast(to: .i32), classes: test.count("classes"))
    ]
  default: return losses(test, a, x[1])
  }
}

private func losses(_ test: ReferenceCase, _ a: Tensor, _ b: Tensor) -> [Tensor] {
  if test.text("kind") == "focal" {
    let alpha = test.number("alpha")
    return [
      focalLoss(
        logits: a, sigmoid(b), alpha: alpha < 0 ? nil : alpha, gamma: test.number("gamma"))
    ]
  }
  let form: OverlapForm =
    switch test.text("form") {
    case "generalized": .generalized
    case "distance": .distance
    default: .complete
    }
  let reduction: Reduction = test.text("reduction") == "mean" ? .mean : .none
  return [overlapLoss(a, b, form: form, reduction: reduction)]
}
