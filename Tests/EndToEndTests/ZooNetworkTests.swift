import Foundation
import GraphIR
import GraphKit
import RandomModels
import Support
import TestSupport
import Testing

/// The networks of the library Zoo, compiled in `f64`, against torchvision and transformers.
@Suite struct ZooNetworkTests {
  /// Outputs, and products of parameters and inputs with their gradients, are those stored.
  @Test(arguments: ZooRow.all) func networkAgrees(_ row: ZooRow) throws {
    let library = try ZooLibrary.shared.get()
    let test = try #require(library.cases[row.name])
    let states = try #require(library.states[row.name])
    #expect(ZooNumbers.digest(states) == test.text("states"), "\(states)")
    let model = try LoadedModel(row.name, in: library.file)
    for (name, shape) in states { try model.set(name, to: ZooNumbers.state(name, shape)) }
    let found = try model.call(row.name, row.arguments.map(ZooNumbers.input))
    #expect(test.outputs.count == 4)
    for (name, value) in test.outputs {
      let problem = difference(found[name] ?? [], value.values, relative: 1e-9)
      #expect(problem == nil, "\(name)")
    }
  }

  /// Each stored case has a row.
  @Test func casesAreComplete() throws {
    let library = try ZooLibrary.shared.get()
    let names = ZooRow.all.map(\.name) + ZooMember.all.map { "member_\($0.name)" }
    #expect(Set(names) == Set(library.cases.keys))
    #expect(names.count >= 90)
  }

  /// Members of their published size have the names, shapes and number of parameters stored.
  @Test(arguments: ZooMember.all) func memberAgrees(_ member: ZooMember) throws {
    let test = try #require(try ZooLibrary.shared.get().cases["member_\(member.name)"])
    var count = 0
    let program = try traced {
      let module = member.make()
      let model = Model(member.name, module)
      count = module.parameters.reduce(0) { $0 + $1.shape.count }
      model.function("same", Input("x", [1])) { ["y": $0] }
    }
    #expect(count == test.count("parameters"))
    #expect(ZooNumbers.digest(program.kept) == test.text("states"))
  }

  /// Small forms take letters of 32 pixels, and all their parameters learn.
  @Test(arguments: ZooRow.letters) func lettersAreTaken(_ row: ZooRow) throws {
    let program = try traced {
      let (module, call) = row.make()
      row.declareTraining(in: Model(row.name, module), module, call)
    }
    #expect(program.functions.count >= 2)
  }
}

/// The networks as one library, compiled once for all tests, without optimisation, which takes
/// long.
private struct ZooLibrary: Sendable {
  static let shared = Result { try ZooLibrary() }

  let cases: [String: ReferenceCase]
  /// Names and shapes of what a file of weights holds.
  let states: [String: [(name: String, shape: [Int])]]
  let file: URL

  private init() throws {
    cases = Dictionary(
      uniqueKeysWithValues: try ReferenceFile("zoo").cases.map { ($0.name, $0) })
    let programs = try ZooRow.all.map { row in
      try traced {
        let (module, call) = row.make()
        row.declare(in: Model(row.name, module), module, call)
      }
    }
    states = Dictionary(uniqueKeysWithValues: programs.map { ($0.name, $0.kept) })
    file = try ProgramLibrary(programs.map(\.widened)).compiled(Toolchain.libraries[0].with("-O0"))
  }
}

extension GraphProgram {
  /// Names and shapes of parameters and statistics.
  fileprivate var kept: [(name: String, shape: [Int])] {
    states.values.filter { $0.role == .parameter || $0.role == .statistic }
      .map { ($0.name, $0.type.shape.dims) }
  }
}

extension ZooRow: CustomTestStringConvertible {
  static let all = images + texts + generators
  var testDescription: String { name }
}

extension ZooMember: CustomTestStringConvertible {
  var testDescription: String { name }
}
