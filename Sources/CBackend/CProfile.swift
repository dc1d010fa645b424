internal import LoopIR
internal import Support

/// Which steps of a program are timed: a row for each kernel, and one for the copies of each size.
struct CProfile {
  /// How many rows there are.
  var count: Int { rows.count }

  private struct Row {
    let name: String
    let lines: String
    let cost: KernelCost
  }

  private var rows: [Row] = []
  private var kernels: [Int: Int] = [:]
  private var copies: [Int: Int] = [:]

  /// Rows for what functions do; nil if they do nothing. `names` are those of the kernels in C.
  init?(_ program: LoopProgram, kernels names: [String]) {
    for index in program.usedKernels.sorted() {
      let kernel = program.kernels[KernelID(index: index)]
      kernels[index] = rows.count
      rows.append(
        Row(name: names[index], lines: joined(kernel.origins), cost: KernelCost(kernel)))
    }
    for function in program.functions {
      for case .copy(_, let to) in function.steps.flattened {
        let bytes = program.existing(to, in: function).bytes
        if copies[bytes] != nil { continue }
        copies[bytes] = rows.count
        rows.append(
          Row(name: "memcpy of \(bytes) bytes", lines: "", cost: KernelCost(bytes: 2 * bytes)))
      }
    }
    if rows.isEmpty { return nil }
  }

  /// Returns a step as a statement of C that is timed; `model` is the pointer to the model.
  func timed(_ call: CText, _ step: Step, copying bytes: Int = 0, model: String) -> CText {
    let row = if case .call(let kernel, _) = step { kernels[kernel.index] } else { copies[bytes] }
    guard let row else { preconditionFailure("a step has no row in the profile") }
    return .list("RT_PROFILED(", [.word("\(model)->profile"), .word("\(row)"), call], ");")
  }

  /// Writes the table of the rows.
  func writeTable(to writer: inout IndentedWriter) {
    writer.line("// What is timed: name, lines of the model, operations and bytes of one call.")
    writer.line("static const rt_kernel profiled[\(count)] = {")
    writer.indented { (writer) in
      for row in rows {
        let parts = [
          cString(row.name), cString(row.lines), "\(row.cost.operations)", "\(row.cost.bytes)",
          row.cost.type.cConstant,
        ]
        writer.write(.list("{", parts.map { .word($0) }, "},"))
      }
    }
    writer.line("};")
  }

  /// The members of the struct that is the model.
  var members: [String] {
    [
      "  rt_profile profile;", "  rt_kernel_time times[\(count)];",
      "  rt_kernel_call calls[RT_PROFILE_CALLS];",
    ]
  }

  /// The statements that connect them.
  var creation: [String] {
    [
      "  m->profile = (rt_profile){.count = \(count), .kernels = profiled};",
      "  m->profile.times = m->times;", "  m->profile.calls = m->calls;",
    ]
  }
}

extension Step {
  /// True iff a profile has a row for the step.
  var isTimed: Bool {
    switch self {
    case .call, .copy: true
    case .fill, .probe, .loop, .whileLoop, .branch: false
    }
  }
}

// `model.swift:6, 7` for two lines of one file.
private func joined(_ origins: [String]) -> String {
  var result = ""
  var file: Substring = ""
  for origin in origins {
    let colon = origin.lastIndex(of: ":") ?? origin.startIndex
    let isSame = !file.isEmpty && origin[..<colon] == file
    let text = isSame ? origin[origin.index(after: colon)...] : origin[...]
    result += (result.isEmpty ? "" : ", ") + text
    file = origin[..<colon]
  }
  return result
}
