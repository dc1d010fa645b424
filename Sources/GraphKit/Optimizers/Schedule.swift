public import TensorLibrary
internal import LoopIR

/// A learning rate that is a function of the number of updates done, with PyTorch's formulas.
///
///     Adam(rate: .cosine(from: 1e-3, steps: 1000).warmUp(100))
public struct Schedule: LearningRate {
  private let value: (Tensor) -> Tensor

  /// A custom schedule: the rate as a function of the number of updates done, an `f32`.
  public init(_ value: @escaping (Tensor) -> Tensor) { self.value = value }

  /// The rate at a step.
  public func rate(at step: RateStep) -> Tensor { value(step.count) }

  /// Begins with a linear rise from a part of the first rate at count 0 to all of it at count
  /// `steps`, where the schedule itself begins at its count 0.
  public func warmUp(_ steps: Int, from part: Double = 1.0 / 3) -> Schedule {
    let steps = Check.positive(steps, "steps", of: "warmUp")
    return Schedule { count in
      let first = value(count.filled(0))
      let rise = first * (count * ((1 - part) / Double(steps)) + part)
      return select(count .< Double(steps), rise, value(maximum(count - Double(steps), 0)))
    }
  }
}

extension LearningRate where Self == Schedule {
  /// The same rate at each step.
  public static func constant(_ rate: Double) -> Schedule { Schedule { $0.filled(rate) } }

  /// Multiplied by `factor` each time `every` updates are done; the first `every` updates have
  /// `rate` itself.
  public static func step(from rate: Double, every: Int, factor: Double = 0.1) -> Schedule {
    let every = Check.positive(every, "period", of: "step")
    return Schedule { pow(factor, floor($0 / Double(every))) * rate }
  }

  /// Multiplied by `factor` at each of the given numbers of updates; the update with that count has
  /// the new rate already.
  public static func piecewise(
    from rate: Double, at steps: [Int], factor: Double = 0.1
  ) -> Schedule {
    Schedule { count in
      steps.reduce(count.filled(rate)) { rate, step in
        select(count .< Double(step), rate, rate * factor)
      }
    }
  }

  /// Multiplied by `factor` after each update.
  public static func exponential(from rate: Double, factor: Double) -> Schedule {
    Schedule { pow(factor, $0) * rate }
  }

  /// Falls to 0 in a number of updates, linearly or by a power, and stays there.
  public static func polynomial(from rate: Double, steps: Int, power: Double = 1) -> Schedule {
    let steps = Check.positive(steps, "steps", of: "polynomial")
    return Schedule { count in
      let rest = maximum(count.filled(1) - count / Double(steps), 0)
      return (power == 1 ? rest : pow(rest, power)) * rate
    }
  }

  /// Falls along a cosine to `end` in a number of updates, then rises again in as many, and so on,
  /// as PyTorch's `CosineAnnealingLR`.
  public static func cosine(from rate: Double, to end: Double = 0, steps: Int) -> Schedule {
    let steps = Check.positive(steps, "steps", of: "cosine")
    return Schedule { count in
      let wave = (cos(count * (Double.pi / Double(steps))) + 1) * ((rate - end) / 2)
      return end == 0 ? wave : wave + end
    }
  }
}
