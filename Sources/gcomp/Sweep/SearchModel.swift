internal import Foundation
internal import Support

/// The Gaussian process of a Bayesian search: a model of gcomp, `models/search/model.swift`, which
/// is compiled when it is needed first and then kept in the cache.
struct SearchModel {
  /// What the process proposes.
  struct Proposal {
    /// The point from which it expects most.
    let point: [Double]
    /// The cost that it expects there.
    let mean: Double
    /// The candidates, those from which it expects most first.
    let order: [Int]
  }

  /// The points that it compares in one round.
  static let candidates = 1024
  /// The most trials that it may know.
  static let mostTrials = 500

  private let arguments: Arguments
  private let console: Console
  private let trials: Int
  private let width: Int
  private var program: URL?
  /// A folder with objects of the runtime that may be used.
  var sibling: OutputFolder?

  /// A process that will know so many trials, each a point with `width` coordinates.
  init(_ arguments: Arguments, _ console: Console, trials: Int, width: Int) {
    self.arguments = arguments
    self.console = console
    // A few sizes, so that most sweeps find theirs in the cache.
    self.trials = [32, 64, 128, 256].first { $0 >= trials } ?? 512
    self.width = width
  }

  /// Returns what to try next after trials with known costs.
  mutating func proposal(
    after known: [(point: [Double], cost: Double)], candidates: [[Double]], noise: [[Double]]
  ) throws -> Proposal {
    let folder = FileManager.default.temporaryDirectory.appending(path: "gcomp-\(UUID())")
    try Files.makeFolder(folder)
    defer { try? FileManager.default.removeItem(at: folder) }
    let scale = CostScale(known.map(\.cost))
    let missing = trials - known.count
    let nowhere = [Double](repeating: 0, count: width)
    let points = known.map(\.point) + [[Double]](repeating: nowhere, count: missing)
    let costs = known.map { scale.scaled($0.cost) } + [Double](repeating: 0, count: missing)
    let there = (0..<trials).map { $0 < known.count ? 1.0 : 0.0 }
    // A candidate that is repeated does no harm.
    let all = (0..<Self.candidates).map { candidates[$0 % candidates.count] }
    let inputs = [
      "points": points, "costs": [costs], "there": [there], "candidates": all, "noise": noise,
    ]
    for (name, rows) in inputs {
      let lines = rows.map { $0.map { "\($0)" }.joined(separator: ",") + "\n" }
      try Files.write(lines.joined(), to: folder.appending(path: "\(name).csv"))
    }
    let output = folder.appending(path: "proposal.json")
    let result = try Subprocess.run(
      try compiled().path,
      ["--input", folder.path, "--output", output.path, "--threads", "1"])
    guard result.succeeded else { throw Failure.bug("the search failed: \(result.output)") }
    let answer = try JSONDecoder().decode(Answer.self, from: Data(contentsOf: output))
    let order = answer.improvement.indices.prefix(candidates.count)
      .sorted { answer.improvement[$0] > answer.improvement[$1] }
    return Proposal(point: answer.next, mean: scale.cost(answer.mean), order: order)
  }

  private struct Answer: Decodable {
    let next: [Double]
    let mean: Double
    let improvement: [Double]
  }
}

// The program.
extension SearchModel {
  // Returns the program, from the cache or built anew.
  private mutating func compiled() throws -> URL {
    if let program { return program }
    let model = try Installation().home().appending(path: "models/search/model.swift")
    var own = arguments
    own.command = .infer
    own.model = model.path
    own.options = [OptionValue("trials", "\(trials)"), OptionValue("width", "\(width)")]
    own.isProfiled = false
    own.maxBytes = nil
    var key = Fingerprint(try Files.read(model))
    let words = [Files.identity(URL(filePath: Bundle.main.executablePath ?? "")) ?? ""]
    for word in words + own.options.map(\.line) + own.buildWords { key.add(word) }
    let name = "search-infer"
    let entry = try Cache().entry("searches", key) { folder in
      console.note("compiling the Gaussian process of the search, once")
      let build = folder.appending(path: "build")
      own.output = build.path
      let output = try Driver(own, console.silent).built(like: sibling)
      try FileManager.default.copyItem(
        at: output.folder.appending(path: name), to: folder.appending(path: name))
      try FileManager.default.removeItem(at: build)
    }
    let program = entry.appending(path: name)
    self.program = program
    return program
  }
}

/// Costs as the process sees them: the logarithm of how much more than the least they are, with a
/// mean of 0 and a deviation of 1. So those that are far above the others do not hide what differs
/// near the least.
private struct CostScale {
  private let least: Double
  private let shift: Double
  private let middle: Double
  private let size: Double

  init(_ costs: [Double]) {
    let sorted = costs.sorted()
    let least = sorted.first ?? 0
    let half = sorted.isEmpty ? 0 : sorted[sorted.count / 2] - least
    // What half of them exceed: below it the logarithm is nearly straight, so that a smooth valley
    // stays one.
    let shift = half > 0 ? half : max((sorted.last ?? 0) - least, 1e-6)
    let logs = costs.map { log($0 - least + shift) }
    let count = Double(max(costs.count, 1))
    let mean = logs.reduce(0, +) / count
    let squares = logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    (self.least, self.shift, middle) = (least, shift, mean)
    size = squares > 0 ? (squares / count).squareRoot() : 1
  }

  func scaled(_ cost: Double) -> Double { (log(cost - least + shift) - middle) / size }

  func cost(_ scaled: Double) -> Double { exp(scaled * size + middle) + least - shift }
}
