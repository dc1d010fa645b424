import Foundation
import GraphIR
import GraphKit
import LoopIR
import Passes
import RandomModels
import Support
import TestSupport
import Testing

/// The plan of memory changes no bit of what programs compute.
@Suite struct PlannedMemoryTests {
  /// Whether temporaries share memory, and whatever lies there when nobody needs it.
  @Test func sharedAndSpoiledMemoryGiveTheSameBits() throws {
    let parts = parallelMap(4, chunk: 1) { Self.part($0) }
    let passes = [[], [LoopPass.apart], [LoopPass.poison]].map { more in
      loopPipeline.flatMap { $0.name == LoopPass.planMemory.name ? [$0] + more : [$0] }
    }
    let files = try passes.map {
      try ProgramLibrary(parts.map(\.program), loopPasses: $0).compiled(
        Toolchain.gccPortable.with("-O2"))
    }
    for part in parts {
      let models = try files.map { try LoadedModel(part.program.name, in: $0) }
      for (name, random) in part.functions {
        let found = try models.map { try Self.results(of: random, name, in: $0) }
        #expect(found[0] == found[1], "\(name): memory of its own")
        #expect(found[0] == found[2], "\(name): spoiled memory")
      }
    }
  }

  /// A net that learns in less and less memory goes through the same losses.
  @Test(arguments: ["perceptron", "convolutions"])
  func lessMemoryGivesTheSameBits(_ kind: String) throws {
    let program = try kind == "perceptron" ? Self.perceptron() : Self.convolutions()
    let whole = lower(optimize(program))
    let state = whole.memoryBytes - whole.arenaBytes
    let shares = [100, 80, 60, 50, 40]
    var peaks: [Int] = []
    var losses: [[UInt64]] = []
    var names: [String] = []
    var programs: [GraphProgram] = []
    for share in shares {
      var options = CompileOptions()
      options.maxBytes = state + whole.arenaBytes * share / 100
      var optimized = optimize(program, options)
      let peak = lower(optimized).memoryBytes
      #expect(peak <= options.maxBytes ?? 0, "\(kind) \(share) %")
      peaks.append(peak)
      optimized.name = "\(kind)_\(share)"
      names.append(optimized.name)
      programs.append(optimized)
    }
    #expect(peaks == peaks.sorted(by: >))
    let file = try ProgramLibrary(optimized: programs).compiled(Toolchain.gccPortable.with("-O2"))
    for name in names {
      let model = try LoadedModel(name, in: file)
      _ = try model.call("init", [[3]])
      losses.append(try (0..<5).map { _ in try model.call("train_step")["loss"]![0].bitPattern })
    }
    #expect(Set(losses).count == 1, "\(losses)")
    #expect(Set(losses[0]).count == 5)
    // What cannot be reached ends with the least.
    var options = CompileOptions()
    options.maxBytes = 1
    #expect(lower(optimize(program, options)).memoryBytes <= peaks[4])
  }

  private static func perceptron() throws -> GraphProgram {
    try traced {
      let net = Sequential {
        for _ in 0..<15 { Dense(64, 64); Tanh() }; Dense(64, 10)
      }
      let model = Model("net", net)
      model.train(epochs: 1, steps: 5) {
        let loss = mse(net(randomNormal([64, 64])), randomNormal([64, 10]))
        SGD(rate: 0.1).minimize(loss, net.parameters)
        return ["loss": loss]
      }
    }
  }

  private static func convolutions() throws -> GraphProgram {
    try traced {
      let net = Sequential {
        Conv2D(1, 8, kernel: 3, padding: .same); SiLU()
        for _ in 0..<10 { Conv2D(8, 8, kernel: 3, padding: .same); SiLU(); Dropout(0.1) }
        Flatten(); Dense(512, 10)
      }
      let model = Model("net", net)
      model.train(epochs: 1, steps: 5) {
        let loss = mse(net(randomNormal([8, 1, 8, 8])), randomNormal([8, 10]))
        Adam(rate: 0.01).minimize(loss, net.parameters)
        return ["loss": loss]
      }
    }
  }

  /// A program with many random graphs as its functions.
  private struct Part: Sendable {
    var program: GraphProgram
    var functions: [(name: String, random: RandomProgram)] = []
  }

  private static func part(_ number: Int) -> Part {
    var part = Part(program: GraphProgram(name: "planned_\(number)", source: "random.swift"))
    for i in 0..<25 {
      let seed = 3_000_000 + number * 25 + i
      let random = RandomGraph.make(seed: seed, firstState: part.program.states.count)
      for state in random.program.states.values { _ = part.program.states.append(state) }
      part.program.functions.append(random.function.renamed("f\(seed)"))
      part.functions.append(("f\(seed)", random))
    }
    return part
  }

  // The bits of all outputs, and of all states afterwards.
  private static func results(
    of random: RandomProgram, _ name: String, in model: LoadedModel
  ) throws -> [[UInt64]] {
    let states = random.program.states.values.map(\.name)
    for (name, numbers) in zip(states, random.states) { try model.set(name, to: numbers.values) }
    let outputs = try model.call(name, random.inputs.map(\.values))
    let all = try outputs.sorted { $0.key < $1.key }.map(\.value) + states.map { try model[$0] }
    return all.map { $0.map { $0.isNaN ? 0 : $0.bitPattern } }
  }
}
