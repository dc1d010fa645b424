public import TensorLibrary
public import LoopIR

// Gamma distributions and what is made of them. No gradient flows to the shape of a gamma
// distribution, nor through what is made of one; it flows to rates.

/// Random numbers with gamma distributions of given shapes (PyTorch's `concentration`), of rate 1.
///
/// Marsaglia and Tsang's method (2000): a cubed normal number is accepted or rejected, and rejected
/// ones are drawn again in a loop, all together, until none is left. At most one number in twenty
/// is rejected; after 64 rounds the rest would become the shape less a third, which never happens
/// in practice. Shapes below 1 are raised by 1 and the number is multiplied by a power of a uniform
/// one, which for shapes far below 0.1 may be 0.
public func randomGamma(shape alpha: Tensor) -> Tensor {
  sample("randomGamma", alpha) { standardGamma($0.stopGradient()) }
}

private func standardGamma(_ alpha: Tensor) -> Tensor {
  let isSmall = alpha .< 1
  let d = called("d") { select(isSmall, alpha + 1, alpha) - 1.0 / 3 }
  let c = called("c") { rsqrt(d * 9) }
  let start = called("done") { alpha.filled(0, as: .i32) }
  let found = whileLoop(
    [start, d, Tensor(0, .i32)], while: { $0[0].min() .== 0 .&& $0[2] .< 64 }
  ) { carried in
    let (done, gamma, round) = (carried[0], carried[1], carried[2])
    let x = called("normal") { randomNormal(like: d) }
    let root = called("root") { c * x + 1 }
    let v = called("cube") { root * root * root }
    let bound = called("bound") {
      x * x * 0.5 + d - d * v + d * log(select(root .> 0, v, v.filled(1)))
    }
    let taken = called("taken") {
      (done .== 0) .&& (root .> 0) .&& (log(randomUnit(like: d)) .< bound)
    }
    return [
      select(taken, done.filled(1), done), select(taken, d * v, gamma), round + 1,
    ]
  }
  let boost = called("boost") {
    select(isSmall, pow(randomUnit(like: alpha), 1 / alpha), alpha.filled(1))
  }
  return (found[1] * boost).stopGradient()
}

// Returns the result of `body`, with nodes called `name` so that kernels have readable names.
private func called(_ name: String, _ body: () -> Tensor) -> Tensor {
  guard let builder = Trace.current?.builder else { return body() }
  let outer = builder.name
  builder.name = name
  defer { builder.name = outer }
  return body()
}

/// Random numbers with gamma distributions of given shapes and rates; no gradient flows to the
/// shape.
public func randomGamma(shape: Tensor, rate: Tensor) -> Tensor {
  sample("randomGamma", shape, rate) { randomGamma(shape: $0) / $1 }
}

/// Random numbers with a gamma distribution.
public func randomGamma(
  _ dims: Shape, shape: Double, rate: Double = 1, _ element: ElementType = .f32
) -> Tensor {
  let shape = Check.aboveZero(shape, "shape", of: "randomGamma")
  let rate = Check.aboveZero(rate, "rate", of: "randomGamma")
  return randomGamma(shape: full(dims, shape, element)) * (1 / rate)
}

/// Random numbers between 0 and 1 with beta distributions.
public func randomBeta(_ alpha: Tensor, _ beta: Tensor) -> Tensor {
  sample("randomBeta", alpha, beta) { alpha, beta in
    let (x, y) = (randomGamma(shape: alpha), randomGamma(shape: beta))
    return x / (x + y)
  }
}

/// Random shares of 1 along the last axis with Dirichlet distributions.
public func randomDirichlet(_ concentration: Tensor) -> Tensor {
  sample("randomDirichlet", concentration) {
    let x = randomGamma(shape: $0)
    return x / x.sum(axes: [-1], keep: true)
  }
}

/// Random numbers with chi-square distributions: sums of so many squared normal numbers.
public func randomChiSquare(degrees: Tensor) -> Tensor { randomGamma(shape: degrees * 0.5) * 2 }

/// Random numbers with Student's distributions.
public func randomStudentT(degrees: Tensor) -> Tensor {
  sample("randomStudentT", degrees) { degrees in
    let scale = degrees.stopGradient() / randomChiSquare(degrees: degrees)
    return randomNormal(like: degrees) * sqrt(scale)
  }
}
