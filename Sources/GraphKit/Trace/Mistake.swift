internal import TensorLibrary

/// A mistake in a model, with the message for its author.
struct Mistake {
  let message: String
  var notes: [GraphDiagnostic.Note]

  init(_ message: String, notes: [(String, SiteID?)] = []) {
    self.message = message
    self.notes = notes.map { GraphDiagnostic.Note(message: $0.0, site: $0.1) }
  }
}

// All messages of the DSL. As in GraphDiagnostics.swift: one phrase each, no full stop, names in
// quotes, the rule rather than the failure, what was expected beside what was found.

// Models and functions.
extension Mistake {
  static func noModel() -> Mistake {
    Mistake("the file declares no model; it needs 'Model(\"name\", network)' and a function of it")
  }

  static func sameModel(_ name: String, first: SiteID?) -> Mistake {
    Mistake("there are two models '\(name)'", notes: [("the first is made here", first)])
  }

  static func emptyModel(_ name: String) -> Mistake {
    Mistake("the model '\(name)' has no function; declare one with 'train', 'infer' or 'function'")
  }

  static func sameFunction(_ name: String, first: SiteID?) -> Mistake {
    Mistake(
      "the model already has a function '\(name)'", notes: [("it is declared here", first)])
  }

  static func reservedFunction(_ name: String) -> Mistake {
    Mistake("the name '\(name)' is reserved for a function that gcomp makes itself")
  }

  static func insideFunction(_ what: String) -> Mistake {
    Mistake("\(what) is declared inside a function of a model; declare it outside")
  }

  static func invalidName(_ name: String, of what: String) -> Mistake {
    let rule = "consist of ASCII letters, digits and '_', and not begin with a digit"
    let near = String(name.map { $0.isASCII && !Check.isName("a\($0)") ? "_" : $0 })
    return Mistake(
      "the name of \(what) must \(rule); it is '\(name)'",
      notes: Check.isName(near) ? [("did you mean '\(near)'?", nil)] : [])
  }

  static func sameInput(_ name: String) -> Mistake {
    Mistake("the function has two inputs '\(name)'")
  }

  static func sameOutput(_ name: String) -> Mistake {
    Mistake("the function returns two values '\(name)'")
  }

  static func noOutputs(_ function: String) -> Mistake {
    Mistake("'\(function)' must return at least one named value, as in '[\"loss\": loss]'")
  }

  static func trap() -> Mistake {
    Mistake("the model stopped here")
  }

  static func recursion() -> Mistake {
    Mistake("a layer or function calls itself without end")
  }
}

// Training.
extension Mistake {
  static func metricNotScalar(_ name: String, _ type: TensorType, first: Bool) -> Mistake {
    let what = first ? "the first value of 'train', the loss," : "each value of 'train'"
    let steps =
      (type.element.isFloat ? [] : ["convert it with 'cast(to: .f32)'"])
      + (type.rank == 0 ? [] : ["take its mean or sum"])
    return Mistake(
      "\(what) must be a single floating-point number; '\(name)' is '\(type)'",
      notes: [(steps.joined(separator: ", then "), nil)])
  }

  static func metricIsColumn(_ name: String) -> Mistake {
    Mistake(
      "a metric cannot be called '\(name)', which is a column of results.csv",
      notes: [("find another name", nil)])
  }

  /// What a mistake means that appears only for a batch of one example.
  static let oneExample =
    "held-out examples that fill no batch are evaluated one by one; take their number from the "
    + "batch, as in 'batch.x.shape[0]', or pass 'evaluate:'"

  static func noEvaluationOfOneSet() -> Mistake {
    Mistake(
      "held-out examples are those of the first data set alone; pass 'evaluate:', which gets "
        + "batches of it")
  }

  static func rowsWithoutAxis(_ type: TensorType) -> Mistake {
    Mistake("'ofAll' keeps one row for each example; '\(type)' has no axis of examples")
  }

  static func choiceNeedsNumber(_ name: String, _ type: TensorType) -> Mistake {
    Mistake("examples are chosen by a single number; the field '\(name)' is '\(type)'")
  }

  static func pictureSize(_ size: Shape) -> Mistake {
    Mistake(
      "the size of pictures is '[channels, height, width]' with 1 or 3 channels; it is '\(size)'")
  }

  static func learnsNothing() -> Mistake {
    Mistake(
      "the training step changes no parameter",
      notes: [("call 'minimize(loss, net.parameters)' of an optimizer", nil)])
  }

  static func unknownField(_ name: String, fields: [String]) -> Mistake {
    if fields.isEmpty { return Mistake("the batch has no field '\(name)'; it has no fields") }
    var mistake = Mistake("the data set has no field '\(name)'; it has \(list(fields))")
    if let near = closest(to: name, in: fields) {
      mistake.notes = [GraphDiagnostic.Note(message: "did you mean '\(near)'?", site: nil)]
    }
    return mistake
  }

  static func noEvaluation(_ what: String) -> Mistake {
    Mistake("'\(what)' needs an evaluation; pass 'validation:' or 'evaluate:' to 'train'")
  }

  static func unknownMetric(_ owner: String, _ name: String, metrics: [String]) -> Mistake {
    Mistake("'\(owner)' watches '\(name)', but the evaluation returns \(list(metrics))")
  }
}

// State.
extension Mistake {
  static func parameterOutside(_ title: String) -> Mistake {
    Mistake("the parameter \(title) can be used only inside a function of a model")
  }

  static func outside(_ kind: String) -> Mistake {
    let makes = ["Tensor", "zeros", "ones", "full", "eye", "range"].contains(kind)
    return Mistake(
      "'\(spelled(kind))' can be used only inside a function of a model",
      notes: makes ? [("in a layer's 'init', write 'Constant { ... }' around it", nil)] : [])
  }

  static func otherFunction(_ kind: String) -> Mistake {
    let error = TypeError.otherFunction(spelled(kind))
    return Mistake(error.message, notes: error.hint.map { [($0, nil)] } ?? [])
  }

  static func notInModel(_ title: String, _ model: String, made: SiteID?) -> Mistake {
    Mistake(
      "the parameter \(title) is used, but is not part of the model '\(model)'",
      notes: [
        ("it is made here", made),
        ("pass all layers to the model, as in 'Model(\"\(model)\", [\"a\": a, \"b\": b])'", nil),
      ])
  }

  static func otherModel(_ title: String, _ model: String, made: SiteID?) -> Mistake {
    Mistake(
      "the parameter \(title) belongs to the model '\(model)'",
      notes: [
        ("it is made here", made),
        ("a parameter belongs to one model, which may have several functions", nil),
      ])
  }

  static func sameParameter(_ name: String, _ first: SiteID?, _ second: SiteID?) -> Mistake {
    Mistake(
      "there are two parameters '\(name)'",
      notes: [("one is made here", first), ("the other is made here", second)])
  }

  static func assigned(
    _ title: String, _ found: TensorType, _ expected: TensorType, made: SiteID?
  ) -> Mistake {
    Mistake(
      "the parameter \(title) is '\(expected)'; it is assigned '\(found)'",
      notes: [("it is made here", made)])
  }

  static func initialValue(_ title: String, _ found: TensorType, _ expected: TensorType) -> Mistake
  {
    Mistake(
      "the initialiser of the parameter \(title) gives '\(found)'; expected '\(expected)'")
  }
}

// Layers and values.
extension Mistake {
  static func range(
    _ owner: String?, _ what: String, _ rule: String, _ value: String, hint: String? = nil
  ) -> Mistake {
    Mistake(
      "the \(what)\(owner.map { " of '\($0)'" } ?? "") must be \(rule); found \(value)",
      notes: hint.map { [($0, nil)] } ?? [])
  }

  static func extents(_ owner: String, _ what: String, _ axes: Int, _ values: [Int]) -> Mistake {
    let rule = ["one number", "one number or two", "one number or three"][min(axes, 3) - 1]
    return Mistake("the \(what) of '\(owner)' must be \(rule); found \(values)")
  }

  static func unequalRows(_ row: Int, _ count: Int, _ expected: Int) -> Mistake {
    Mistake(
      "the rows of 'Tensor' must have the same length: row \(row) has \(count) numbers, "
        + "the first has \(expected)")
  }

  static func valueCount(_ count: Int, _ shape: Shape) -> Mistake {
    if count == 0 { return Mistake("'Tensor' needs at least one number") }
    return Mistake("'Tensor' of shape '\(shape)' needs \(shape.count) numbers; found \(count)")
  }

  static func nothingToJoin(_ op: String) -> Mistake {
    Mistake("'\(op)' needs at least one tensor")
  }

  static func groups(_ owner: String, _ groups: Int, _ what: String, _ channels: Int) -> Mistake {
    Mistake(
      "the \(channels) \(what) of '\(owner)' cannot be divided into \(groups) equal groups")
  }

  static func sameNeedsStrideOne(_ owner: String) -> Mistake {
    Mistake("padding '.same' of '\(owner)' needs stride 1")
  }

  static func layerInput(
    _ layer: String, _ rule: String, _ found: TensorType, made: SiteID? = nil, hint: String? = nil
  ) -> Mistake {
    Mistake(
      "the input of '\(layer)' must \(rule); it is '\(found)'",
      notes: (made == nil ? [] : [("it is made here", made)]) + (hint.map { [($0, nil)] } ?? []))
  }

  static func window(
    _ layer: String, _ window: [Int], _ size: [Int], isPadded: Bool, _ found: TensorType,
    made: SiteID?
  ) -> Mistake {
    func times(_ sizes: [Int]) -> String { sizes.map(String.init).joined(separator: " x ") }
    let unit = window.count == 2 ? "pixels" : "elements"
    let sizes = "\(times(window)) \(unit), but its input '\(found)'"
    let padding = isPadded ? " with its padding" : ""
    return Mistake(
      "a window of '\(layer)' covers \(sizes)\(padding) has only \(times(size))",
      notes: [("it is made here", made)])
  }

  static func tooLarge(_ type: String) -> Mistake {
    Mistake(
      "'\(type)' has more elements than the maximum, 2^31 - 1",
      notes: [("work on parts of it, for example in a 'scan'", nil)])
  }

  static func operands(
    _ owner: String, _ rule: String, _ a: TensorType, _ b: TensorType, hint: String? = nil
  ) -> Mistake {
    Mistake(
      "'\(spelled(owner))' needs \(rule); found '\(a)' and '\(b)'",
      notes: hint.map { [($0, nil)] } ?? [])
  }

  static func labels(_ owner: String, _ labels: TensorType, for scores: TensorType) -> Mistake {
    let shape = Shape(Array(scores.shape.dims.dropLast()))
    var hint: String?
    if labels.shape == shape, !labels.element.isInteger {
      hint = "labels are class numbers; keep them as integers, or use 'cast(to: .i32)'"
    } else if labels.rank == shape.rank + 1, labels.shape[-1] == 1 {
      hint = "'squeezed(-1)' removes the last axis of the labels"
    }
    let rule = "one integer label for each example, such as 'i32\(shape)' for '\(scores)'"
    return Mistake(
      "'\(owner)' needs \(rule); found '\(labels)'", notes: hint.map { [($0, nil)] } ?? [])
  }

  static func classCount(_ owner: String, _ what: String, _ count: Int, _ classes: Int) -> Mistake {
    Mistake("'\(owner)' has \(count) \(what) for \(classes) classes")
  }
}

// Optimizers.
extension Mistake {
  static func minimizeMode(_ function: String) -> Mistake {
    Mistake("'minimize' works only in 'train'; '\(function)' does not train")
  }

  static func noParameters() -> Mistake {
    Mistake("'minimize' is given no parameters to learn")
  }

  static func allFrozen() -> Mistake {
    Mistake("'minimize' has nothing to learn: all parameters are frozen")
  }

  static func notLearned(_ title: String, made: SiteID?) -> Mistake {
    Mistake(
      "'minimize' is given the parameter \(title), which is not learned",
      notes: [("it is made here", made)])
  }

  static func nesterov() -> Mistake {
    Mistake("'nesterov' of 'SGD' needs a momentum above 0 and a dampening of 0")
  }

  static func lossNotScalar(_ type: TensorType, made: SiteID?) -> Mistake {
    let hint =
      type.element.isFloat ? "take its mean or sum" : "integers and bool have no gradient"
    return Mistake(
      "the loss must be a single floating-point number; it is '\(type)'",
      notes: [("it is made here", made), (hint, nil)])
  }

  static func noSlope(_ type: TensorType, made: SiteID?) -> Mistake {
    Mistake(
      "there is no gradient by '\(type)'; only floating-point numbers have one",
      notes: [("it is made here", made)])
  }

  static func noDependence(_ type: TensorType, made: SiteID?) -> Mistake {
    Mistake(
      "there is no gradient by '\(type)': the differentiated value does not depend on it",
      notes: [("it is made here", made), ("with 'unused: .zero' the gradient is 0", nil)])
  }

  static func gradientAround(_ type: TensorType, made: SiteID?) -> Mistake {
    Mistake(
      "the gradient by '\(type)' cannot go through a value from outside the loop or the branch",
      notes: [
        ("the value is made here", made),
        ("make it inside, or take the gradient outside", nil),
      ])
  }

  static func independent(_ parameters: [Parameter], all: Bool) -> Mistake {
    let what = all && parameters.count > 1 ? "any of the parameters" : titles(parameters)
    let them = parameters.count == 1 ? "it" : "them"
    let hint =
      all
      ? "compute the loss from the parameters; 'accuracy', '.>' and the like have no gradient"
      : "leave \(them) out of 'minimize', or use \(them) in the loss"
    return Mistake(
      "the loss does not depend on \(what)",
      notes: (all ? [] : made(parameters)) + [(hint, nil)])
  }

  static func olderVersion(_ parameters: [Parameter]) -> Mistake {
    let verb = parameters.count == 1 ? "was" : "were"
    return Mistake(
      "the loss was computed before \(titles(parameters)) \(verb) last changed",
      notes: made(parameters) + [("compute the loss again after the update", nil)])
  }

  static func accumulatedInTwoSets(_ title: String) -> Mistake {
    Mistake(
      "an optimizer that accumulates gradients is given the parameter \(title) in two different "
        + "sets in one step",
      notes: [("give it the same parameters in each call, or use two optimizers", nil)])
  }
}

extension Mistake {
  // As in `the parameters 'a', 'b' and 3 more`.
  private static func titles(_ parameters: [Parameter]) -> String {
    if parameters.count == 1 { return "the parameter \(parameters[0].title)" }
    let shown = parameters.count <= 4 ? parameters.count : 3
    let rest = shown < parameters.count ? " and \(parameters.count - shown) more" : ""
    return "the parameters \(parameters.prefix(shown).map(\.title).joined(separator: ", "))\(rest)"
  }

  // Where they are made, each place once.
  private static func made(_ parameters: [Parameter]) -> [(String, SiteID?)] {
    var sites: [SiteID] = []
    for site in parameters.compactMap(\.site) where !sites.contains(site) { sites.append(site) }
    let what = parameters.count == 1 ? "it is" : "they are"
    return sites.prefix(8).map { ("\(what) made here", $0) }
  }
}

// Returns names in quotes, separated by commas.
private func list(_ names: [String]) -> String {
  names.map { "'\($0)'" }.joined(separator: ", ")
}
