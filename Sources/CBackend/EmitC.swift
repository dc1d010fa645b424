package import LoopIR
internal import Support

/// Returns the C files of a program, by name; `templates` holds the files of `templates/`.
///
/// The runtime is not among them: it is copied to `runtime/` beside them. A profiled program
/// records how long each kernel takes; a traced one is for checks.
package func emitC(
  _ program: LoopProgram, templates: [String: String],
  ranges: [String: [String: IntegerRange]] = [:], isProfiled: Bool = false, trace: CTrace? = nil
) throws(Template.Mistake) -> [String: String] {
  let names = ProgramNames(program, isProfiled: isProfiled, trace: trace)
  let model = names.model
  let isTrained = !program.phases.isEmpty
  func fill(_ name: String, _ values: [String: String]) throws(Template.Mistake) -> String {
    guard let text = templates[name] else { throw .missing(template: name) }
    return try Template(name: name, text: text).filled(values)
  }
  var files: [String: String] = [:]
  files["\(model).h"] = try fill("model.h", headerValues(program, names))
  files["\(model).c"] = try fill("model.c", sourceValues(program, names, ranges))
  files["\(model)_processors.c"] = try fill("processors.c", processorValues(program, names))
  files["\(model)_library.c"] = try fill(
    "library.c", ["model": model, "source": commentText(program.source)])
  files["\(model)_infer.c"] = try fill("infer_main.c", ["model": model])
  if isTrained { files["\(model)_train.c"] = try fill("train_main.c", ["model": model]) }
  let programs = (isTrained ? "\(model)-train " : "") + "\(model)-infer"
  files["Makefile"] = try fill("Makefile", ["model": model, "programs": programs])
  files["\(model).pc.in"] = try fill(
    "model.pc.in",
    ["model": model, "source": program.source, "version": version])
  return files
}

/// The version that emitted models give.
private let version = "1.0"

// The values of the holes in `templates/model.h`.
private func headerValues(_ program: LoopProgram, _ names: ProgramNames) -> [String: String] {
  var writer = IndentedWriter()
  for number in program.functions.indices where !program.functions[number].isPreparation {
    let function = CFunction(number, of: program, names)
    if number > 0 { writer.line() }
    for line in function.documentation { writer.line(line) }
    writer.write(function.signature(end: ";"))
  }
  return [
    "model": names.model, "MODEL": names.model.uppercased(),
    "source": commentText(program.source), "functions": body(writer),
  ]
}

// The values of the holes in `templates/processors.c`.
private func processorValues(_ program: LoopProgram, _ names: ProgramNames) -> [String: String] {
  var renamed = IndentedWriter()
  var callers = IndentedWriter()
  for number in program.functions.indices where !program.functions[number].isPreparation {
    let function = CFunction(number, of: program, names)
    let name = names.functions[number]
    renamed.line("#define \(name) RT_NAME_FOR(RT_PROCESSOR, \(name))")
    if number > 0 { callers.line() }
    function.writeCaller(to: &callers)
  }
  return [
    "model": names.model, "source": commentText(program.source), "renamed": body(renamed),
    "callers": body(callers),
  ]
}

// The values of the holes in `templates/model.c`.
private func sourceValues(
  _ program: LoopProgram, _ names: ProgramNames, _ ranges: [String: [String: IntegerRange]]
) -> [String: String] {
  let memory = CMemory(program, names)
  let tables = CDescription(program, names, ranges)
  return [
    "model": names.model, "source": commentText(program.source),
    "tables": memory.tables, "state": memory.stateBlock, "block": memory.modelBlock,
    "constants": constants(program, names), "kernels": kernels(program, names),
    "includes": includes(isProfiled: names.profile != nil),
    "profiled": profileTable(names),
    "making": memory.making, "functions": functions(program, names),
    "description": description(tables), "version": version,
    "fields": memory.descriptionFields + tables.rangeFields,
  ]
}

// The text without the newline that the template has.
private func body(_ writer: IndentedWriter) -> String {
  var text = writer.text
  while text.hasSuffix("\n") { text.removeLast() }
  return text
}

// The headers of the runtime that the model needs.
private func includes(isProfiled: Bool) -> String {
  "#include \"runtime/runtime.h\"" + (isProfiled ? "\n#include \"runtime/program/profile.h\"" : "")
}

// The arrays of fixed values.
private func constants(_ program: LoopProgram, _ names: ProgramNames) -> String {
  var writer = IndentedWriter()
  for n in program.usedConstants.sorted() {
    let constant = program.constants[n]
    let type = constant.array.type
    let values = constant.values.map { CText.word($0.stored) }
    writer.write(
      .row([
        .word("static const \(type.cStorage) \(names.constants[n])[\(max(values.count, 1))] = "),
        .list("{", values.isEmpty ? [.word("0")] : values, "};"),
      ]))
  }
  return body(writer)
}

private func kernels(_ program: LoopProgram, _ names: ProgramNames) -> String {
  var writer = IndentedWriter()
  for n in program.usedKernels.sorted() {
    CKernel.write(program.kernels[KernelID(index: n)], as: names.kernels[n], to: &writer)
    writer.line()
  }
  return body(writer)
}

// The functions of the model, with their static helpers.
private func functions(_ program: LoopProgram, _ names: ProgramNames) -> String {
  var writer = IndentedWriter()
  // The preparation first, as others call it.
  let all = program.functions.indices
  let order =
    all.filter { program.functions[$0].isPreparation }
    + all.filter { !program.functions[$0].isPreparation }
  for number in order {
    if number != order.first { writer.line() }
    CFunction(number, of: program, names).write(to: &writer)
  }
  names.trace?.write(program, names, to: &writer)
  return body(writer)
}

private func profileTable(_ names: ProgramNames) -> String {
  var writer = IndentedWriter()
  names.profile?.writeTable(to: &writer)
  return body(writer)
}

private func description(_ tables: CDescription) -> String {
  var writer = IndentedWriter()
  tables.write(to: &writer)
  return body(writer)
}
