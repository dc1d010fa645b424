import Foundation
import GraphIR
import GraphKit
import LoopIR
import RandomModels

/// Random numbers: one function of the program `random` for each distribution, called once with a
/// fixed seed. Distances from the distribution are those that one in a thousand seeds passes.
struct RandomCases: Sendable {
  private static let count = 20_000

  /// What numbers should be.
  enum Law: Sendable {
    /// The share below a number.
    case continuous(@Sendable (Double) -> Double)
    /// The probabilities of 0, 1, ...; what is behind them counts as one.
    case discrete([Double])
  }

  struct Case: Sendable {
    let name: String
    let law: Law
    let sample: @Sendable (Shape) -> Tensor
  }

  let cases = RandomCases.all

  /// Declares the model.
  func declare() {
    let model = Model("random", ["nothing": Parameter([])])
    for (i, test) in cases.enumerated() {
      model.function("case_\(i)") { ["x": test.sample([Self.count]).cast(to: .f32)] }
    }
    model.function("order") { ["x": randomPermutation(6, [2000]).cast(to: .f32)] }
  }

  /// Returns what is wrong, case by case.
  func problems(in model: LoadedModel) throws -> [String] {
    _ = try model.call("init", [[11]])
    var found: [String] = []
    for (i, test) in cases.enumerated() {
      let numbers = try model.call("case_\(i)")["x"] ?? []
      let again = try model.call("case_\(i)")["x"] ?? []
      if numbers == again { found.append("'\(test.name)': two calls give the same numbers") }
      switch test.law {
      case .continuous(let share):
        let distance = Self.distance(numbers, share) * Double(numbers.count).squareRoot()
        if !(distance < 1.95) { found.append("'\(test.name)': the distance is \(distance)") }
      case .discrete(let shares):
        let (square, limit) = Self.square(numbers, shares)
        if !(square < limit) { found.append("'\(test.name)': \(square) is above \(limit)") }
      }
    }
    return found
  }

  /// Returns how often each integer is at each place, and whether all orders are permutations.
  func orders(in model: LoadedModel) throws -> (areWhole: Bool, square: Double) {
    _ = try model.call("init", [[12]])
    let numbers = try model.call("order")["x"] ?? []
    var counts = Array(repeating: 0.0, count: 36)
    var areWhole = true
    for start in stride(from: 0, to: numbers.count, by: 6) {
      let order = numbers[start..<(start + 6)]
      areWhole = areWhole && order.sorted() == [0, 1, 2, 3, 4, 5]
      for (i, number) in order.enumerated() { counts[i * 6 + Int(number)] += 1 }
    }
    let expected = Double(numbers.count) / 36
    let square = counts.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
    return (areWhole, square)
  }

  // Kolmogorov and Smirnov's distance.
  private static func distance(_ numbers: [Double], _ share: (Double) -> Double) -> Double {
    let (sorted, count) = (numbers.sorted(), Double(numbers.count))
    return sorted.enumerated().reduce(0) { largest, item in
      let expected = share(item.element)
      let low = abs(expected - Double(item.offset) / count)
      return max(largest, low, abs(expected - Double(item.offset + 1) / count))
    }
  }

  // Pearson's sum over classes of which at least five are expected, and its limit.
  private static func square(_ numbers: [Double], _ shares: [Double]) -> (Double, limit: Double) {
    let count = Double(numbers.count)
    var found = Array(repeating: 0.0, count: shares.count + 1)
    for number in numbers {
      guard number >= 0, number == number.rounded() else { return (.infinity, 0) }
      found[min(Int(number), shares.count)] += 1
    }
    var (square, classes) = (0.0, 0.0)
    var (rest, restFound) = (max(0, 1 - shares.reduce(0, +)) * count, found[shares.count])
    for (share, number) in zip(shares, found) {
      let expected = share * count
      if expected < 5 {
        rest += expected
        restFound += number
        continue
      }
      square += (number - expected) * (number - expected) / expected
      classes += 1
    }
    if rest >= 5 {
      square += (restFound - rest) * (restFound - rest) / rest
      classes += 1
    } else if restFound > 30 {
      return (.infinity, 0)
    }
    let freedom = max(classes - 1, 1)
    return (square, freedom + 4 * (2 * freedom).squareRoot() + 8)
  }
}

extension RandomCases {
  private static func continuous(
    _ name: String, _ share: @escaping @Sendable (Double) -> Double,
    _ sample: @escaping @Sendable (Shape) -> Tensor
  ) -> Case {
    Case(name: name, law: .continuous(share), sample: sample)
  }

  private static func discrete(
    _ name: String, _ shares: [Double], _ sample: @escaping @Sendable (Shape) -> Tensor
  ) -> Case {
    Case(name: name, law: .discrete(shares), sample: sample)
  }

  private static let all: [Case] = simple + gammas + whole

  private static let simple: [Case] = [
    continuous("uniform", { min(max(($0 + 1) / 3, 0), 1) }) { randomUniform($0, -1...2) },
    continuous("uniform of tensors", { min(max(($0 + 1) / 3, 0), 1) }) {
      randomUniform(full($0, -1), Tensor(2))
    },
    continuous("normal", { normalShare(($0 - 1) / 2) }) {
      randomNormal($0, mean: 1, deviation: 2)
    },
    continuous("normal of tensors", { normalShare(($0 - 1) / 2) }) {
      randomNormal(mean: full($0, 1), deviation: Tensor(2))
    },
    continuous(
      "truncated normal",
      { (normalShare($0) - normalShare(-0.5)) / (normalShare(2) - normalShare(-0.5)) }
    ) { randomTruncatedNormal($0, -0.5...2) },
    continuous("log-normal", { normalShare((log($0) - 0.5) / 0.3) }) {
      randomLogNormal($0, mean: 0.5, deviation: 0.3)
    },
    continuous("exponential", { 1 - exp(-3 * $0) }) { randomExponential($0, rate: 3) },
    continuous("exponential of tensors", { 1 - exp(-3 * $0) }) {
      randomExponential(rate: full($0, 3))
    },
    continuous("Laplace", { $0 < 1 ? exp(($0 - 1) / 2) / 2 : 1 - exp((1 - $0) / 2) / 2 }) {
      randomLaplace($0, location: 1, scale: 2)
    },
    continuous("Cauchy", { 0.5 + atan(($0 - 1) / 2) / .pi }) {
      randomCauchy($0, location: 1, scale: 2)
    },
    continuous("Gumbel", { exp(-exp((1 - $0) / 2)) }) { randomGumbel($0, location: 1, scale: 2) },
    continuous("logistic", { 1 / (1 + exp((1 - $0) / 2)) }) {
      randomLogistic($0, location: 1, scale: 2)
    },
  ]

  private static let gammas: [Case] = [
    continuous("gamma below 1", { gammaShare(0.3, $0 * 2) }) {
      randomGamma($0, shape: 0.3, rate: 2)
    },
    continuous("gamma of 1", { gammaShare(1, $0) }) { randomGamma($0, shape: 1) },
    continuous("gamma", { gammaShare(4.5, $0 / 2) }) {
      randomGamma(shape: full($0, 4.5), rate: Tensor(0.5))
    },
    continuous("gamma of a large shape", { gammaShare(300, $0) }) { randomGamma($0, shape: 300) },
    continuous("chi-square", { gammaShare(1.5, $0 / 2) }) {
      randomChiSquare(degrees: full($0, 3))
    },
    continuous("beta", { $0 * $0 }) { randomBeta(full($0, 2), Tensor(1)) },
    continuous("beta below 1", { 2 / .pi * asin($0.squareRoot()) }) {
      randomBeta(full($0, 0.5), full($0, 0.5))
    },
    continuous("Student", { 0.5 + $0 / (2 * (2 + $0 * $0).squareRoot()) }) {
      randomStudentT(degrees: full($0, 2))
    },
    continuous("Dirichlet", { 1 - (1 - $0) * (1 - $0) }) {
      randomDirichlet(ones([$0[0], 3])).element(1, of: 1)
    },
    continuous("multivariate normal", { normalShare($0 / 13.0.squareRoot()) }) {
      let l = Tensor([[1, 0], [2, 3]])
      return MultivariateNormal(mean: zeros([$0[0], 2]), lowerTriangle: l).sample()
        .element(1, of: 1)
    },
  ]

  private static let whole: [Case] = [
    discrete("Bernoulli", [0.7, 0.3]) { randomBernoulli(full($0, 0.3)) },
    discrete("bool", [0.7, 0.3]) { randomBool($0, probability: 0.3) },
    discrete("integers", Array(repeating: 1.0 / 7, count: 7)) { randomIntegers($0, -2..<5) + 2 },
    discrete("categorical by logits", [0.1, 0.2, 0.3, 0.4]) {
      randomCategorical(
        logits: log(Tensor([0.1, 0.2, 0.3, 0.4])).broadcast(to: [$0[0], 4]))
    },
    discrete("categorical by probabilities", [0.25, 0, 0.25, 0.5]) {
      randomCategorical(probabilities: Tensor([1, 0, 1, 2]).broadcast(to: [$0[0], 4]))
    },
    discrete("multinomial", (0...6).map { binomial(6, $0, 0.5) }) {
      randomMultinomial(6, probabilities: Tensor([0.25, 0.5, 0.25]).broadcast(to: [$0[0], 3]))
        .element(1, of: 1)
    },
    discrete("binomial", (0...10).map { binomial(10, $0, 0.2) }) {
      randomBinomial(10, probability: full($0, 0.2))
    },
    discrete("geometric", (0...40).map { 0.25 * pow(0.75, Double($0)) }) {
      randomGeometric(probability: full($0, 0.25))
    },
    discrete("Poisson", (0...30).map { poisson(3.5, $0) }) { randomPoisson(rate: full($0, 3.5)) },
    discrete("Poisson of a large rate", (0...200).map { poisson(60, $0) }) {
      randomPoisson(rate: full($0, 60))
    },
  ]
}

private func normalShare(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

private func binomial(_ n: Int, _ k: Int, _ p: Double) -> Double {
  let ways = lgamma(Double(n + 1)) - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1))
  return exp(ways + Double(k) * log(p) + Double(n - k) * log(1 - p))
}

private func poisson(_ rate: Double, _ k: Int) -> Double {
  exp(Double(k) * log(rate) - rate - lgamma(Double(k + 1)))
}

// The share of a gamma distribution below `x`: a series of positive terms.
private func gammaShare(_ shape: Double, _ x: Double) -> Double {
  guard x > 0 else { return 0 }
  var (term, sum, n) = (1 / shape, 1 / shape, shape)
  while term > sum * 1e-16 {
    n += 1
    term *= x / n
    sum += term
  }
  return min(1, exp(shape * log(x) - x - lgamma(shape)) * sum)
}
