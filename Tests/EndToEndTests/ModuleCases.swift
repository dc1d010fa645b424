import Foundation
import GraphIR
import GraphKit
import LoopIR
import RandomModels
import TestSupport

/// Modules whose weights PyTorch saved: one function of one program for each case of a group.
///
/// The weights of all cases are the state dict in `Tests/Reference/<group>.safetensors`, loaded by
/// name as the programs do. A new layer is a row here and one in the script of the group.
struct ModuleCases: Sendable {
  private let group: String
  private let cases: [(test: ReferenceCase, row: ModuleRow)]

  /// The cases of a group, each with its row.
  init(_ group: String, _ rows: [ModuleRow]) throws {
    self.group = group
    let found = Dictionary(uniqueKeysWithValues: rows.map { ($0.name, $0) })
    cases = try ReferenceFile(group).cases.map { test in
      guard let row = found[test.name] else {
        throw GoldenMismatch(description: "no row for '\(test.name)' of '\(group)'")
      }
      return (test, row)
    }
    if let stray = Set(found.keys).subtracting(cases.map(\.test.name)).min() {
      throw GoldenMismatch(description: "'\(group)' has no case '\(stray)'")
    }
  }

  /// How many cases there are.
  var count: Int { cases.count }

  /// Declares the model.
  func declare() {
    let modules = cases.map { $0.row.make() }
    let model = Model(
      group, roots: zip(cases, modules).map { (name: $0.test.name, module: $1.module) })
    for (entry, module) in zip(cases, modules) {
      let test = entry.test
      let seeds = test.seed.keys.sorted()
      let inputs =
        test.argumentNames.map {
          Input($0, shape(of: test.inputs[$0]), ElementType(rawValue: test.text($0)) ?? .f32)
        } + seeds.map { Input("seed_\($0)", shape(of: test.seed[$0])) }
      model.function(test.name, inputs: inputs) { tensors in
        let arguments = Arguments(
          tensors: Dictionary(uniqueKeysWithValues: zip(test.argumentNames, tensors)))
        var outputs = module.call(arguments)
        let seeded = Dictionary(
          uniqueKeysWithValues: zip(seeds, tensors[test.argumentNames.count...]))
        appendGradients(&outputs, test, module.module, arguments, seeded)
        return outputs
      }
    }
  }

  /// Returns what is wrong, case by case.
  func problems(in model: LoadedModel) throws -> [String] {
    try model.load(repository.appending(path: "Tests/Reference/\(group).safetensors"))
    var problems: [String] = []
    for (test, _) in cases {
      let inputs = test.argumentNames.map { test.inputs[$0]?.values ?? [] }
      let seeds = test.seed.sorted { $0.key < $1.key }.map(\.value.values)
      let found = try model.call(test.name, inputs + seeds)
      let gradients = test.gradients.map { (gradientName($0.key), $0.value) }
      for (name, value) in test.outputs.map({ ($0.key, $0.value) }) + gradients {
        if let problem = difference(found[name] ?? [], value.values, relative: 1e-9) {
          problems.append("'\(test.name)': \(name): \(problem)")
        }
      }
    }
    return problems.sorted()
  }
}

/// How GraphKit makes and calls the module of a case.
struct ModuleRow: Sendable {
  let name: String
  /// Makes the module and what calls it; to be run inside a session.
  let make: @Sendable () -> (module: any Module, call: (Arguments) -> Outputs)

  init<M: Module & SendableMetatype>(
    _ name: String, _ make: @autoclosure @escaping @Sendable () -> M,
    _ call: @escaping @Sendable (M, Arguments) -> Outputs
  ) {
    self.name = name
    self.make = {
      let module = make()
      return (module, { call(module, $0) })
    }
  }
}

/// The inputs of a case by name.
struct Arguments {
  let tensors: [String: Tensor]

  /// An input, which must be there.
  subscript(name: String) -> Tensor {
    guard let tensor = tensors[name] else { fatalError("no input '\(name)'") }
    return tensor
  }
}

/// A module without parameters, for cases about functions.
struct Nothing: Module {}

extension ReferenceCase {
  /// The names of the inputs, in the order of the function.
  fileprivate var argumentNames: [String] { inputs.keys.sorted() }
}

// Adds the gradients that PyTorch computed as well.
private func appendGradients(
  _ outputs: inout Outputs, _ test: ReferenceCase, _ module: any Module, _ arguments: Arguments,
  _ seeds: [String: Tensor]
) {
  let terms = outputs.entries.compactMap { entry in
    seeds[entry.name].map { (entry.value * $0).sum() }
  }
  guard let first = terms.first else { return }
  let loss = terms.dropFirst().reduce(first) { $0 + $1 }
  let parameters = Dictionary(
    uniqueKeysWithValues: module.state.map { parameter in
      let path = (parameter.name ?? "").dropFirst(test.name.count + 1)
      return (String(path), parameter)
    })
  let names = test.gradients.keys.sorted()
  let sources = names.compactMap { parameters[$0]?.value ?? arguments.tensors[$0] }
  for (name, gradient) in zip(names, gradient(of: loss, by: sources, unused: .zero)) {
    outputs.append(gradientName(name), gradient)
  }
}

// A path of properties as the name of an output.
private func gradientName(_ path: String) -> String {
  "gradient_" + path.split(separator: ".").joined(separator: "_")
}
