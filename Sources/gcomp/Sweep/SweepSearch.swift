internal import Foundation

/// Chooses the settings that a sweep tries.
struct SweepSearch {
  /// The number of trials.
  let total: Int

  private let plan: SweepPlan
  private let measure: SweepMeasure
  private var generator: SeededGenerator
  // What was proposed, so that nothing is tried twice.
  private var proposed: Set<[String]> = []

  // Trials if the user does not say how many.
  private static let usual = 20
  // Combinations that are listed.
  private static let mostListed = 100_000
  // Trials of a Bayesian search that are proposed at once: each knows less than if it waited.
  private static let mostAtOnce = 4

  init(_ plan: SweepPlan, _ measure: SweepMeasure) throws {
    self.plan = plan
    self.measure = measure
    generator = SeededGenerator(seed: plan.sweep.seed)
    let count = plan.space.count
    if plan.search == .grid, (count ?? Int.max) > Self.mostListed, plan.sweep.trials == nil {
      throw Failure(
        "the grid has \(count.map(\.grouped) ?? "too many") combinations",
        hints: ["'--search random --trials 50' tries some of them"])
    }
    let asked = plan.sweep.trials ?? (plan.search == .grid ? count ?? Self.usual : Self.usual)
    total = min(asked, count ?? asked)
    if plan.search == .bayes, total > SearchModel.mostTrials {
      throw Failure("a Bayesian search has at most \(SearchModel.mostTrials) trials, not \(total)")
    }
  }

  /// How many trials of a fold each may run at once.
  func mostAtOnce(folds: Int) -> Int {
    (plan.search == .bayes ? Self.mostAtOnce : total) * folds
  }

  /// Returns the next trials; none if there are no others.
  mutating func proposals(
    jobs: Int, after results: [TrialResult], by model: inout SearchModel
  ) throws -> [[String]] {
    let left = total - results.count
    let trials: [[String]]
    switch plan.search {
    case .grid: trials = Array(plan.space.grid.dropFirst(results.count).prefix(left))
    case .random: trials = random(left)
    case .bayes where results.isEmpty: trials = spread(min(beginning, left))
    case .bayes:
      let folds = plan.sweep.folds
      let most = min(left, max(1, min(Self.mostAtOnce, jobs / folds)))
      trials = try expected(most, after: results, by: &model)
    }
    proposed.formUnion(trials)
    return trials
  }
}

// Without knowledge.
extension SweepSearch {
  private mutating func random(_ count: Int) -> [[String]] {
    if let combinations = plan.space.count, combinations <= 4 * total,
      !plan.space.hasRanges
    {
      return Array(plan.space.grid.shuffled(using: &generator).prefix(count))
    }
    var trials: [[String]] = []
    var known = proposed
    // Some draws are found already; of a small space all may be.
    for _ in 0..<(100 * count) where trials.count < count {
      let trial = plan.space.random(&generator)
      if known.insert(trial).inserted { trials.append(trial) }
    }
    return trials
  }

  // The trials with which a Bayesian search begins.
  private var beginning: Int {
    min(2 * plan.space.dimensions.count + 2, max(4, total / 3))
  }

  // Trials that are evenly spread, from a random start: Roberts' sequence, which generalises the
  // golden ratio.
  private mutating func spread(_ count: Int) -> [[String]] {
    let dimensions = plan.space.dimensions
    var ratio = 2.0
    for _ in 0..<64 { ratio = pow(1 + ratio, 1 / Double(dimensions.count + 1)) }
    let start = dimensions.map { _ in generator.unit() }
    var trials: [[String]] = []
    var known = proposed
    for i in 0..<(8 * count) where trials.count < count {
      let trial = dimensions.enumerated().map { axis, dimension in
        let place = start[axis] + Double(i + 1) * pow(ratio, -Double(axis + 1))
        return dimension.text(at: place - place.rounded(.down))
      }
      if known.insert(trial).inserted { trials.append(trial) }
    }
    return trials
  }
}

// With it.
extension SweepSearch {
  // Trials from which the model expects the largest improvement.
  private mutating func expected(
    _ count: Int, after results: [TrialResult], by model: inout SearchModel
  ) throws -> [[String]] {
    let space = plan.space
    let costs = results.compactMap { $0.measure.map(measure.cost) }
    guard let worst = costs.max(), let least = costs.min() else { return random(count) }
    // What failed is taken to be as bad as the worst.
    var known = results.map { result in
      (point: space.point(of: result.values), cost: result.measure.map(measure.cost) ?? worst)
    }
    let best = known.first { $0.cost == least }?.point ?? known[0].point
    var trials: [[String]] = []
    while trials.count < count {
      let candidates = candidates(near: best)
      if candidates.isEmpty { break }
      let proposal = try model.proposal(
        after: known, candidates: candidates.map(space.point), noise: noise())
      var trial = space.trial(at: proposal.point)
      if proposed.contains(trial) {
        guard let first = proposal.order.first(where: { candidates.indices.contains($0) }) else {
          break
        }
        trial = candidates[first]
      }
      trials.append(trial)
      proposed.insert(trial)
      // Until it is known, the expectation stands for the result.
      known.append((space.point(of: trial), proposal.mean))
    }
    return trials
  }

  // Trials that were not proposed yet: half of them anywhere, half near the best one.
  private mutating func candidates(near best: [Double]) -> [[String]] {
    let space = plan.space
    var found: [[String]] = []
    var known = proposed
    for i in 0..<SearchModel.candidates {
      var trial = space.random(&generator)
      if !i.isMultiple(of: 2) {
        // Each dimension stays, moves a little, or is any.
        let size = pow(10, -1 - 2 * generator.unit())
        let near = space.trial(
          at: zip(best, space.isGradual).map { $1 ? $0 + size * generator.normal() : $0 })
        for axis in trial.indices where generator.unit() < 0.8 { trial[axis] = near[axis] }
      }
      if known.insert(trial).inserted { found.append(trial) }
    }
    return found
  }

  // How the model moves points about; words stay as they are.
  private mutating func noise() -> [[Double]] {
    let isGradual = plan.space.isGradual
    return (0..<SearchModel.candidates).map { _ in
      isGradual.map { $0 ? generator.normal() : 0 }
    }
  }
}

extension Dimension {
  /// The value at a place between 0 and 1.
  fileprivate func text(at place: Double) -> String {
    switch values {
    case .list(let words): words[min(Int(place * Double(words.count)), words.count - 1)]
    case .range(let range): range.text(at: place)
    }
  }
}
