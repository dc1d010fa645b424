public import TensorLibrary
internal import LoopIR

/// A learning rate that is a function of the number of updates done, or of the share of the
/// training that is done, with PyTorch's formulas.
///
///     Adam(rate: .cosine(from: 1e-3, warmUp: 0.1))
///     Adam(rate: .cosine(from: 1e-3, steps: 1000).warmUp(100))
public struct Schedule: LearningRate {
  private var value: (RateStep) -> Tensor

  /// A custom schedule: the rate as a function of the number of updates done, an `f32`.
  public init(_ value: @escaping (Tensor) -> Tensor) { self.value = { value($0.count) } }

  /// Returns a schedule that depends on all that there is.
  static func of(_ value: @escaping (RateStep) -> Tensor) -> Schedule {
    var schedule = Schedule { $0 }
    schedule.value = value
    return schedule
  }

  /// The rate at a step.
  public func rate(at step: RateStep) -> Tensor { value(step) }

  /// Begins with a linear rise from a part of the first rate at count 0 to all of it at count
  /// `steps`, where the schedule itself begins at its count 0.
  public func warmUp(_ steps: Int, from part: Double = 1.0 / 3) -> Schedule {
    let steps = Double(Check.positive(steps, "steps", of: "warmUp"))
    return Schedule.of { step in
      let rise = value(step.first) * (step.count * ((1 - part) / steps) + part)
      let rest = step.after(updates: steps) { $0.filled(steps) }
      return select(step.count .< steps, rise, value(rest))
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

  /// The rates that are given, each from its number of updates on.
  ///
  ///     SGD(rate: .piecewise([(0, 1e-2), (1000, 1e-3)]))
  public static func piecewise(_ rates: [(from: Int, rate: Double)]) -> Schedule {
    guard let first = rates.first, first.from == 0,
      zip(rates, rates.dropFirst()).allSatisfy({ $0.from < $1.from })
    else {
      Session.current.report(.piecewisePlaces(rates.map(\.from)))
      return .constant(0)
    }
    return Schedule { count in
      rates.dropFirst().reduce(count.filled(first.rate)) { rate, next in
        select(count .< Double(next.from), rate, count.filled(next.rate))
      }
    }
  }

  /// Multiplied by `factor` after each update.
  public static func exponential(from rate: Double, factor: Double) -> Schedule {
    Schedule { pow(factor, $0) * rate }
  }

  /// Falls as a power of the number of updates, `rate * (1 + count / scale)^exponent`: by default
  /// as the inverse of its root.
  public static func power(
    from rate: Double, exponent: Double = -0.5, scale: Double = 1
  ) -> Schedule {
    let scale = Check.aboveZero(scale, "scale", of: "power")
    return Schedule { pow($0 / scale + 1, exponent) * rate }
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
