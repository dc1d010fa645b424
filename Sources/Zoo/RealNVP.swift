public import GraphKit

/// RealNVP (Dinh et al., 2016): an invertible network between vectors and normal random numbers, so
/// that the density of each vector is known.
public struct RealNVP: Module {
  let couplings: [AffineCoupling]
  private let size: Int

  /// A network of so many couplings for vectors of `size` numbers; each keeps every other number
  /// and changes the rest by networks of two layers of `hidden`.
  public init(_ size: Int, couplings count: Int = 6, hidden: Int = 64) {
    self.size = size
    couplings = (0..<count).map { AffineCoupling(size, hidden, parity: $0 % 2) }
  }

  /// Returns the random numbers that vectors `[n, size]` come from, and the logarithm of how much
  /// the space around each is stretched, `[n]`.
  public func encoded(_ x: Tensor) -> (z: Tensor, stretch: Tensor) {
    var (z, stretch) = (x, zeros([x.shape[0]]))
    for coupling in couplings {
      let (scale, shift) = coupling.change(z)
      z = coupling.kept(z) + coupling.changed(z * exp(scale) + shift)
      stretch += scale.sum(axes: [1])
    }
    return (z, stretch)
  }

  /// Returns the vectors that come from random numbers `[n, size]`.
  public func decoded(_ z: Tensor) -> Tensor {
    couplings.reversed().reduce(z) { x, coupling in
      let (scale, shift) = coupling.change(x)
      return coupling.kept(x) + coupling.changed((x - shift) * exp(-scale))
    }
  }

  /// Returns the logarithm of the density of vectors, `[n]`.
  public func logProbability(_ x: Tensor) -> Tensor {
    let (z, stretch) = encoded(x)
    return Normal(mean: Tensor(0), deviation: Tensor(1)).logProbability(z).sum(axes: [1])
      + stretch
  }
}

/// Scales and shifts half of the numbers by what the other half says.
struct AffineCoupling: Module {
  let scale: Sequential
  let shift: Sequential
  private let size: Int
  private let parity: Int

  /// A coupling that keeps the numbers whose place has a parity.
  init(_ size: Int, _ hidden: Int, parity: Int) {
    (self.size, self.parity) = (size, parity)
    func network() -> Sequential {
      Sequential {
        Dense(size, hidden); ReLU()
        Dense(hidden, hidden); ReLU()
        Dense(hidden, size)
      }
    }
    // The scale is bounded, so that the first steps do not overflow.
    scale = Sequential(network().layers + [Tanh()])
    shift = network()
  }

  /// Returns the logarithm of the scale and the shift, both 0 for what is kept.
  func change(_ x: Tensor) -> (scale: Tensor, shift: Tensor) {
    let known = kept(x)
    return (changed(scale(known)), changed(shift(known)))
  }

  /// What is kept, and 0 for the rest.
  func kept(_ x: Tensor) -> Tensor { x * mask(parity) }

  /// What is changed, and 0 for the rest.
  func changed(_ x: Tensor) -> Tensor { x * mask(1 - parity) }

  private func mask(_ parity: Int) -> Tensor {
    Tensor((0..<size).map { $0 % 2 == parity ? 1 : 0 })
  }
}
