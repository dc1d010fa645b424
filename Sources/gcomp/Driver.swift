internal import CBackend
internal import Foundation
internal import GraphIR
internal import LoopIR
internal import Support

/// Carries out the command line.
struct Driver {
  private let arguments: Arguments
  private let console: Console
  private let cache = Cache()
  private let clock = Stopwatch()
  private let installation: Installation
  private let pipeline: Pipeline

  init(_ arguments: Arguments, _ console: Console) throws {
    self.arguments = arguments
    self.console = console
    installation = try Installation()
    pipeline = Pipeline(arguments: arguments, console: console, clock: clock)
  }

  /// Runs the command.
  func run() throws {
    // Compiled code may crash, so it runs in a separate process.
    if [.verify, .explain].contains(arguments.command), !VerifyWorker.isWorker {
      return try VerifyWorker.run(arguments, console)
    }
    if arguments.command == .sweep { return try sweep() }
    let programs = try loader.load(arguments.model, arguments.options)
    clock.lap("load")
    try checkNames(programs)
    switch arguments.command {
    case .check: for program in programs { try check(program) }
    case .summary: for program in programs { try summarise(program) }
    case .options: try listOptions(programs)
    case .build: for program in programs { try build(program) }
    case .train: try build(programs, thenRun: "train")
    case .infer: try build(programs, thenRun: "infer")
    case .verify: try verify(programs)
    case .explain: try explain(programs)
    case .sweep: break
    }
    if arguments.timesPasses { console.message(clock.table) }
  }

  private var loader: ModelLoader {
    ModelLoader(
      console: console, cache: cache, installation: installation, keepsOutput: showsResults,
      seconds: arguments.timeLimit)
  }

  // Trains with many settings. The first ones show what the model is.
  private func sweep() throws {
    let plan = try SweepPlan(arguments)
    let first = plan.options(of: plan.space.dimensions.map(\.first))
    let program = try only(try loader.load(arguments.model, first))
    try plan.check(program.options)
    var sweep = try Sweep(arguments, console, plan, program)
    try sweep.run()
  }

  /// Builds the programs of the one model of a file; objects of the runtime may be those of another
  /// folder.
  func built(like other: OutputFolder?) throws -> OutputFolder {
    let program = try only(try loader.load(arguments.model, arguments.options))
    let output = try write(
      try pipeline.lowered(pipeline.optimised(program)), of: program, showing: false, like: other)
    try compile(output)
    return output
  }

  // The model, if it is one.
  private func only(_ programs: [GraphProgram]) throws -> GraphProgram {
    try checkNames(programs)
    guard programs.count == 1, let program = programs.first else {
      let names = programs.map(\.name).joined(separator: ", ")
      throw Failure(
        "'\(arguments.model)' has several models: \(names)",
        hints: ["build them with 'gcomp \(arguments.model)' and run one of the programs"])
    }
    return program
  }

  // True iff our standard output is for text that someone may read on.
  private var showsResults: Bool {
    [.summary, .options, .verify, .explain].contains(arguments.command) || arguments.stage != nil
      || arguments.stopAfter != nil || !arguments.dumpAfter.isEmpty || arguments.dumpsSchedules
  }

  private func check(_ program: GraphProgram) throws {
    if let fused = fused(program) { _ = try pipeline.lowered(fused) }
    console.note("'\(program.name)' is well-formed")
  }

  private func summarise(_ program: GraphProgram) throws {
    guard let fused = fused(program) else { return }
    console.result(Summary(fused, try pipeline.lowered(fused)).text)
  }

  // The options are those of the file, whichever of its models uses them.
  private func listOptions(_ programs: [GraphProgram]) throws {
    let options = programs.first?.options ?? []
    if options.isEmpty {
      return console.note(
        "'\(arguments.model)' has no options; a model declares one so: "
          + "let hidden = option(\"hidden\", 64)")
    }
    console.result(OptionTable(options: options).text)
  }

  // Builds the programs for checks and runs these in another process.
  private func verify(_ programs: [GraphProgram]) throws {
    let home = try installation.home()
    let choice = CompilerChoice(
      cache: cache, console: console, target: arguments.target, home: home, output: nil)
    let compiler = try choice.compiler(arguments.compiler)
    var failed: [String] = []
    for program in programs {
      guard let fused = fused(program) else { return }
      let build = VerifyBuild(
        compiler: compiler, target: arguments.target, cache: cache, home: home)
      let verification = Verification(
        graph: pipeline.meaning(of: program), loops: try pipeline.lowered(fused),
        ranges: pipeline.ranges(of: program), options: arguments.verification, console: console)
      let libraries = try build.libraries(verification.loops, pipeline)
      clock.lap("make")
      if try !verification.run(libraries) { failed.append(program.name) }
      clock.lap("verify")
    }
    if failed.isEmpty { return }
    throw Failure(
      "results of '\(failed.joined(separator: "', '"))' are out of bounds",
      hints: ["try another compiler with --cc; please report what was found"])
  }

  // Runs the step of a training that failed, operation by operation.
  private func explain(_ programs: [GraphProgram]) throws {
    let step = try FailedStep(run: URL(filePath: arguments.run))
    guard let program = programs.first(where: { cModelName($0.name) == step.model }) else {
      let names = programs.map { cModelName($0.name) }.joined(separator: ", ")
      throw Failure("'\(arguments.run)' is a run of '\(step.model)'; the model here is \(names)")
    }
    let home = try installation.home()
    let choice = CompilerChoice(
      cache: cache, console: console, target: arguments.target, home: home, output: nil)
    let build = VerifyBuild(
      compiler: try choice.compiler(arguments.compiler), target: arguments.target, cache: cache,
      home: home)
    let loops = pipeline.separated(program)
    let library = try build.traced(loops, pipeline)
    clock.lap("make")
    console.result(try Explanation(loops: loops, step: step).text(library))
    clock.lap("explain")
  }

  // Builds the programs; then runs one of them, if the command is `train` or `infer`.
  private func build(_ program: GraphProgram) throws {
    if let stage = arguments.stage, stage != .c { return try show(stage, of: program) }
    guard let fused = fused(program) else { return }
    let output = try write(
      try pipeline.lowered(fused), of: program, showing: arguments.stage == .c)
    guard arguments.stage == nil else { return }
    try compile(output)
  }

  private func build(_ programs: [GraphProgram], thenRun kind: String) throws {
    let program = try only(programs)
    guard let fused = fused(program) else { return }
    let output = try write(try pipeline.lowered(fused), of: program, showing: false)
    try compile(output)
    let name = "\(output.name)-\(kind)"
    guard output.programs.contains(name) else {
      throw Failure("'\(program.name)' does not learn; declare how with 'train'")
    }
    if arguments.timesPasses { console.message(clock.table) }
    // What the train program runs when its numbers are not finite.
    let words =
      [Bundle.main.executablePath ?? "gcomp", "explain", arguments.model]
      + arguments.options.flatMap { ["--set", $0.line] }
    setenv("GCOMP_EXPLAIN", words.map(\.asShellWord).joined(separator: " "), 1)
    try Subprocess.replace(by: output.folder.appending(path: name).path, arguments.programArguments)
  }
}

// Steps.
extension Driver {
  // The program as kernels; nil after showing the program at the pass to stop after.
  private func fused(_ program: GraphProgram) -> GraphProgram? {
    let result = pipeline.optimised(program)
    guard let last = arguments.stopAfter else { return result }
    if let loops = pipeline.loops(of: result, after: last) {
      console.result(loops)
    } else if !arguments.dumpAfter.contains(last) {
      console.result(printProgram(result))
    }
    return nil
  }

  // Shows a stage of a program, or writes it to a file.
  private func show(_ stage: Arguments.Stage, of program: GraphProgram) throws {
    var files: [(name: String, text: String)] = []
    let name = cModelName(program.name)
    switch stage {
    case .graph: files = [("\(name).gir", printProgram(program))]
    case .dot:
      guard let result = fused(program) else { return }
      files = result.functions.map { ("\(name).\(cIdentifier($0.name)).dot", printDot($0)) }
    case .fused:
      guard let result = fused(program) else { return }
      files = [("\(name).fused.gir", printProgram(result))]
    case .loops:
      guard let result = fused(program) else { return }
      files = [("\(name).loops", LoopPrinter.print(try pipeline.lowered(result)))]
    case .memory:
      guard let result = fused(program) else { return }
      files = [("\(name).memory", MemoryMap(try pipeline.lowered(result)).text)]
    case .memoryMap:
      guard let result = fused(program) else { return }
      files = [("\(name).memory.svg", MemoryPicture(try pipeline.lowered(result)).text)]
    case .c: return
    }
    for file in files {
      if let folder = arguments.output {
        try Files.write(file.text, to: URL(filePath: folder).appending(path: file.name))
        console.note("wrote \(folder)/\(file.name)")
      } else {
        console.result(file.text)
      }
    }
  }

  private func write(
    _ loops: LoopProgram, of program: GraphProgram, showing: Bool, like other: OutputFolder? = nil
  ) throws -> OutputFolder {
    let name = cModelName(loops.name)
    let base = arguments.output ?? "build"
    let folder = URL(filePath: base).appending(path: name)
    let home = try installation.home()
    let files = try pipeline.emitted(
      loops, of: program, templates: home.appending(path: "templates"),
      model: URL(filePath: ModelSource.file(of: arguments.model)), folder: folder)
    let output = OutputFolder(folder: folder, name: name)
    if let other { try output.takeRuntime(of: other) }
    try output.write(files, runtime: home.appending(path: "Runtime"))
    clock.lap("write")
    let state = loops.memoryBytes - loops.arenaBytes
    console.note(
      "\(loops.name): \(state.asBytes) of state, \(loops.arenaBytes.asBytes) of working memory "
        + "(at least \(loops.arenaLowerBound.asBytes) needed)")
    if showing { console.note("wrote \(base)/\(name)") }
    return output
  }

  // Builds the programs of a folder with the chosen compiler, and says what was built.
  private func compile(_ output: OutputFolder) throws {
    let choice = CompilerChoice(
      cache: cache, console: console, target: arguments.target, isQuick: arguments.isQuick,
      home: try installation.home(), output: output)
    let compiler = try choice.compiler(arguments.compiler)
    try output.build(compiler, arguments.target, choice.objects(compiler))
    clock.lap("make")
    for program in output.programs {
      console.note("built \(output.folder.relativePath)/\(program)")
    }
  }

  // Each model has a folder of its own.
  private func checkNames(_ programs: [GraphProgram]) throws {
    var known: [String: String] = [:]
    for program in programs {
      let name = cModelName(program.name)
      // File names contain it, with a prefix and a suffix.
      guard name.utf8.count <= 200 else {
        throw Failure("the name of a model has at most 200 characters; '\(program.name)' has more")
      }
      if let other = known[name] {
        throw Failure(
          "the models '\(other)' and '\(program.name)' would both be called '\(name)' in C")
      }
      known[name] = program.name
    }
  }
}
