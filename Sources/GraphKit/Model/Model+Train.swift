internal import TensorLibrary
internal import LoopIR
internal import Support

/// Which metric of the held-out examples says that weights are the best.
///
///     model.train(
///       on: .digits, batch: 64, epochs: 10, validation: 0.2, best: .max("accuracy")
///     ) { batch in ... }
public struct Best: Sendable {
  let metric: String
  let isLargest: Bool

  /// The least value of a metric.
  public static func min(_ metric: String) -> Best { Best(metric: metric, isLargest: false) }
  /// The largest value of a metric.
  public static func max(_ metric: String) -> Best { Best(metric: metric, isLargest: true) }
}

/// When a training ends before its last epoch; it ends with the best weights then.
public struct Stop: Sendable {
  let patience: Int

  /// After so many epochs that were not better than the best one before them.
  public static func patience(_ epochs: Int) -> Stop {
    Stop(patience: Check.positive(epochs, "patience", of: "train"))
  }
}

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
  /// or `evaluate` is used if given, which may return other values. The share `test` is left for
  /// the end.
  public func train(
    on data: DataSet, batch: Int, epochs: Int, validation: Double = 0, test: Double = 0,
    best: Best? = nil, stop: Stop? = nil, _ body: (Batch) -> Outputs,
    evaluate: ((Batch) -> Outputs)? = nil
  ) {
    phase(
      "", on: [data], batch, epochs, validation, test, best, stop, { body($0[0]) },
      evaluate.map { evaluate in { evaluate($0[0]) } })
  }

  /// The same with batches of a second data set beside those of the first one, which makes the
  /// epochs; `evaluate` gets the first one alone.
  public func train(
    on data: DataSet, with second: DataSet, batch: Int, epochs: Int, validation: Double = 0,
    test: Double = 0, best: Best? = nil, stop: Stop? = nil, _ body: (Batch, Batch) -> Outputs,
    evaluate: ((Batch) -> Outputs)? = nil
  ) {
    phase(
      "", on: [data, second], batch, epochs, validation, test, best, stop,
      { body($0[0], $0[1]) }, evaluate.map { evaluate in { evaluate($0[0]) } })
  }

  /// Declares how a model learns from examples that it generates itself. An epoch is a number of
  /// steps. With `evaluate`, an evaluation is `evaluation` steps of it.
  ///
  ///     model.train(epochs: 10, steps: 200) {
  ///       let x = randomNormal([64, 2])
  ///       ...
  ///     }
  public func train(
    epochs: Int, steps: Int, evaluation: Int = 1, best: Best? = nil, stop: Stop? = nil,
    _ body: () -> Outputs, evaluate: (() -> Outputs)? = nil
  ) {
    phase("", epochs, steps, best, stop, body, evaluation, evaluate)
  }

  /// Declares a part of a training; the parts are trained in the order in which they are declared,
  /// each with the weights of the one before.
  ///
  ///     model.phase("pretrain", on: pictures, batch: 64, epochs: 5) { batch in ... }
  ///     model.phase("tune", on: labelled, batch: 16, epochs: 20, validation: 0.2) { batch in ... }
  public func phase(
    _ name: String, on data: DataSet, batch: Int, epochs: Int, validation: Double = 0,
    test: Double = 0, best: Best? = nil, stop: Stop? = nil, _ body: (Batch) -> Outputs,
    evaluate: ((Batch) -> Outputs)? = nil
  ) {
    guard Check.name(name, of: "a phase") else { return }
    phase(
      name, on: [data], batch, epochs, validation, test, best, stop, { body($0[0]) },
      evaluate.map { evaluate in { evaluate($0[0]) } })
  }

  /// A part of a training with batches of two data sets.
  public func phase(
    _ name: String, on data: DataSet, with second: DataSet, batch: Int, epochs: Int,
    validation: Double = 0, test: Double = 0, best: Best? = nil, stop: Stop? = nil,
    _ body: (Batch, Batch) -> Outputs, evaluate: ((Batch) -> Outputs)? = nil
  ) {
    guard Check.name(name, of: "a phase") else { return }
    phase(
      name, on: [data, second], batch, epochs, validation, test, best, stop,
      { body($0[0], $0[1]) }, evaluate.map { evaluate in { evaluate($0[0]) } })
  }

  /// A part of a training on examples that the model generates itself.
  public func phase(
    _ name: String, epochs: Int, steps: Int, evaluation: Int = 1, best: Best? = nil,
    stop: Stop? = nil, _ body: () -> Outputs, evaluate: (() -> Outputs)? = nil
  ) {
    guard Check.name(name, of: "a phase") else { return }
    phase(name, epochs, steps, best, stop, body, evaluation, evaluate)
  }

  /// Declares first values that are made from data, such as means or centres of clusters: assigns
  /// to parameters, batch by batch, before the parts of the training that follow. The flags
  /// `--epochs` and `--steps` do not change how long it is.
  ///
  ///     model.prepare(on: .digits, batch: 599) { batch in
  ///       mean.assign(mean.value + batch.image.mean(axes: [0]) / 3)
  ///     }
  public func prepare(
    on data: DataSet, batch: Int, epochs: Int = 1, _ body: (Batch) -> Void
  ) {
    preparations += 1
    let name = preparations == 1 ? "prepare" : "prepare\(preparations)"
    phase(
      name, on: [data], batch, epochs, 0, 0, nil, nil,
      {
        body($0[0])
        return [:]
      }, nil, prepares: true)
  }
}

// A phase with its data, and its functions.
extension Model {
  private func phase(
    _ name: String, on data: [DataSet], _ batch: Int, _ epochs: Int, _ validation: Double,
    _ test: Double, _ best: Best?, _ stop: Stop?, _ body: ([Batch]) -> Outputs,
    _ evaluate: (([Batch]) -> Outputs)?, prepares: Bool = false
  ) {
    let site = session.here()
    guard declarePhase(name, at: site) else { return }
    let size = Check.positive(batch, "batch", of: "train")
    var phase = Phase(name, epochs: Check.positive(epochs, "epochs", of: "train"))
    phase.batch = size
    phase.prepares = prepares
    phase.validation = share(validation, "validation")
    phase.test = share(test, "test")
    let sets = named(data)
    phase.sets = sets.map(\.set)
    let inputs = sets.map { set in set.arguments(batch: set.batch ?? size) }
    program.phases.append(phase)
    traceStep(phase, inputs: inputs.flatMap { $0 }, at: site) { body(batches(sets, $0)) }
    // A folder of the user's may have held-out examples without a word of the model about it.
    let holdsOut =
      phase.validation > 0 || !phase.sets[0].validation.isEmpty || evaluate != nil
    guard holdsOut, !metrics.isEmpty else { return finish(phase, nil, best, stop, at: site) }
    if sets.count > 1, evaluate == nil {
      session.report(.noEvaluationOfOneSet(), at: site)
      return
    }
    // The first set alone, in full batches and one by one.
    let evaluation = Evaluation(of: name, in: self, at: site)
    func measured(_ tensors: [Tensor]) -> Outputs {
      let examples = batches([sets[0]], tensors)
      return evaluate?(examples) ?? body(examples)
    }
    evaluation.trace(.evaluationStep, size, inputs: inputs[0]) { measured($0) }
    if size > 1 {
      evaluation.trace(.evaluationRest, 1, inputs: sets[0].arguments(batch: 1)) { measured($0) }
    }
    evaluation.traceResults()
    finish(phase, evaluation, best, stop, at: site)
  }

  private func phase(
    _ name: String, _ epochs: Int, _ steps: Int, _ best: Best?, _ stop: Stop?,
    _ body: () -> Outputs, _ evaluation: Int, _ evaluate: (() -> Outputs)?
  ) {
    let site = session.here()
    guard declarePhase(name, at: site) else { return }
    var phase = Phase(name, epochs: Check.positive(epochs, "epochs", of: "train"))
    phase.steps = Check.positive(steps, "steps", of: "train")
    program.phases.append(phase)
    traceStep(phase, inputs: [], at: site) { _ in body() }
    guard let evaluate, !metrics.isEmpty else { return finish(phase, nil, best, stop, at: site) }
    phase.evaluationSteps = Check.positive(evaluation, "evaluation", of: "train")
    let measures = Evaluation(of: name, in: self, at: site)
    measures.trace(.evaluationStep, 1, inputs: []) { _ in evaluate() }
    measures.traceResults()
    finish(phase, measures, best, stop, at: site)
  }

  // Returns true unless the model has a phase of that name already.
  private func declarePhase(_ name: String, at site: SiteID?) -> Bool {
    let function = FunctionKind.trainStep.fixedName(of: name)
    if let first = functions[function] {
      let what = name.isEmpty ? "train" : name
      session.report(.sameFunction(what, first: first), at: site)
      return false
    }
    functions[function] = site
    return true
  }

  private func share(_ value: Double, _ what: String) -> Double {
    Check.inside(value, 0...1, what, of: "train") == value ? value : 0
  }

  private func traceStep(
    _ phase: Phase, inputs: [Argument], at site: SiteID?, _ body: ([Tensor]) -> Outputs
  ) {
    var learns = true
    var rates: [OptimizerState] = []
    let outputs = trace(.trainStep, of: phase.name, inputs: inputs, at: site) { trace, arguments in
      let outputs = body(arguments)
      if outputs.values.isEmpty, !phase.prepares {
        session.report(.noOutputs("train"), at: site)
      }
      checkMetrics(outputs, trace, at: site)
      learns = trace.isLearning
      rates = trace.rates
      trace.write(trace.read(step) + 1, to: step)
      return outputs.ofBatch
    }
    metrics = (outputs ?? []).map(\.name)
    guard outputs != nil else { return }
    if !learns { session.warn(.learnsNothing(), at: site) }
    traceRates(phase, of: rates, at: site)
  }

  // Completes a phase by what its evaluation allows, and traces what follows each evaluation.
  private func finish(
    _ phase: Phase, _ evaluation: Evaluation?, _ best: Best?, _ stop: Stop?, at site: SiteID?
  ) {
    var phase = phase
    let known = evaluation?.metrics ?? []
    phase.mostHeldOut = evaluation?.most ?? 0
    // A mistake in the step was reported, and is why there is no evaluation.
    let isMissing = evaluation == nil && !metrics.isEmpty
    if let best {
      if isMissing {
        session.report(.noEvaluation("best:"), at: site)
      } else if !known.isEmpty, !known.contains(best.metric) {
        session.report(.unknownMetric("best", best.metric, metrics: known), at: site)
      }
      phase.best = best.metric
      phase.isBestLargest = best.isLargest
    }
    if let stop {
      if isMissing { session.report(.noEvaluation("stop:"), at: site) }
      phase.patience = stop.patience
    }
    program.phases[program.phases.count - 1] = phase
    if isMissing || !known.isEmpty { traceEvaluated(phase, known) }
  }

  // The sets under names of their own; the fields of all but the first begin with its name.
  private func named(_ data: [DataSet]) -> [DataSet] {
    data.enumerated().map { i, set in
      var set = set
      if i > 0 {
        if set.set.name == "data" { set.set.name = "data\(i + 1)" }
        set = set.prefixed()
      }
      return set
    }
  }

  private func batches(_ sets: [DataSet], _ tensors: [Tensor]) -> [Batch] {
    var rest = tensors[...]
    return sets.map { set in
      let own = rest.prefix(set.fields.count)
      rest = rest.dropFirst(set.fields.count)
      return Batch(fields: zip(set.fields, own).map { (name: $0.name, value: $1) })
    }
  }
}

extension Outputs {
  /// The values of one batch as tensors; measures that need all examples are left out.
  fileprivate var ofBatch: Outputs {
    var result: Outputs = [:]
    for (name, value) in values {
      if let tensor = value as? Tensor ?? (value as? Measure)?.ofBatch {
        result.append(name, tensor)
      }
    }
    return result
  }
}
