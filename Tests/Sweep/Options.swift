internal import Foundation
internal import RandomModels

/// What the command line says.
struct Options {
  var kernels = 500
  var nets = 50
  var models = 0
  var seed = 1
  var jobs = 2
  /// Kernels that are one C file.
  var together = 25
  var compilers = ["gcc", "clang"]
  var family: String?
  /// Exactly one configuration instead of drawn ones, as in `-O3 native`.
  var only: (level: String, target: String?)?
  var folder = FileManager.default.temporaryDirectory.appending(path: "gcomp-sweep").path
  /// Numbers of the units that a worker takes, with the step from one to the next.
  var part: (first: Int, last: Int, step: Int)?
  /// A single unit, kernel by kernel, without so many of the first.
  var isApart = false
  var skip = 0

  /// The compilers of each net, a gcc and a clang in turns if it is one.
  var netBuilds = 2
  /// Whether the C of what is right is kept as well.
  var keeps = false

  /// Where failures are kept.
  var failures: String { "\(folder)/failures" }

  static let usage = """
    usage: scripts/sweep [OPTION ...]

    Draws small programs at random, compiles them with one C compiler after the other, and
    compares what they compute with the interpreter.

      --kernels N         so many kernels; 500 if nothing is said
      --nets N            so many nets; 50
      --models N          so many nets that go the whole way from model.swift through gcomp; 0
      --seed S            the first seed; 1
      --compilers LIST    C compilers with commas between them; gcc,clang
      --only FLAGS        these flags instead of drawn ones: LEVEL,TARGET as in -O3,native
      --family NAME       kernels of one family, such as 'padding'
      --together N        kernels in one C file; 25
      --net-builds N      builds of each net: 2, or 1 by gcc and clang in turns; 2
      --keep              keeps the C of what is right as well
      --jobs N            so many processes; 2
      --out FOLDER        where C and failures are kept
    """

  /// Reads the arguments; throws a text that says what is wrong.
  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    func value(_ option: String) throws -> String {
      guard let next = rest.popFirst() else {
        throw Mistake(description: "'\(option)' needs a value")
      }
      return next
    }
    func number(_ option: String) throws -> Int {
      let text = try value(option)
      guard let number = Int(text), number >= 0 else {
        throw Mistake(description: "'\(option)' must be a whole number; it is '\(text)'")
      }
      return number
    }
    while let option = rest.popFirst() {
      switch option {
      case "--kernels": kernels = try number(option)
      case "--nets": nets = try number(option)
      case "--models": models = try number(option)
      case "--seed": seed = try number(option)
      case "--jobs": jobs = max(1, try number(option))
      case "--together": together = max(1, try number(option))
      case "--compilers": compilers = try value(option).split(separator: ",").map(String.init)
      case "--family":
        let name = try value(option)
        guard RandomKernel.families.contains(name) else {
          let names = RandomKernel.families.map { "'\($0)'" }.joined(separator: ", ")
          throw Mistake(description: "'--family' must be one of \(names); it is '\(name)'")
        }
        family = name
      case "--out": folder = try value(option)
      case "--only":
        let parts = try value(option).split(separator: ",").map(String.init)
        guard parts.count == 2 else {
          throw Mistake(description: "'--only' must be LEVEL,TARGET, as in -O3,native")
        }
        only = (parts[0], parts[1] == "portable" ? nil : parts[1])
      case "--part": part = (try number(option), try number(option), try number(option))
      case "--apart": isApart = true
      case "--net-builds": netBuilds = max(1, try number(option))
      case "--keep": keeps = true
      case "--skip": skip = try number(option)
      default: throw Mistake(description: "unknown option '\(option)'")
      }
    }
  }

  /// All units, in an order in which nets and kernels take turns.
  var units: [Unit] {
    var units: [Unit] = []
    let groups = (kernels + together - 1) / together
    for i in 0..<max(groups, nets, models) {
      if i < groups {
        let first = seed + i * together
        let seeds = Array(first..<min(first + together, seed + kernels))
        units.append(Unit(kind: .kernels, seeds: seeds, family: family))
      }
      if i < nets { units.append(Unit(kind: .net, seeds: [seed + i])) }
      if i < models { units.append(Unit(kind: .model, seeds: [seed + i])) }
    }
    return units
  }

  /// The units of a worker.
  var ownUnits: [Unit] {
    guard let part else { return units }
    let all = units
    let own = stride(from: part.first, through: min(part.last, all.count - 1), by: part.step)
      .map { all[$0] }
    return isApart ? Array(own.flatMap(\.parts).dropFirst(skip)) : own
  }

  /// The builds that a unit gets.
  func configurations(_ compilers: [Compiler], _ unit: Unit) -> [Configuration] {
    if unit.kind == .model {
      return [Configuration(compilers[unit.seeds[0] % compilers.count], threads: 2)]
    }
    guard let only else {
      let drawn = Configuration.drawn(compilers, seed: unit.seeds[0])
      guard unit.kind == .net, netBuilds == 1 else { return drawn }
      return [drawn[unit.seeds[0] % drawn.count]]
    }
    return compilers.map { Configuration($0, level: only.level, target: only.target, threads: 2) }
  }
}

/// Something that is wrong with the command line.
struct Mistake: Error, CustomStringConvertible {
  let description: String
}
