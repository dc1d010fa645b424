internal import LoopIR
internal import Support

/// What a program shows to a checker of its kernels.
package enum CTrace: Sendable {
  /// Each call of a kernel, as `Runtime/model/trace.h` says. The kernels are called where they are
  /// called in the programs of users, so a compiler treats them alike.
  case calls
  /// The kernels themselves: they can be called with any arrays, by their numbers.
  case kernels

  /// What the names of the functions for it end with.
  var names: [String] {
    switch self {
    case .calls: ["trace"]
    case .kernels: ["run_kernel"]
    }
  }

  /// The members of the struct that is the model.
  var members: [String] {
    switch self {
    case .calls: ["  const rt_trace *trace;"]
    case .kernels: []
    }
  }

  /// Returns a call of a kernel as a statement of C that is shown; `model` is the pointer to the
  /// model.
  static func traced(
    _ call: CText, _ kernel: KernelID, _ arrays: [CText], model: String
  ) -> CText {
    .list(
      "RT_TRACED(", [.word("\(model)->trace"), .word("\(kernel.index)"), call] + arrays, ");")
  }

  /// Writes the function that connects a checker with the program.
  func write(_ program: LoopProgram, _ names: ProgramNames, to writer: inout IndentedWriter) {
    writer.line()
    let name = "\(names.model)_\(self.names[0])"
    switch self {
    case .calls:
      writer.line("// Shows all calls of kernels to `trace` from now on.")
      writer.line(
        "void \(name)(\(names.model)_t *m, const rt_trace *trace) { m->trace = trace; }")
    case .kernels:
      writer.line("// Runs the kernel of that number on arrays of the caller.")
      writer.line("void \(name)(int kernel, void *const *arrays) {")
      writer.indented { (writer) in
        writer.line("(void)arrays;")
        writer.line("switch (kernel) {")
        for number in program.usedKernels.sorted() {
          let count = program.kernels[KernelID(index: number)].parameters.count
          let arguments = (0..<count).map { CText.word("arrays[\($0)]") }
          writer.write(
            .row([
              .word("case \(number): "), .list("\(names.kernels[number])(", arguments, ")"),
              .word("; break;"),
            ]))
        }
        writer.line("}")
      }
      writer.line("}")
    }
  }
}

extension Step {
  /// True iff a trace shows the step.
  var isTraced: Bool {
    if case .call(_, let operands) = self { !operands.isEmpty } else { false }
  }
}
