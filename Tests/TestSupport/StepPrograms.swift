package import LoopIR
internal import Support

extension LoopProgram {
  /// Loops and branches among the steps of functions, by hand.
  package static let walks: LoopProgram = {
    var kernels = DenseMap<KernelID, Kernel>()
    for kernel in [Kernel.cell, .fold, .isBelow, .twice, .negate] { _ = kernels.append(kernel) }
    return LoopProgram(
      name: "walks", source: "walks.swift",
      states: [StateSlot(array("any", [], .bool), role: .counter)],
      constants: [
        ConstantArray(array("zeros", [4]), values: Array(repeating: Literal(0.0, .f32), count: 4))
      ],
      kernels: kernels, functions: [scan, until, choose, nested], settings: [],
      arenaBytes: 64, arenaLowerBound: 64)
  }()

  private static func array(
    _ name: String, _ shape: [Int], _ type: ElementType = .f32
  ) -> ArrayDeclaration {
    ArrayDeclaration(name: name, type: type, shape: shape)
  }

  private static func call(_ kernel: Int, _ operands: Operand...) -> Step {
    .call(KernelID(index: kernel), operands)
  }

  // There and back: two slots for what a pass leaves to the next.
  private static let scan: LoopFunction = {
    let (t, back) = (Variable(id: 0, name: "t", extent: 9), Variable(id: 1, name: "t", extent: 9))
    func slot(_ pass: Index) -> Operand {
      .element(.temporary(0), pass.divided(by: 2).remainder)
    }
    return LoopFunction(
      name: "scan", inputs: [array("first", [4]), array("xs", [9, 4])],
      outputs: [array("hs", [9, 4]), array("last", [4]), array("sum", [4])],
      temporaries: [Temporary(array("h", [2, 4]), offset: 0, life: 0...4)],
      steps: [
        .copy(from: .input(0), to: .element(.temporary(0), Index(1))),
        .loop(
          t,
          [
            call(
              0, slot(Index(t) + 1), .element(.input(1), Index(t)), .index(Index(t)),
              slot(Index(t))),
            .copy(from: slot(Index(t)), to: .element(.output(0), Index(t))),
          ]),
        .copy(from: slot(Index(8)), to: .output(1)),
        .copy(from: .input(0), to: .output(2)),
        .loop(back, [call(1, .output(2), .element(.output(0), Index(8) - Index(back)))]),
      ], summary: "Scans there and back.")
  }()

  private static let until = LoopFunction(
    name: "until", inputs: [array("x", [4]), array("limit", [])], outputs: [array("y", [4])],
    temporaries: [Temporary(array("goes_on", [], .bool), offset: 0, life: 1...2)],
    steps: [
      .copy(from: .input(0), to: .output(0)),
      .whileLoop(
        condition: [call(2, .output(0), .input(1), .temporary(0))], predicate: .temporary(0),
        body: [.probe("y", .output(0)), call(3, .output(0))]),
    ], summary: "Doubles until the sum reaches a limit.")

  private static let choose: LoopFunction = {
    let i = Variable(id: 0, name: "i", extent: 3)
    func part(_ array: Operand) -> Operand { .element(array, Index(i)) }
    return LoopFunction(
      name: "choose",
      inputs: [array("flags", [3], .bool), array("flag", [], .bool), array("xs", [3, 4])],
      outputs: [array("ys", [3, 4]), array("z", [4])], temporaries: [],
      steps: [
        .loop(
          i,
          [
            .branch(
              predicate: part(.input(0)),
              then: [
                .copy(from: part(.input(2)), to: part(.output(0))), call(3, part(.output(0))),
              ],
              otherwise: [call(4, part(.input(2)), part(.output(0)))])
          ]),
        .copy(from: .input(1), to: .state(0)),
        .fill(Literal(1.5, .f32), .output(1)),
        .copy(from: .constant(0), to: .output(1)),
        .branch(
          predicate: .state(0), then: [],
          otherwise: [call(4, .element(.input(2), Index(2)), .output(1))]),
        .branch(predicate: .input(1), then: [call(3, .output(1))], otherwise: []),
      ], summary: "Doubles or negates rows.")
  }()

  // Loops of the same name, and one of a single pass; an array under another shape.
  private static let nested: LoopFunction = {
    let (s, t) = (Variable(id: 0, name: "s", extent: 3), Variable(id: 1, name: "s", extent: 5))
    let once = Variable(id: 2, name: "k", extent: 1)
    let x = Operand.element(.element(.shaped(.input(0), [3, 5, 4]), Index(s)), Index(t))
    return LoopFunction(
      name: "nested", inputs: [array("xs", [15, 4])], outputs: [array("ys", [3, 4])],
      temporaries: [Temporary(array("y", [4]), offset: 0, life: 1...5)],
      steps: [
        .loop(
          s,
          [
            .fill(Literal(0.0, .f32), .temporary(0)),
            .loop(t, [call(1, .becoming(.temporary(0), "folded"), x)]),
            .loop(
              once,
              [
                .copy(from: .named(.temporary(0), "folded"), to: .element(.output(0), Index(s)))
              ]),
          ])
      ], summary: "Folds each row.")
  }()
}

extension Kernel {
  fileprivate static let fold: Kernel = {
    var d = Declarations()
    let i = d.variable("i", 4)
    let (y, x) = (d.buffer("y", [4]), d.buffer("x", [4]))
    let value = number(0.5) * y[i] + x[i]
    return Kernel(
      name: "fold", parameters: [.init(y, .readWrite), .init(x, .read)],
      definitions: [Definition(.buffer(y, [Index(i)]), value)],
      body: [i.loop(y.set(i, to: value))], origins: ["walks.swift:2"])
  }()

  fileprivate static let isBelow: Kernel = {
    var d = Declarations()
    let i = d.variable("i", 4)
    let (x, limit, y) = (d.buffer("x", [4]), d.buffer("limit", []), d.buffer("below", [], .bool))
    let sum = d.local("sum")
    return Kernel(
      name: "is_below", parameters: [.init(x, .read), .init(limit, .read), .init(y, .write)],
      definitions: [
        Definition(.buffer(y, []), .apply(.less, [.reduce(.sum, [i], x[i]), limit.value]))
      ],
      body: [
        .variable(sum, number(0)), i.loop(.assign(sum, .local(sum) + x[i])),
        .store(y, [], .apply(.less, [.local(sum), limit.value])),
      ], origins: ["walks.swift:3"])
  }()

  fileprivate static let twice: Kernel = {
    var d = Declarations()
    let i = d.variable("i", 4)
    let x = d.buffer("x", [4])
    return Kernel(
      name: "twice", parameters: [.init(x, .readWrite)],
      definitions: [Definition(.buffer(x, [Index(i)]), x[i] + x[i])],
      body: [i.loop(x.set(i, to: x[i] + x[i]))], origins: ["walks.swift:4"])
  }()

  fileprivate static let negate: Kernel = {
    var d = Declarations()
    let i = d.variable("i", 4)
    let (x, y) = (d.buffer("x", [4]), d.buffer("y", [4]))
    return Kernel(
      name: "negate", parameters: [.init(x, .read), .init(y, .write)],
      definitions: [Definition(.buffer(y, [Index(i)]), .apply(.negate, [x[i]]))],
      body: [i.loop(y.set(i, to: .apply(.negate, [x[i]])))], origins: ["walks.swift:5"])
  }()
}

extension Kernel {
  // One pass of a loop, which knows its number.
  fileprivate static let cell: Kernel = {
    var d = Declarations()
    let i = d.variable("i", 4)
    let (h, x, t) = (d.buffer("h", [4]), d.buffer("x", [4]), d.buffer("t", [], .i32))
    let y = d.buffer("h_next", [4])
    let value = number(0.5) * h[i] + x[i] * .cast(t.value, .f32)
    return Kernel(
      name: "cell",
      parameters: [.init(h, .read), .init(x, .read), .init(t, .read), .init(y, .write)],
      definitions: [Definition(.buffer(y, [Index(i)]), value)],
      body: [i.loop(y.set(i, to: value))], origins: ["walks.swift:1"])
  }()
}
