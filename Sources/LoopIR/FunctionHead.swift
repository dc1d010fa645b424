/// The signature of a function.
package struct FunctionHead: Hashable, Sendable {
  package let name: String
  package let kind: FunctionKind
  package let phase: String
  package let inputs: [ArrayDeclaration]
  package let outputs: [ArrayDeclaration]

  package init(
    name: String, kind: FunctionKind, phase: String, inputs: [ArrayDeclaration],
    outputs: [ArrayDeclaration]
  ) {
    self.name = name
    self.kind = kind
    self.phase = phase
    self.inputs = inputs
    self.outputs = outputs
  }
}

extension [FunctionHead] {
  /// What is wrong with the kinds of the functions of one program, each problem with the name of
  /// its function; nothing if the programs can call them as `Runtime/model/model.h` says.
  package var kindProblems: [(function: String, problem: String)] {
    var seen: Set<[String]> = []
    return flatMap { head in
      var problems: [String] = []
      if head.kind != .user, !seen.insert([head.kind.rawValue, head.phase]).inserted {
        problems.append("there is another function 'as \(head.kind.rawValue)'")
      }
      if head.kind == .user, let kind = FunctionKind.reserving(head.name) {
        problems.append("the name is reserved for the function 'as \(kind.rawValue)'")
      }
      if let problem = problem(with: head) { problems.append(problem) }
      return problems.map { (head.name, $0) }
    }
  }

  // What is wrong with the inputs and outputs for the function's kind, if anything.
  private func problem(with head: FunctionHead) -> String? {
    switch head.kind {
    case .initialise, .initialiseRest:
      let types = head.inputs.map { "\($0.type)\($0.shape)" }
      return types == ["u64[]"] && head.outputs.isEmpty
        ? nil : "a function 'as \(head.kind.rawValue)' has one input, a seed 'u64[]', and no output"
    case .evaluationStep:
      guard let step = first(.trainStep, head.phase) else { return nil }
      return head.inputs == [ArrayDeclaration](step.inputs.prefix(head.inputs.count))
        ? nil : "its inputs are not the first ones of the function 'as trainStep'"
    case .evaluationRest:
      guard let step = first(.evaluationStep, head.phase) else {
        return "there is no function 'as evaluationStep', whose rest it evaluates"
      }
      return head.inputs.map(\.example) == step.inputs.map(\.example)
        && head.outputs == step.outputs
        ? nil : "except for the batch, it must have the inputs and outputs of 'as evaluationStep'"
    case .measured:
      if first(.evaluationStep, head.phase) == nil {
        return "there is no function 'as evaluationStep', whose results it gives"
      }
      return head.inputs.isEmpty ? nil : "a function 'as measured' has no inputs"
    case .rates:
      if first(.trainStep, head.phase) == nil {
        return "there is no function 'as trainStep', whose rates it tells"
      }
      return head.inputs.isEmpty ? nil : "a function 'as rates' has no inputs"
    case .evaluated:
      let metrics = first(.measured, head.phase)?.outputs.filter(\.shape.isEmpty).map(\.name)
      guard let metrics else {
        return "there is no function 'as measured', whose metrics it takes"
      }
      let other = head.inputs.first { !$0.shape.isEmpty || !metrics.contains($0.name) }
      return other.map { "its input '\($0.name)' is not a metric of 'as measured'" }
    case .prepare:
      return head.inputs.isEmpty && head.outputs.isEmpty
        ? nil : "a function 'as prepare' has neither inputs nor outputs"
    case .trainStep, .user: return nil
    }
  }

  private func first(_ kind: FunctionKind, _ phase: String) -> FunctionHead? {
    first { $0.kind == kind && $0.phase == phase }
  }
}

extension ArrayDeclaration {
  // The array without its first axis, that of a batch.
  fileprivate var example: ArrayDeclaration {
    ArrayDeclaration(name: name, type: type, shape: Array(shape.dropFirst()))
  }
}
