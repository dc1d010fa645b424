internal import TensorLibrary
internal import LoopIR

/// The evaluation of a phase while it is traced: what its steps add up, in states that are 0 before
/// the first step.
final class Evaluation {
  /// A result, and the states that it is computed from.
  private struct Entry {
    let name: String
    let value: any OutputValue
    let states: [Parameter]
    /// The number of rows that are kept, if rows are.
    let count: Parameter?
  }

  let phase: String
  private let model: Model
  private let site: SiteID?
  /// The number of examples seen.
  private let examples: Parameter
  private var entries: [Entry] = []
  /// The most examples that there is room for; 0 if there is no bound.
  private(set) var most = 0

  init(of phase: String, in model: Model, at site: SiteID?) {
    self.phase = phase
    self.model = model
    self.site = site
    let path = (phase.isEmpty ? "" : "\(phase).") + "evaluation.examples"
    examples = model.makeState(path, TensorType(.f64, []), .measure)
  }

  /// Traces the step for so many examples.
  func trace(
    _ kind: FunctionKind, _ count: Int, inputs: [Argument], _ body: ([Tensor]) -> Outputs
  ) {
    let log = model.session.log
    let mistakes = log.entries.count
    defer { if kind == .evaluationRest { log.explain(mistakes, Mistake.oneExample) } }
    model.trace(kind, of: phase, inputs: inputs, at: site) { trace, arguments in
      let outputs = body(arguments)
      if outputs.values.isEmpty { model.session.report(.noOutputs("evaluate"), at: site) }
      model.checkMetrics(outputs, trace, at: site)
      if entries.isEmpty { entries = outputs.values.compactMap { entry($0, $1) } }
      add(outputs, Double(count), trace)
      var shown: Outputs = [:]
      for (name, value) in outputs.entries { shown.append(name, value) }
      return shown
    }
  }

  /// Traces the function that gives the results.
  func traceResults() {
    if entries.isEmpty { return }
    model.trace(.measured, of: phase, inputs: [], at: site) { trace, _ in
      var results: Outputs = [:]
      for entry in entries {
        trace.builder.name = entry.name
        let states = entry.states.map(\.value)
        guard let measure = entry.value as? Measure else {
          results.append(entry.name, states[0] / examples.value)
          continue
        }
        results.append(entry.name, measure.result(states, (entry.count ?? examples).value))
      }
      trace.builder.name = nil
      return results
    }
  }

  /// The names of the results that are single numbers.
  var metrics: [String] {
    model.program.functions.last { $0.kind == .measured && $0.phase == phase }?
      .head.outputs.filter(\.shape.isEmpty).map(\.name) ?? []
  }

  // Makes the states of a result.
  private func entry(_ name: String, _ value: any OutputValue) -> Entry? {
    let prefix = (phase.isEmpty ? "" : "\(phase).") + "evaluation.\(name)"
    func state(_ label: String, _ type: TensorType) -> Parameter {
      model.makeState("\(prefix).\(label)", type, .measure)
    }
    guard let measure = value as? Measure else {
      return Entry(
        name: name, value: value, states: [state("sum", TensorType(.f64, []))], count: nil)
    }
    var holdsRows = false
    var states: [Parameter] = []
    for (i, part) in measure.parts.enumerated() {
      switch part {
      case .sum(let tensor):
        guard tensor.value != nil else { return nil }
        states.append(state("sum\(i)", TensorType(.f64, tensor.shape)))
      case .rows(let tensor, let room):
        guard tensor.value != nil else { return nil }
        guard tensor.rank > 0 else {
          model.session.report(.rowsWithoutAxis(tensor.type), at: site)
          return nil
        }
        let shape = Shape([room] + tensor.shape.dims.dropFirst())
        states.append(state("rows\(i)", TensorType(tensor.elementType, shape)))
        holdsRows = true
        most = most == 0 ? room : min(most, room)
      }
    }
    let count = holdsRows ? state("count", TensorType(.i32, [])) : nil
    return Entry(name: name, value: measure, states: states, count: count)
  }

  // Adds the values of a step for `count` examples to the states.
  private func add(_ outputs: Outputs, _ count: Double, _ trace: Trace) {
    let outer = trace.builder.name
    defer { trace.builder.name = outer }
    examples.assign(examples.value + count)
    for entry in entries {
      guard let value = outputs.values.first(where: { $0.name == entry.name })?.value else {
        continue
      }
      trace.builder.name = "sum_of_\(entry.name)"
      if let tensor = value as? Tensor, tensor.value != nil {
        let sum = entry.states[0]
        sum.assign(sum.value + tensor.cast(to: .f64) * count)
      } else if let measure = value as? Measure {
        add(measure, entry)
      }
    }
  }

  private func add(_ measure: Measure, _ entry: Entry) {
    var rows = 0
    for (part, state) in zip(measure.parts, entry.states) {
      switch part {
      case .sum(let tensor):
        if tensor.value != nil { state.assign(state.value + tensor.cast(to: .f64)) }
      case .rows(let tensor, _):
        guard tensor.value != nil, let count = entry.count else { continue }
        rows = tensor.shape[0]
        let start = [count.value] + tensor.shape.dims.dropFirst().map { _ in count.value.filled(0) }
        state.assign(state.value.dynamicUpdate(tensor, from: start))
      }
    }
    if let count = entry.count { count.assign(count.value + count.value.filled(Double(rows))) }
  }
}

extension Model {
  /// Reports values that cannot be shown as one number.
  func checkMetrics(_ outputs: Outputs, _ trace: Trace, at site: SiteID?) {
    for (i, entry) in outputs.values.enumerated() {
      if ["epoch", "step", "seconds"].contains(entry.name) {
        session.report(.metricIsColumn(entry.name), at: site)
      }
      if entry.value is Words { session.report(.wordsOutside(entry.name), at: site) }
      guard let tensor = entry.value as? Tensor, let value = tensor.value,
        tensor.builder === trace.builder
      else { continue }
      if tensor.rank == 0, tensor.elementType.isFloat { continue }
      if i == 0, trace.refusedLosses.contains(value) { continue }
      let here = trace.builder.graph[value.node].site ?? site
      session.report(.metricNotScalar(entry.name, tensor.type, first: i == 0), at: here)
    }
  }
}

extension Measure {
  /// The measure of one batch alone, while training; nil if it needs all examples.
  var ofBatch: Tensor? {
    let needsAll = parts.contains { if case .rows = $0 { true } else { false } }
    guard !needsAll, let value = value(at: nil), value.rank == 0 else { return nil }
    return value
  }

  /// The measure over the given examples only, as functions other than a training return it; nil
  /// after a mistake, which is reported at `site`.
  func value(at site: SiteID?) -> Tensor? {
    var sums: [Tensor] = []
    var count = 0
    for part in parts {
      switch part {
      case .sum(let tensor):
        guard tensor.value != nil else { return nil }
        sums.append(tensor.cast(to: .f64))
      case .rows(let tensor, let most):
        guard tensor.value != nil else { return nil }
        guard tensor.rank > 0 else {
          Session.current.report(.rowsWithoutAxis(tensor.type), at: site)
          return nil
        }
        count = tensor.shape[0]
        if count > most {
          let rule = "at least \(count)"
          Session.current.report(.range("ofAll", "most", rule, "\(most)"), at: site)
          return nil
        }
        let rest = [(0, most - count)] + tensor.shape.dims.dropFirst().map { _ in (0, 0) }
        sums.append(tensor.padded(rest))
      }
    }
    guard let first = sums.first else { return nil }
    // Rows are counted in i32, as in an evaluation.
    let number = count > 0 ? TensorType(.i32, []) : TensorType(.f64, [])
    return result(sums, first.builder.constant(Double(max(count, 1)), number)).cast(to: .f32)
  }
}
