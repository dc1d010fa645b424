public import TensorLibrary
internal import Glibc
internal import LoopIR

/// A row for each position of a sequence, `[steps, size]`: alternating sines and cosines, with
/// wavelengths from 2 pi to `base` times 2 pi.
public func sinusoidalPositions(_ steps: Int, _ size: Int, base: Double = 10_000) -> Tensor {
  let pairs = (size + 1) / 2
  let angles = positionAngles(steps, pairs, size: size, base: base)
  let waves = stack([sin(angles), cos(angles)], axis: 2)
  guard waves.value != nil else { return waves }
  let all = waves.reshaped(Shape([steps, 2 * pairs]))
  return size == 2 * pairs ? all : all.sliced(1, 0..<size)
}

/// Rotary positions: each pair of numbers in the last axis is rotated by an angle that grows with
/// the position, the axis before it. The product of a query and a key rotated like this depends
/// only on their distance.
///
/// A pair has one element of the first half and one of the second, as in GPT-NeoX and Llama, or two
/// neighbours if `interleaved`. `offset` is the position of the first step.
public func rotaryPositions(
  _ x: Tensor, base: Double = 10_000, interleaved: Bool = false, offset: Tensor? = nil
) -> Tensor {
  applying("rotary_positions", to: x) { x in
    guard x.rank >= 2, x.shape[-1] % 2 == 0 else {
      let rule = "have the axes [..., steps, size] with an even size"
      Session.current.report(.layerInput("rotaryPositions", rule, x.type, made: x.site))
      return x.builder.poison()
    }
    let (steps, size) = (x.shape[-2], x.shape[-1])
    let angles = positionAngles(steps, size / 2, size: size, base: base, offset: offset)
      .cast(to: x.elementType)
    let (c, s) = (cos(angles), sin(angles))
    if interleaved {
      let pairs = x.reshaped(Shape(x.shape.dims.dropLast() + [size / 2, 2]))
      let (a, b) = (pairs.element(0, of: -1), pairs.element(1, of: -1))
      return stack([a * c - b * s, b * c + a * s], axis: x.rank).reshaped(x.shape)
    }
    let (a, b) = (x.sliced(-1, 0..<(size / 2)), x.sliced(-1, (size / 2)..<size))
    return concatenate([a * c - b * s, b * c + a * s], axis: -1)
  }
}

// The angle of each position and pair, `[steps, pairs]`.
private func positionAngles(
  _ steps: Int, _ pairs: Int, size: Int, base: Double, offset: Tensor? = nil
) -> Tensor {
  var positions = range(steps, .f32)
  if let offset { positions += offset.cast(to: .f32) }
  let rates = exp(range(pairs, .f32) * (-2 * Glibc.log(base) / Double(size)))
  return positions.expanded(at: 1) * rates
}

/// A learned row for each position, added to the sequence `[..., steps, size]`.
///
/// Parameter: `weight` [count, size].
public struct LearnedPositions: Layer, LibraryLayer {
  let site = Session.current.here()
  /// The rows.
  public let weight: Parameter

  /// Rows of `size` numbers for the first `count` positions.
  public init(_ count: Int, _ size: Int, initialiser: Initialiser = .normal()) {
    let count = Check.positive(count, "count", of: "LearnedPositions")
    let size = Check.positive(size, "size", of: "LearnedPositions")
    weight = Parameter([count, size], initialiser: initialiser, named: "weight")
  }

  /// Adds the first rows.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("learned_positions", to: x, naming: weight) { x in
      guard x.rank >= 2, x.shape[-1] == weight.shape[1], x.shape[-2] <= weight.shape[0] else {
        let (count, size) = (weight.shape[0], weight.shape[1])
        let rule = "have the axes [..., steps, \(size)] with at most \(count) steps"
        Session.current.report(.layerInput("LearnedPositions", rule, x.type, made: x.site))
        return x.builder.poison()
      }
      return x + weight.value.sliced(0, 0..<x.shape[-2])
    }
  }
}
