import Foundation
import GraphIR
import GraphKit
import Passes
import RandomModels
import Support
import TestSupport
import Testing

/// Attention that is streamed in blocks.
@Suite struct AttentionTests {
  /// It gives what the direct form gives, and so do its gradients.
  @Test(arguments: AttentionCase.all, Toolchain.libraries)
  func agreesWithTheDirectForm(_ row: AttentionCase, _ toolchain: Toolchain) throws {
    let library = try AttentionLibrary.shared.get()
    for (model, tolerance) in [(library.double, 1e-13), (library.single, 2e-5)] {
      let found = try library.model(model, toolchain).call(row.name, row.inputs)
      let names = found.keys.filter { $0.hasPrefix("direct") }
      #expect(!names.isEmpty)
      for name in names {
        let direct = found[name] ?? []
        let streamed = found["streamed" + name.dropFirst("direct".count)] ?? []
        let bound = tolerance * max(direct.map(abs).max() ?? 0, 1)
        #expect(direct.count == streamed.count)
        #expect(zip(direct, streamed).allSatisfy { abs($0 - $1) <= bound }, "\(model): \(name)")
      }
    }
  }

  /// It gives what PyTorch gave, in blocks of any size.
  @Test(arguments: Toolchain.libraries) func agreesWithPyTorch(_ toolchain: Toolchain) throws {
    let library = try AttentionLibrary.shared.get()
    let model = try library.model("attention_stored", toolchain)
    #expect(library.stored.count == 4)
    for test in library.stored {
      let inputs = test.inputs.sorted { $0.key < $1.key } + test.seed.sorted { $0.key < $1.key }
      let found = try model.call(test.name, inputs.map(\.value.values))
      for (n, _) in AttentionLibrary.blocks.enumerated() {
        let wanted =
          test.outputs.map { ("\($0.key)_\(n)", $0.value) }
          + test.gradients.map { ("gradient_\($0.key)_\(n)", $0.value) }
        #expect(wanted.count >= 4)
        for (name, value) in wanted {
          let problem = difference(found[name] ?? [], value.values, relative: 1e-9)
          #expect(problem == nil, "'\(test.name)': \(name)")
        }
      }
    }
  }

  /// Memory grows with the length of the sequences, not with its square, also with masks and with
  /// the gradient of one that is the same for all queries.
  @Test(arguments: [false, true]) func memoryIsLinear(_ isMasked: Bool) throws {
    func bytes(_ steps: Int) throws -> Int {
      let shape: Shape = [1, 2, steps, 16]
      let program = try traced {
        let inputs = [Input("q", shape), Input("k", shape), Input("v", shape)]
        Model("long").function("f", inputs: inputs + [Input("mask", [steps])]) { x in
          let y = scaledDotProductAttention(
            x[0], x[1], x[2], mask: isMasked ? x[3] .> 0 : nil, isCausal: true, form: .streamed())
          let found = gradient(of: (y * y).sum(), by: Array(x[..<3]))
          return ["q": found[0], "k": found[1], "v": found[2]]
        }
      }
      return lower(optimize(program)).arenaBytes
    }
    let (short, long) = (try bytes(4096), try bytes(8192))
    #expect(long < 2 * short + 100_000, "\(short), \(long)")
    // The scores alone would take this.
    #expect(long < 8192 * 8192 * 4 / 4)
  }

  /// By itself, attention is streamed where scores are many, and then also in layers.
  @Test func shapesDecide() throws {
    func usesLoops(_ steps: Int) throws -> Bool {
      let program = try traced {
        let heads = MultiheadAttention(64, heads: 8, batchFirst: true)
        Model("net", heads).infer(Input("x", [1, steps, 64])) { ["y": heads($0, isCausal: true)] }
      }
      return program.functions.contains { $0.graph.nodes.values.contains { $0.op is Scan } }
    }
    #expect(try !usesLoops(256))
    #expect(try usesLoops(2048))
  }
}

/// Operands and a mask; the mask is added, or a key is seen where it is above 0.
struct AttentionCase: CustomTestStringConvertible, Sendable {
  let name: String
  let query: Shape
  let key: Shape
  let value: Shape
  var mask: Shape?
  var isAdded = false
  var isCausal = false
  /// Also takes gradients of gradients.
  var isTwice = false
  var blocks: (queries: Int?, keys: Int?) = (4, 3)

  var testDescription: String { name }

  static let all = [
    AttentionCase(name: "one_head", query: [7, 5], key: [9, 5], value: [9, 4], isTwice: true),
    AttentionCase(
      name: "two_axes_in_front", query: [2, 3, 7, 5], key: [2, 3, 9, 5], value: [2, 3, 9, 4]),
    AttentionCase(name: "one_block", query: [2, 3, 5], key: [2, 2, 5], value: [2, 2, 4]),
    AttentionCase(
      name: "blocks_of_one", query: [3, 4, 2], key: [3, 5, 2], value: [3, 5, 2], blocks: (1, 1)),
    AttentionCase(
      name: "causal", query: [2, 10, 3], key: [2, 10, 3], value: [2, 10, 3], isCausal: true,
      isTwice: true),
    AttentionCase(
      name: "causal_with_more_keys", query: [2, 5, 3], key: [2, 11, 3], value: [2, 11, 2],
      isCausal: true),
    AttentionCase(
      name: "causal_with_more_queries", query: [3, 11, 3], key: [3, 5, 3], value: [3, 5, 2],
      isCausal: true),
    AttentionCase(
      name: "seen", query: [2, 3, 7, 5], key: [2, 3, 9, 5], value: [2, 3, 9, 4], mask: [7, 9]),
    AttentionCase(
      name: "seen_by_each_head_causal", query: [2, 3, 9, 5], key: [2, 3, 9, 5],
      value: [2, 3, 9, 4], mask: [2, 3, 9, 9], isCausal: true),
    AttentionCase(
      name: "seen_in_each_sequence", query: [2, 3, 7, 5], key: [2, 3, 9, 5], value: [2, 3, 9, 4],
      mask: [2, 1, 1, 9]),
    AttentionCase(
      name: "added_for_each_head", query: [2, 3, 7, 5], key: [2, 3, 9, 5], value: [2, 3, 9, 4],
      mask: [3, 7, 9], isAdded: true),
    AttentionCase(
      name: "added_for_all", query: [2, 7, 5], key: [2, 9, 5], value: [2, 9, 4], mask: [9],
      isAdded: true),
    AttentionCase(
      name: "added_to_each_query_causal", query: [4, 9, 5], key: [4, 9, 5], value: [4, 9, 4],
      mask: [4, 9, 1], isAdded: true, isCausal: true),
    AttentionCase(
      name: "keys_of_all_heads", query: [2, 3, 7, 5], key: [2, 1, 9, 5], value: [1, 9, 4],
      mask: [7, 9]),
    AttentionCase(
      name: "usual_blocks", query: [2, 300, 3], key: [2, 700, 3], value: [2, 700, 2],
      isCausal: true, blocks: (nil, nil)),
    AttentionCase(
      name: "panels", query: [2, 96, 32], key: [2, 64, 32], value: [2, 64, 32], mask: [96, 64],
      isAdded: true, isCausal: true, blocks: (64, 32)),
  ]

  private var shapes: [Shape] { [query, key, value] + (mask.map { [$0] } ?? []) }

  /// Numbers that are drawn; the first query of a mask with several sees no key.
  var inputs: [[Double]] {
    var source = RandomSource(seed: 7)
    return shapes.enumerated().map { i, shape in
      let numbers = source.numbers(shape.count, in: -1.5...1.5)
      guard i == 3, shape.count > shape[-1] else { return numbers }
      return numbers.enumerated().map { $0 < shape[-1] ? -abs($1) : $1 }
    }
  }

  /// Declares a function that gives what both forms give, and their gradients.
  func declare(_ model: Model) {
    let inputs = shapes.enumerated().map { Input("x\($0)", $1) }
    model.function(name, inputs: inputs) { x in
      let mask = self.mask.map { _ in isAdded ? x[3] : x[3] .> 0 }
      let sources = isAdded ? x : Array(x[..<3])
      var outputs: Outputs = [:]
      let streamed = AttentionForm.streamed(queries: blocks.queries, keys: blocks.keys)
      for (word, form) in [("direct", AttentionForm.direct), ("streamed", streamed)] {
        let y = scaledDotProductAttention(
          x[0], x[1], x[2], mask: mask, isCausal: isCausal, form: form)
        let seed = sin(range(y.shape.count, .f32)).reshaped(y.shape)
        let first = gradient(of: (y * seed).sum(), by: sources)
        var all = [y] + first
        if isTwice {
          let squares = first.map { ($0 * $0).sum() }
          all += gradient(of: squares.dropFirst().reduce(squares[0], +), by: sources)
        }
        for (i, tensor) in all.enumerated() { outputs.append("\(word)_\(i)", tensor) }
      }
      return outputs
    }
  }
}

/// All cases, compiled.
private struct AttentionLibrary: Sendable {
  static let shared = Result { try AttentionLibrary() }
  static let blocks: [AttentionForm] = [
    .streamed(queries: 1, keys: 2), .streamed(queries: 2, keys: 3), .streamed(),
  ]

  let double = "attention_f64"
  let single = "attention_f32"
  /// What PyTorch computed.
  let stored: [ReferenceCase]
  private let files: [Toolchain: URL]

  private init() throws {
    let cases = try ReferenceFile("modules").cases.filter { $0.name.hasPrefix("dot_product") }
    stored = cases
    func program(_ name: String) throws -> GraphProgram {
      try traced {
        let model = Model(name)
        for row in AttentionCase.all { row.declare(model) }
      }
    }
    let storedProgram = try traced {
      let model = Model("attention_stored")
      for test in cases { Self.declare(test, model) }
    }
    let programs = [try program(double).widened, try program(single), storedProgram.widened]
    files = try ProgramLibrary(programs).compiled(Toolchain.libraries)
  }

  func model(_ name: String, _ toolchain: Toolchain) throws -> LoadedModel {
    try LoadedModel(name, in: #require(files[toolchain]))
  }

  // A stored case in all forms, with its gradients.
  private static func declare(_ test: ReferenceCase, _ model: Model) {
    let names = test.inputs.keys.sorted()
    let inputs =
      names.map {
        Input($0, shape(of: test.inputs[$0]), ElementType(rawValue: test.text($0)) ?? .f32)
      } + [Input("seed", shape(of: test.seed["y"]))]
    model.function(test.name, inputs: inputs) { tensors in
      let x = Dictionary(uniqueKeysWithValues: zip(names, tensors))
      var outputs: Outputs = [:]
      guard let q = x["q"], let k = x["k"], let v = x["v"], let seed = tensors.last else {
        return outputs
      }
      for (n, form) in blocks.enumerated() {
        let y = scaledDotProductAttention(
          q, k, v, mask: x["mask"], isCausal: test.name == "dot_product_causal",
          scale: test.name == "dot_product_added" ? 0.3 : nil, form: form)
        outputs.append("y_\(n)", y)
        let sources = test.gradients.keys.sorted()
        let found = gradient(of: (y * seed).sum(), by: sources.compactMap { x[$0] })
        for (name, tensor) in zip(sources, found) {
          outputs.append("gradient_\(name)_\(n)", tensor)
        }
      }
      return outputs
    }
  }
}
