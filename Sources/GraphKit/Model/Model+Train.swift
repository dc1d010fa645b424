internal import TensorLibrary
internal import LoopIR
internal import Support

extension Model {
  /// Declares how the model learns: one step on one batch of a data set.
  ///
  ///     model.train(on: .digits, batch: 64, epochs: 10, validation: 0.2) { batch in
  ///       let logits = net(batch.image)
  ///       let loss = crossEntropy(logits, batch.label)
  ///       Adam(rate: 1e-3).minimize(loss, net.parameters)
  ///       return ["loss": loss, "accuracy": accuracy(logits, batch.label)]
  ///     }
  ///
  /// The first value returned is the loss; all are reported as means over the examples. The share
  /// `validation` of the examples is held out: for them the step is traced again without learning,
  /// or `evaluate` is used if given.
  public func train(
    on data: DataSet, batch: Int, epochs: Int, validation: Double = 0,
    _ body: (Batch) -> Outputs, evaluate: ((Batch) -> Outputs)? = nil
  ) {
    let site = session.here()
    let size = Check.positive(batch, "batch", of: "train")
    let epochs = Check.positive(epochs, "epochs", of: "train")
    let checked = Check.inside(validation, 0...1, "validation", of: "train")
    let share = checked == validation ? validation : 0
    let heldOut = data.heldOut(share)
    if data.count - heldOut < size {
      session.report(
        .batchTooLarge(size, training: data.count - heldOut, count: data.count), at: site)
    }
    if share > 0, heldOut == 0 { session.report(.nothingHeldOut(share, data.count), at: site) }
    guard declareTraining(at: site) else { return }
    program.recipe = LoopIR.Recipe(
      data: data.path, batch: size, epochs: epochs, validation: share)
    traceStep(inputs: inputs(data, size), at: site) {
      body(self.batch(of: data, $0))
    }
    guard heldOut > 0, !metrics.isEmpty else { return }
    func held(_ tensors: [Tensor]) -> Outputs {
      let examples = self.batch(of: data, tensors)
      if let evaluate { return evaluate(examples) }
      return body(examples)
    }
    traceEvaluation(.evaluationStep, inputs: inputs(data, size), at: site) { held($0) }
    let rest = heldOut % size
    guard rest > 0 else { return }
    traceEvaluation(.evaluationRest, inputs: inputs(data, rest), at: site) { held($0) }
  }

  /// Declares how a model learns from examples that it generates itself. An epoch is a number of
  /// steps.
  ///
  ///     model.train(epochs: 10, steps: 200) {
  ///       let x = randomNormal([64, 2])
  ///       ...
  ///     }
  public func train(epochs: Int, steps: Int, _ body: () -> Outputs) {
    let site = session.here()
    let epochs = Check.positive(epochs, "epochs", of: "train")
    let steps = Check.positive(steps, "steps", of: "train")
    guard declareTraining(at: site) else { return }
    program.recipe = LoopIR.Recipe(
      data: "", batch: 0, epochs: epochs, steps: steps, validation: 0)
    traceStep(inputs: [], at: site) { _ in body() }
  }

  // Returns true unless the model has a training step already.
  private func declareTraining(at site: SiteID?) -> Bool {
    let name = FunctionKind.trainStep.fixedName
    if let first = functions[name] {
      session.report(.sameFunction("train", first: first), at: site)
      return false
    }
    functions[name] = site
    return true
  }

  private func traceStep(
    inputs: [Argument], at site: SiteID?, _ body: ([Tensor]) -> Outputs
  ) {
    let outputs = trace(.trainStep, inputs: inputs, at: site) { trace, arguments in
      let outputs = body(arguments)
      checkMetrics(outputs, trace, at: site)
      trace.write(trace.read(step) + 1, to: step)
      return outputs
    }
    metrics = (outputs ?? []).map(\.name)
    if outputs != nil, !learns { session.warn(.learnsNothing(), at: site) }
  }

  // True iff a training step changes more than counters.
  private var learns: Bool {
    program.functions.last?.results.contains { result in
      if case .update(let state) = result { program.states[state].role != .counter } else { false }
    } ?? false
  }

  private func traceEvaluation(
    _ kind: FunctionKind, inputs: [Argument], at site: SiteID?,
    _ body: ([Tensor]) -> Outputs
  ) {
    trace(kind, inputs: inputs, at: site) { trace, arguments in
      let outputs = body(arguments)
      checkMetrics(outputs, trace, at: site)
      let names = outputs.entries.map(\.name)
      if names != metrics, !names.isEmpty {
        session.report(.evaluationNames(names, metrics), at: site)
      }
      return outputs
    }
  }

  // Reports values that cannot be shown as one number per epoch.
  private func checkMetrics(_ outputs: Outputs, _ trace: Trace, at site: SiteID?) {
    if outputs.entries.isEmpty { session.report(.noOutputs("train"), at: site) }
    for (i, entry) in outputs.entries.enumerated() {
      guard let value = entry.value.value, entry.value.builder === trace.builder else { continue }
      let type = entry.value.type
      if type.shape.rank == 0, type.element.isFloat { continue }
      if i == 0, trace.refusedLosses.contains(value) { continue }
      let here = trace.builder.graph[value.node].site ?? site
      session.report(.metricNotScalar(entry.name, type, first: i == 0), at: here)
    }
  }

  private func inputs(_ data: DataSet, _ size: Int) -> [Argument] {
    data.fields.map { name, type in
      Argument(name: name, type: TensorType(type.element, Shape([size] + type.shape.dims)))
    }
  }

  private func batch(of data: DataSet, _ tensors: [Tensor]) -> Batch {
    Batch(fields: zip(data.fields, tensors).map { (name: $0.name, value: $1) })
  }
}
