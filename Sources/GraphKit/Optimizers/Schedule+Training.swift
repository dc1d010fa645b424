public import TensorLibrary
internal import LoopIR

// Schedules over a whole training, or a part of one: they depend on the share of its steps that are
// done, so they need no number of steps, and follow the flags `--epochs` and `--steps`.
extension LearningRate where Self == Schedule {
  /// Your own function of the share of the training that is done, an `f32` from 0 to below 1.
  ///
  ///     SGD(rate: .overTraining { share in 1e-2 * (1 - share) })
  public static func overTraining(_ rate: @escaping (Tensor) -> Tensor) -> Schedule {
    .of { rate($0.share) }
  }

  /// Falls along a cosine from `rate` to `end` during the training. With `warmUp` it first rises
  /// from 0, for that share of the training.
  public static func cosine(
    from rate: Double, to end: Double = 0, warmUp: Double = 0
  ) -> Schedule {
    overTraining { share in
      let wave = (cos(share * Double.pi) + 1) * ((rate - end) / 2)
      return end == 0 ? wave : wave + end
    }.rising(for: warmUp, to: rate, of: "cosine")
  }

  /// Changes linearly from `rate` to `end` during the training. With `warmUp` it first rises from
  /// 0, for that share of the training.
  public static func linear(
    from rate: Double, to end: Double = 0, warmUp: Double = 0
  ) -> Schedule {
    overTraining { $0 * (end - rate) + rate }.rising(for: warmUp, to: rate, of: "linear")
  }

  /// Falls from `rate` to `end` as a power of the remaining share of the training. With `warmUp` it
  /// first rises from 0, for that share of the training.
  public static func polynomial(
    from rate: Double, to end: Double = 0, power: Double, warmUp: Double = 0
  ) -> Schedule {
    overTraining { pow(1 - $0, power) * (rate - end) + end }
      .rising(for: warmUp, to: rate, of: "polynomial")
  }

  /// Rises along a cosine from a part of `peak` for a share of the training, then falls along a
  /// cosine to almost 0, which the last step has: as PyTorch's `OneCycleLR`.
  ///
  /// The first rate is `peak / divisor`, the last one that divided by `finalDivisor`.
  public static func oneCycle(
    peak: Double, warmUp: Double = 0.3, divisor: Double = 25, finalDivisor: Double = 1e4
  ) -> Schedule {
    let part = Check.below1(warmUp, "warm-up", of: "oneCycle")
    let first = peak / Check.aboveZero(divisor, "divisor", of: "oneCycle")
    let last = first / Check.aboveZero(finalDivisor, "final divisor", of: "oneCycle")
    func along(_ from: Double, _ to: Double, _ share: Tensor) -> Tensor {
      (cos(minimum(share, 1) * Double.pi) + 1) * ((from - to) / 2) + to
    }
    return Schedule.of { step in
      let (done, total) = (step.done(), step.total())
      let top = total * part - 1
      let rise = along(first, peak, done / maximum(top, 1))
      let fall = along(peak, last, (done - top) / maximum(total - 1 - top, 1))
      return select(done .< top, rise, fall)
    }
  }
}

extension Schedule {
  // The schedule after a linear rise from 0 to `rate`, for a share of the training.
  fileprivate func rising(for share: Double, to rate: Double, of owner: String) -> Schedule {
    let share = Check.below1(share, "warm-up", of: owner)
    if share == 0 { return self }
    return Schedule.of { step in
      let rise = step.share * (rate / share)
      return select(
        step.share .< share, rise, self.rate(at: step.after(updates: 0) { $0 * share }))
    }
  }
}
