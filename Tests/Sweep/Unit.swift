internal import Foundation
internal import RandomModels

/// Programs that are compiled together: some kernels, or one net.
struct Unit: Codable, Hashable {
  enum Kind: String, Codable {
    case kernels, net
    /// A net that goes the whole way, from `model.swift` through gcomp and make.
    case model
  }

  let kind: Kind
  /// The seeds of its kernels, or of its net.
  let seeds: [Int]
  var family: String?

  /// The name of the program.
  var name: String { "\(kind.rawValue)_\(seeds[0])" }

  /// Draws the program and asks the interpreter what it must give.
  func program() throws -> TrialProgram {
    switch kind {
    case .kernels:
      return try TrialProgram(
        seeds.map { RandomKernel(seed: $0, family: family) }, name: name)
    case .net:
      // Every fourth in `f64`, where bounds are narrow.
      return try TrialProgram(RandomNet(seed: seeds[0]), isWide: seeds[0] % 4 == 3)
    case .model: return try TrialProgram(RandomNet(seed: seeds[0]), isWide: false)
    }
  }

  /// The unit as units of one seed each.
  var parts: [Unit] { seeds.map { Unit(kind: kind, seeds: [$0], family: family) } }

  /// What the kernels are about, for a line about a failure.
  func title(_ seed: Int) -> String {
    switch kind {
    case .kernels: "kernel '\(RandomKernel(seed: seed, family: family).family)'"
    case .net: "net"
    case .model: "model"
    }
  }
}

/// What a worker says about its units, one line each.
enum Report: Codable {
  case begin(Unit)
  case drawn(seconds: Double)
  case build(Tally, configuration: String, compiler: String)
  case failure(Failure)
  case end(Unit)
}

/// What was counted with one configuration.
struct Tally: Codable {
  var kernels = 0
  var nets = 0
  var models = 0
  var numbers = 0
  var bounded = 0
  var useful = 0
  var outOfBounds = 0
  var crashes = 0
  var compileFailures = 0
  var warnings = 0
  var compiling = 0.0
  var running = 0.0

  static func += (a: inout Tally, b: Tally) {
    a.kernels += b.kernels
    a.nets += b.nets
    a.models += b.models
    a.numbers += b.numbers
    a.bounded += b.bounded
    a.useful += b.useful
    a.outOfBounds += b.outOfBounds
    a.crashes += b.crashes
    a.compileFailures += b.compileFailures
    a.warnings += b.warnings
    a.compiling += b.compiling
    a.running += b.running
  }
}

/// A kernel or net that is wrong.
struct Failure: Codable {
  let title: String
  let seed: Int
  /// Empty if no compiler had a part in it.
  let configuration: String
  let problem: String
  var folder = ""

  var line: String {
    var text = "FAILED \(title), seed \(seed)"
    if !configuration.isEmpty { text += ", \(configuration)" }
    text += ": \(problem)"
    if !folder.isEmpty { text += "; see \(folder)" }
    return text.replacing("\n", with: " | ")
  }
}
