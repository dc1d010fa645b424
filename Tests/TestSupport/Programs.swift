package import LoopIR
internal import Support

extension LoopProgram {
  /// A program with one function for each kernel, of its name; what a kernel reads and writes is
  /// copied from an input to an output.
  package static func running(_ kernels: [Kernel], name: String) -> LoopProgram {
    var table = DenseMap<KernelID, Kernel>()
    var functions: [LoopFunction] = []
    for kernel in kernels {
      let id = table.append(kernel)
      var function = LoopFunction(
        name: "run_" + kernel.name, inputs: [], outputs: [], temporaries: [], steps: [],
        summary: "Calls \(kernel.name).")
      var operands: [Operand] = []
      for parameter in kernel.parameters {
        let buffer = parameter.buffer
        let array = ArrayDeclaration(name: buffer.name, type: buffer.type, shape: buffer.shape)
        if parameter.access == .scratch {
          operands.append(.temporary(function.temporaries.count))
          function.temporaries.append(Temporary(array, offset: 0, life: 0...0))
          continue
        }
        if parameter.access != .write { function.inputs.append(array) }
        if parameter.access == .read {
          operands.append(.input(function.inputs.count - 1))
          continue
        }
        operands.append(.output(function.outputs.count))
        if parameter.access == .readWrite {
          function.steps.append(
            .copy(from: .input(function.inputs.count - 1), to: .output(function.outputs.count)))
        }
        function.outputs.append(array)
      }
      function.steps.append(.call(id, operands))
      functions.append(function)
    }
    return LoopProgram(
      name: name, source: "kernels.swift", states: [], constants: [], kernels: table,
      functions: functions, settings: [], arenaBytes: 0, arenaLowerBound: 0)
  }

  /// A small model with everything that a program can have.
  package static let tiny: LoopProgram = {
    func array(_ name: String, _ shape: [Int], _ type: ElementType = .f32) -> ArrayDeclaration {
      ArrayDeclaration(name: name, type: type, shape: shape)
    }
    var kernels = DenseMap<KernelID, Kernel>()
    let linear = kernels.append(Kernels.linearRelu)
    let square = kernels.append(Kernels.meanSquare(20))
    let update = kernels.append(Kernels.update)
    let x = array("x", [4, 6])
    let (h, loss) = (array("h1", [4, 5]), array("loss", []))
    return LoopProgram(
      name: "tiny", source: "tiny.swift",
      states: [
        StateSlot(array("features.0.weight", [5, 6]), role: .parameter),
        StateSlot(array("features.0.bias", [5]), role: .parameter, aliases: ["head.bias", "b"]),
        StateSlot(array("features.0.weight.momentum", [5, 6]), role: .optimizer),
        StateSlot(array("step", [], .i64), role: .counter),
        StateSlot(array("rate", []), role: .setting),
      ],
      constants: [
        ConstantArray(
          array("ones", [5, 6]), values: Array(repeating: Literal(1.0, .f32), count: 30))
      ],
      kernels: kernels,
      functions: [
        LoopFunction(
          name: "init", kind: .initialise, inputs: [array("seed", [], .u64)], outputs: [],
          temporaries: [], steps: [.copy(from: .constant(0), to: .state(0))],
          summary: "Sets every state."),
        LoopFunction(
          name: "train_step", kind: .trainStep, inputs: [x], outputs: [loss],
          temporaries: [Temporary(h, offset: 64, life: 1...3)],
          steps: [
            .call(linear, [.input(0), .state(0), .state(1), .temporary(0)]),
            .probe("h1", .temporary(0)),
            .call(square, [.temporary(0), .output(0)]),
            .call(update, [.state(0), .state(2), .constant(0), .state(4), .state(3)]),
          ], summary: "Takes one step of training."),
        LoopFunction(
          name: "infer", inputs: [x], outputs: [h], temporaries: [],
          steps: [.call(linear, [.input(0), .state(0), .state(1), .output(0)])],
          summary: "Applies the model."),
      ],
      settings: [Setting(name: "rate", value: 0.01, help: "the learning rate")],
      phases: [.ofFolder("data/tiny", batch: 4, epochs: 3, validation: 0.1)], arenaBytes: 192,
      arenaLowerBound: 80)
  }()
}

extension Kernels {
  /// The mean of the squares of so many numbers.
  package static func meanSquare(_ count: Int) -> Kernel {
    var d = Declarations()
    let i = d.variable("i", count)
    let (x, loss, sum) = (d.buffer("x", [count]), d.buffer("loss", []), d.local("sum"))
    return Kernel(
      name: "mean_square", parameters: [.init(x, .read), .init(loss, .write)],
      definitions: [
        Definition(.buffer(loss, []), .reduce(.sum, [i], x[i] * x[i]) / number(Double(count)))
      ],
      body: [
        .variable(sum, number(0)), i.loop(.assign(sum, .local(sum) + x[i] * x[i])),
        .store(loss, [], .local(sum) / number(Double(count))),
      ], origins: ["tiny.swift:7"])
  }
}

extension Phase {
  /// The only phase of a model, on the npy files of a folder.
  package static func ofFolder(
    _ path: String, _ inputs: [String] = ["x"], batch: Int, epochs: Int, validation: Double
  ) -> Phase {
    var phase = Phase("", epochs: epochs)
    phase.sets = [
      ExampleSet(format: "npy", path: path, fields: inputs.map { ExampleField($0) })
    ]
    phase.batch = batch
    phase.validation = validation
    return phase
  }
}
