public import TensorLibrary
internal import LoopIR

/// What a reliability diagram shows, `[3, intervals]`: how many answers have a confidence in each
/// of some equal intervals, how many of them are right, and the sum of their confidences.
///
/// Scores are `[n, classes]`, labels `[n]`. The confidence is the largest probability; an interval
/// holds its upper end.
public func reliability(_ scores: Tensor, _ labels: Tensor, intervals: Int = 10) -> Tensor {
  let intervals = Check.positive(intervals, "intervals", of: "reliability")
  return applying("reliability", to: scores) { scores in
    guard labels.value != nil else { return labels }
    guard areLabels(labels, of: scores) else {
      Session.current.report(.labels("reliability", labels.type, for: scores.type))
      return scores.builder.poison()
    }
    let confidence = softmax(scores).max(axis: 1)
    let isRight = (scores.argmax() .== labels.cast(to: .i32)).cast(to: confidence.elementType)
    let interval = (ceil(confidence * Double(intervals)) - 1).cast(to: .i32)
    let isIn = interval.oneHot(intervals).cast(to: confidence.elementType)
    return stack([ones(like: confidence), isRight, confidence]).matmul(isIn)
  }
}

extension OutputValue where Self == Measure {
  /// The expected calibration error (Naeini et al., 2015): in each interval of confidence the
  /// difference between confidence and the share of right answers, weighted by the answers in it.
  public static func calibrationError(
    _ scores: Tensor, _ labels: Tensor, intervals: Int = 10
  ) -> Measure {
    .total([reliability(scores, labels, intervals: intervals)]) {
      abs($0[0][1] - $0[0][2]).sum() / $0[0][0].sum()
    }
  }

  /// The largest difference, of any interval, between confidence and the share of right answers.
  public static func largestCalibrationError(
    _ scores: Tensor, _ labels: Tensor, intervals: Int = 10
  ) -> Measure {
    .total([reliability(scores, labels, intervals: intervals)]) {
      (abs($0[0][1] - $0[0][2]) / maximum($0[0][0], 1)).max()
    }
  }
}
