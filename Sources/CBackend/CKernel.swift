internal import LoopIR
internal import Support

/// Writes a kernel: its definitions as a comment, and a function.
struct CKernel {
  private let kernel: Kernel
  private let name: String
  private var naming: CNaming
  /// The name of each parameter of the function.
  private var flat: [String] = []
  private let used: Set<Int>

  /// Writes `kernel` as the function `name`.
  static func write(_ kernel: Kernel, as name: String, to writer: inout IndentedWriter) {
    let function = CKernel(kernel, name)
    function.writeComment(to: &writer)
    writer.write(function.signature)
    writer.indented { (writer) in
      function.writeViews(to: &writer)
      CBlock.write(kernel.body, function.naming, to: &writer)
    }
    writer.line("}")
  }

  private init(_ kernel: Kernel, _ name: String) {
    self.kernel = kernel
    self.name = name
    used = Self.usedBuffers(kernel)
    // Arrays choose their names first, as those are the user's; flat pointers take what is left.
    var naming = CNaming(CScope())
    var names: [String] = []
    for parameter in kernel.parameters {
      names.append(
        naming.declare(parameter.buffer) {
          parameter.isView ? .elements($0) : parameter.isCopied ? .value($0) : parameter.plain($0)
        })
    }
    for (parameter, name) in zip(kernel.parameters, names) {
      flat.append(parameter.isView || parameter.isCopied ? naming.take(name + "_") : name)
    }
    naming.prefer(kernel.scalarNames)
    self.naming = naming
  }

  // The numbers of the arrays that the body reads or writes.
  private static func usedBuffers(_ kernel: Kernel) -> Set<Int> {
    var result: Set<Int> = []
    kernel.body.forEachStatement { (statement) in
      if let written = statement.written { result.insert(written.buffer.id) }
    }
    kernel.body.forEachExpression { (expression) in
      if case .load(let buffer, _) = expression { result.insert(buffer.id) }
    }
    return result
  }

  private var signature: CText {
    let parameters = zip(kernel.parameters, flat).map { (parameter, name) in
      CText.word("\(parameter.qualifier)\(parameter.buffer.type.cStorage) *restrict \(name)")
    }
    if parameters.isEmpty { return .word("RT_KERNEL void \(name)(void) {") }
    return .row([.list("RT_KERNEL void \(name)(", parameters, ")"), .word(" {")])
  }

  // Arrays of several axes are accessed through a pointer to rows; scalars that are only read
  // become values.
  private func writeViews(to writer: inout IndentedWriter) {
    var count = 0
    for (parameter, flat) in zip(kernel.parameters, flat) {
      let buffer = parameter.buffer
      guard used.contains(buffer.id) else {
        writer.line("(void)\(flat);")
        count += 1
        continue
      }
      switch naming[buffer] {
      case .pointer: continue
      case .value(let name):
        let value =
          buffer.type.isHalf ? "rt_\(buffer.type)_to_f32(*\(flat))" : "*\(flat)"
        writer.line("const \(buffer.type.cScalar) \(name) = \(value);")
      case .elements(let name):
        if buffer.shape.count < 2 { continue }
        let type = parameter.qualifier + buffer.type.cStorage
        let rows = buffer.shape.dropFirst().map { "[\(max($0, 1))]" }.joined()
        writer.write(
          .hanging(
            .word("\(type)(*\(name))\(rows) ="), .word("(\(type)(*)\(rows))\(flat);")))
      }
      count += 1
    }
    if count > 0 { writer.line() }
  }
}

extension CKernel {
  // A value computed in place has its own name on the left side and in later equations.
  private var definitions: [String] {
    var renamed: [Int: String] = [:]
    return kernel.definitions.map { definition in
      let value = naming.notation(renamed: renamed).text(definition.value)
      if case .buffer(let buffer, _) = definition.target {
        renamed[buffer.id] = kernel.parameters.first { $0.buffer.id == buffer.id }?.becoming
      }
      return naming.notation(renamed: renamed).text(definition.target) + " = " + value
    }
  }

  // Writes the equations of the kernel and its lines in the model.
  private func writeComment(to writer: inout IndentedWriter) {
    let equations =
      (kernel.summary?.split(separator: "\n").map(String.init) ?? []) + definitions
    for (n, equation) in equations.enumerated() {
      var lines = commentLines(equation)
      let origin = kernel.origins.map(commentText).joined(separator: ", ")
      if n == equations.count - 1, !origin.isEmpty {
        let last = lines.removeLast()
        let gap = lineLimit - last.count - origin.count
        if gap >= 2 {
          lines.append(last + String(repeating: " ", count: gap) + origin)
        } else {
          lines.append(last)
          lines += commentLines(origin)
        }
      }
      for line in lines { writer.line(line) }
    }
    if equations.isEmpty, !kernel.origins.isEmpty {
      for line in commentLines(kernel.origins.joined(separator: ", ")) { writer.line(line) }
    }
  }
}

extension KernelParameter {
  fileprivate var qualifier: String { access == .read ? "const " : "" }
  fileprivate var isView: Bool { buffer.shape.count > 1 }
  fileprivate var isCopied: Bool { buffer.shape.isEmpty && access == .read }

  fileprivate func plain(_ name: String) -> CNaming.Array {
    buffer.shape.isEmpty ? .pointer(name) : .elements(name)
  }
}
