import GraphIR
import LoopIR
import Support
import TensorLibrary
import TestSupport

/// Programs made by hand that together hold every operation and whatever is hard to write as text.
enum SamplePrograms {
  static let all: [(name: String, program: GraphProgram)] = [
    ("operations", operations), ("literals", literals), ("names", names),
    ("scattered sites", scatteredSites), ("nothing", GraphProgram(name: "", source: "")),
  ]

  /// Every kind of operation, every scalar function.
  static var operations: GraphProgram {
    var program = GraphProgram(name: "operations", source: "operations.swift")
    let scalar = TensorType(.f32, [])
    let weight = program.states.append(
      State(name: "0.weight", type: TensorType(.f32, [16, 1, 3, 3]), role: .parameter, site: nil))
    let rate = program.states.append(
      State(name: "rate", type: scalar, role: .setting, site: nil))
    program.settings = [Setting(name: "rate", value: 0.001, help: "learning rate")]
    program.phases = [
      .ofFolder("../data/digits", ["image", "label"], batch: 64, epochs: 10, validation: 0.2)
    ]
    program.functions = [
      convolution(weight, rate), indices, orders, maps, kernels, control, matrices, ownGradients,
      GraphFunction(name: "empty", graph: Graph(), results: []),
    ]
    return program
  }

  private static func convolution(_ weight: StateID, _ rate: StateID) -> GraphFunction {
    let b = GraphBuilder()
    let image = b.apply(Input(0, TensorType(.f32, [64, 1, 8, 8])))
    let w = b.apply(ReadState(weight, TensorType(.f32, [16, 1, 3, 3])))
    let padded = image.padded([(0, 0), (0, 0), (1, 1), (1, 1)])
    b.name = "conv2d_0"
    let y = padded.convolved(w, stride: [1, 1], dilation: [1, 1], groups: 1)
    b.name = nil
    let spread = y.padded(
      [Pad.Part(low: 0, high: 0)] + [
        Pad.Part(low: -1, high: 0), Pad.Part(low: 0, high: 0, interior: 2),
        Pad.Part(low: 0, high: 0),
      ], value: -.infinity)
    let loss = y.max(axes: [1, 2, 3]).sum() + spread.max()
    let gradients = b.apply(Gradient(), [loss, w, image], results: 2)
    let step = b.apply(ReadState(rate, TensorType(.f32, [])))
    let new = w - gradients[0] * step
    let written = b.apply(WriteState(weight, TensorType(.f32, [16, 1, 3, 3])), new)
    let values = [loss, gradients[1], written, y].compactMap(\.value)
    b.outputs = values
    return GraphFunction(
      name: "train_step", kind: .trainStep, graph: b.graph,
      results: [.output("loss"), .output("by image"), .update(weight), .probe("y")])
  }

  private static var indices: GraphFunction {
    let b = GraphBuilder()
    let table = b.apply(Input(0, TensorType(.f32, [1000, 64])))
    let picks = b.apply(Input(1, TensorType(.i64, [32, 10])))
    let rows = b.apply(Gather(axis: 0), table, picks)
    let flat = rows.reshaped([320, 64])
    let back = b.apply(
      ScatterAdd(axis: 0, extent: 1000), picks.reshaped([320]), flat)
    let turned = back.transposed().stopGradient()
    let part = turned.sliced([
      Slice.Part(start: 3, step: 2, count: 5), Slice.Part(start: 9, step: -3, count: 4),
    ])
    let one = turned.sliced([
      Slice.Part(start: 5, step: 7, count: 1), Slice.Part(start: 0, count: 4),
    ])
    let iota = b.apply(Iota(axis: 1, TensorType(.i32, [6, 4]))).cast(to: .f32)
    let numbers: [Double] = [1, 2, 3, 4]
    let row = b.apply(
      Constant(numbers.map { Literal($0, .f32) }, TensorType(.f32, [4])))
    let joined = concatenate([part, one, iota, row.broadcast(to: [2, 4])], axis: 0)
    let windows = b.apply(
      Reduce(
        .maximum,
        AxisMap(
          [Axis("y", 5), Axis("u", 3), Axis("v", 2)], resultRank: 1,
          operands: [
            [
              AxisSum([.init(0, 2), .init(1), .init(2)], offset: 1),
              AxisSum([.init(2, -1)], offset: 3),
            ]
          ])), joined)
    b.outputs = [windows, joined.argmax()].compactMap(\.value)
    return GraphFunction(
      name: "indices", graph: b.graph, results: [.output("windows"), .output("argmax")])
  }

  private static var orders: GraphFunction {
    let b = GraphBuilder()
    let x = b.apply(Input(0, TensorType(.f32, [9, 4])))
    let place = b.apply(Input(1, TensorType(.i32, [])))
    let start = b.apply(Input(2, TensorType(.i64, [])))
    let order = b.apply(ArgSort(axis: 0, count: 3, descending: true), x)
    let top = b.apply(TakeAlongAxis(axis: 0), x, order)
    let part = b.apply(DynamicSlice([3, 4]), x, place, start)
    let moved = b.apply(DynamicUpdate(), x, part, start, place)
    let sorted = b.apply(ArgSort(axis: 1, count: 4, descending: false), [moved], results: 2)[0]
    var results = [
      b.apply(SearchSorted(.left), x, x), b.apply(Recurrence(axis: 1), x, moved), sorted,
    ]
    for rule in Scatter.Rule.allCases {
      results.append(b.apply(Scatter(rule, axis: 0), x, order, top))
    }
    for rule in Cumulative.Rule.allCases {
      results.append(b.apply(Cumulative(rule, axis: 0), x))
    }
    let op = NonMaximumSuppression(overlap: 0.5, score: -.infinity, limit: 7)
    results += b.apply(
      op, [x, x.element(0, of: 1), sorted.element(0, of: 1)], results: 2)
    let lengths = sorted.element(0, of: 1)
    results += b.apply(EditDistance(), [sorted, results[0], lengths, lengths], results: 2)
    b.outputs = results.compactMap(\.value)
    return GraphFunction(
      name: "orders", graph: b.graph, results: results.indices.map { .output("\($0)") })
  }

  private static var maps: GraphFunction {
    let b = GraphBuilder()
    let shape: Shape = [2]
    for function in ScalarFunction.allCases {
      let types: [ElementType] =
        switch function.signature {
        case .numbers(let n), .floats(let n): .init(repeating: .f32, count: n)
        case .integers(let n): .init(repeating: .i32, count: n)
        case .bits(let n): .init(repeating: .u32, count: n)
        case .logic(let n): .init(repeating: .bool, count: n)
        case .comparison: [.f64, .f64]
        case .test: [.f32]
        case .choice: [.bool, .u8, .u8]
        }
      let operands = types.map { b.constant(1, TensorType($0, shape)) }
      let result = b.apply(Map(function), operands)[0]
      b.outputs += [result.value].compactMap { $0 }
    }
    return GraphFunction(
      name: "maps", graph: b.graph,
      results: ScalarFunction.allCases.map { .output($0.rawValue) })
  }

  private static var matrices: GraphFunction {
    let b = GraphBuilder()
    let a = b.apply(Input(0, TensorType(.f32, [8, 3, 3])))
    let c = b.apply(Input(1, TensorType(.f32, [3, 5])))
    let (q, r) = a.qr()
    let (values, vectors) = a.symmetricEigen()
    let (u, s, v) = c.svd()
    b.outputs = [
      a.cholesky(), a.triangularSolve(c, upper: false), a.determinant(), a.solve(c), q, r, values,
      a.triangularSolve(vectors, upper: true, unitDiagonal: true), u, s, v, c.pseudoInverse(),
    ].compactMap(\.value)
    return GraphFunction(
      name: "matrices", graph: b.graph, results: b.outputs.indices.map { .output("\($0)") })
  }

  private static var ownGradients: GraphFunction {
    let b = GraphBuilder()
    let type = TensorType(.f32, [4])
    let (x, weight) = (b.apply(Input(0, type)), b.apply(Input(1, type)))
    let inner = GraphBuilder()
    let inputs = (0..<4).map { inner.apply(Input($0, type)) }
    inner.outputs = [inputs[2] * inputs[3]].compactMap(\.value)
    let mark = CustomGradient(values: 1, sources: 1, backward: inner.graph)
    b.outputs = [b.apply(mark, x.map(.sign), x, weight)].compactMap(\.value)
    return GraphFunction(name: "own gradients", graph: b.graph, results: [.output("sign")])
  }

  private static var kernels: GraphFunction {
    let body = GraphBuilder()
    body.name = "inside"
    let type = TensorType(.f32, [32, 128])
    let x = body.apply(Input(0, type))
    let y = body.apply(Input(1, type))
    body.outputs = [x * y, x + y].compactMap(\.value)
    let b = GraphBuilder()
    let outer = b.apply(Input(0, type))
    let kernel = KernelOp(name: "product and sum", body: body.graph)
    let both = b.apply(kernel, [outer, outer], results: 2)
    let quiet = b.apply(KernelOp(name: "quiet", body: Graph()), [], results: 0)
    precondition(quiet.isEmpty)
    b.outputs = both.compactMap(\.value)
    return GraphFunction(
      name: "kernels", graph: b.graph, results: [.output("product"), .output("sum")])
  }

  /// A loop in a loop, a loop that ends by itself, and a branch.
  private static var control: GraphFunction {
    let b = GraphBuilder()
    let type = TensorType(.f32, [8])
    let x = b.apply(Input(0, type))
    let rows = b.apply(Input(1, TensorType(.f32, [4, 8])))
    func scan(_ start: Tensor, _ body: @escaping (Tensor, Tensor) -> Tensor) -> [Tensor] {
      let inputs = [Scan.step, type, type].map { (name: String?.none, type: $0) }
      let b = start.builder
      guard let region = b.region(inputs, { _, x in [body(x[1], x[2]), x[2]] }) else { return [] }
      let op = Scan(
        length: 4, carries: 1, slices: 1, isReversed: true, memory: .carries, body: region.graph)
      return b.apply(op, [start, rows] + region.captures, results: 2)
    }
    let nested = scan(x) { carry, slice in scan(carry) { $0 * slice + $1 }[0] }
    let tests = [
      b.region([(nil, type)]) { _, x in [x[0].sum() .< 100] },
      b.region([(nil, type)]) { _, x in [x[0] + nested[0]] },
    ].compactMap { $0 }
    let (graphs, captures) = unify(tests, shared: [type])
    let loop = While(carries: 1, condition: graphs[0], body: graphs[1])
    let last = b.apply(loop, [x] + captures, results: 1)
    let arms = [
      b.region([]) { _, _ in [last[0] * 2] }, b.region([]) { _, _ in [x] },
    ].compactMap { $0 }
    let (branches, used) = unify(arms, shared: [])
    let chosen = b.apply(
      Cond(then: branches[0], otherwise: branches[1]), [x.sum() .> 0] + used, results: 1)
    b.outputs = [nested[1].value, chosen[0].value].compactMap { $0 }
    return GraphFunction(
      name: "control", graph: b.graph, results: [.output("slices"), .output("chosen")])
  }

  /// Values at the edges of each element type.
  static var literals: GraphProgram {
    var program = GraphProgram(name: "literals", source: "literals.swift")
    let floats: [Double] = [
      .nan, -.nan, .infinity, -.infinity, 0, -0.0, 0.1, 1e-45, 3.4028234663852886e38, 16_777_217,
      .leastNonzeroMagnitude, .pi, 1e21, -1e-7,
    ]
    let integers: [Int64] = [0, 1, -1, 127, -128, 255, .max, .min]
    let b = GraphBuilder()
    for element in ElementType.allCases {
      let values =
        element.isFloat
        ? floats.map { Literal($0, element) } : integers.map { Literal($0, element) }
      b.outputs += [
        b.apply(Constant(values, TensorType(element, [values.count]))).value
      ].compactMap { $0 }
    }
    program.functions = [
      GraphFunction(
        name: "constants", graph: b.graph,
        results: ElementType.allCases.map { .output($0.rawValue) })
    ]
    program.settings = [
      Setting(name: "a", value: -0.0, help: ""), Setting(name: "b", value: .infinity, help: ""),
      Setting(name: "c", value: 1e-300, help: ""),
    ]
    let kinds: [(Setting.Kind, ElementType)] = [
      (.integer, .i32), (.isOn, .bool), (.choice(["mlp", "c\"nn"]), .i32),
    ]
    for (i, (kind, element)) in kinds.enumerated() {
      program.settings.append(Setting(name: "k\(i)", value: 1, help: "", kind: kind))
      _ = program.states.append(
        State(name: "k\(i)", type: TensorType(element, []), role: .setting, site: nil))
    }
    program.namings = [
      Naming(function: "look", output: "shares", field: "label"),
      Naming(function: "constants", output: "i32", separator: ", ", names: ["a", "b \"c\""]),
      Naming(function: "constants", output: "u8"),
    ]
    for setting in program.settings where setting.kind == .number {
      let type = TensorType(.f64, [])
      _ = program.states.append(State(name: setting.name, type: type, role: .setting, site: nil))
    }
    return program
  }

  /// Names that need quotes or escapes, places in files with odd names.
  static var names: GraphProgram {
    let odd = [
      "größe", "日本語", "a \"quoted\" name", "back\\slash", "two\nlines", "tab\t\r\u{1b}[0m", "// no",
      "", "{", "}", "return", "%3", "at x:1:2", "e\u{301}", "👩‍👩‍👧", "a,b", "7", ".",
    ]
    var program = GraphProgram(name: odd[2], source: "my \"model\".swift")
    for (i, name) in odd.enumerated() {
      let site = program.sites.append(Site(file: name, line: i, column: -1))
      _ = program.states.append(
        State(
          name: name, type: TensorType(.f32, []), role: .setting, aliases: [name + "2", ","],
          site: site))
      let body = Graph()
      let b = GraphBuilder()
      b.name = name
      b.site = { site }
      _ = b.apply(KernelOp(name: name, body: body), [], results: 0)
      let x = b.constant(1, TensorType(.f32, []))
      b.outputs = [x.value, x.value].compactMap { $0 }
      program.functions.append(
        GraphFunction(name: name, graph: b.graph, results: [.output(name), .probe(name)]))
      program.settings.append(Setting(name: name, value: 1, help: name))
    }
    program.phases = oddPhases
    return program
  }

  /// A table of places that text alone would number differently: out of order, unused, twice.
  static var scatteredSites: GraphProgram {
    var program = GraphProgram(name: "sites", source: "model.swift")
    var sites: [SiteID] = []
    for line in [9, 8, 7, 9, 6] {
      sites.append(program.sites.append(Site(file: "model.swift", line: line, column: 3)))
    }
    sites.append(program.sites.append(Site(file: "layers/my net.swift", line: 1, column: 1)))
    for line in 100..<140 {
      _ = program.sites.append(Site(file: "model.swift", line: line, column: 3))
    }
    var graph = Graph()
    let type = TensorType(.f32, [])
    for site in [2, 0, 3, 5, 1] {
      _ = graph.append(
        Node(
          Constant([Literal(0.5, .f32)], type), [], types: [type], name: nil,
          site: sites[site]))
    }
    program.functions = [GraphFunction(name: "f", graph: graph, results: [])]
    return program
  }
}

/// Phases with values of every kind, some of which make no sense.
private var oddPhases: [Phase] {
  var field = ExampleField("a \"b\"/\u{e9}")
  field.source = "c,\"d\""
  field.kind = "category"
  field.classes = ["", "\n"]
  field.missing = "-1"
  (field.length, field.stride, field.ahead) = (24, -1, 3)
  var set = ExampleSet(format: "npy", path: "a \"b\"/\u{e9}", fields: [field, ExampleField("x")])
  (set.name, set.validation, set.test) = ("other", "v", "t")
  (set.stratified, set.chosen, set.chosenValues) = ("x", "x", [0, -1.5, 1e9])
  var first = Phase("first", epochs: 0)
  first.sets = [set, ExampleSet(format: "csv", path: "", fields: [])]
  (first.batch, first.steps, first.validation, first.test) = (-1, 7, 1e-9, 0.5)
  (first.best, first.isBestLargest, first.patience, first.mostHeldOut) = ("accuracy", true, 3, 9)
  var second = Phase("", epochs: 4)
  (second.steps, second.evaluationSteps, second.best) = (25, 5, "loss")
  second.prepares = true
  return [first, second]
}
