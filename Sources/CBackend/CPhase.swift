internal import LoopIR

// Phases of training as members of the structures in `Runtime/model/model.h`. What has its usual
// value is left out.

/// The members of a structure.
private struct Members {
  private(set) var all: [String] = []

  mutating func add(_ name: String, _ text: String) {
    if !text.isEmpty { all.append(".\(name) = \(cString(text))") }
  }

  mutating func add(_ name: String, _ number: Int) {
    if number != 0 { all.append(".\(name) = \(number)") }
  }

  mutating func add(_ name: String, _ number: Double) {
    if number != 0 { all.append(".\(name) = \(Literal(number, .f64).cText)") }
  }

  mutating func add(_ name: String, verbatim value: String) { all.append(".\(name) = \(value)") }
}

extension ExampleField {
  /// As members of `rt_field_recipe`.
  var members: [String] {
    var members = Members()
    members.add("input", input)
    members.add("source", source)
    members.add("kind", kind)
    if !classes.isEmpty {
      let list = classes.map(cString).joined(separator: ", ")
      members.add("class_count", classes.count)
      members.add("classes", verbatim: "(const char *const[]){\(list)}")
    }
    members.add("missing", missing)
    members.add("length", length)
    members.add("stride", stride)
    members.add("ahead", ahead)
    return members.all
  }
}

extension ExampleSet {
  /// As members of `rt_data_recipe`; `fields` is the name of the table of its fields.
  func members(fields table: String) -> [String] {
    var members = Members()
    members.add("name", name)
    members.add("format", format)
    members.add("path", path)
    members.add("validation", validation)
    members.add("test", test)
    members.add("field_count", fields.count)
    members.add("fields", verbatim: table)
    members.add("stratified", stratified)
    if !chosen.isEmpty {
      let list = chosenValues.map { Literal($0, .f64).cText }.joined(separator: ", ")
      members.add("chosen", chosen)
      members.add("chosen_count", chosenValues.count)
      members.add("chosen_values", verbatim: "(const double[]){\(list)}")
    }
    return members.all
  }
}

extension Phase {
  /// As members of `rt_phase`; `sets` is the name of the table of its sets.
  func members(sets table: String) -> [String] {
    var members = Members()
    members.add("name", name)
    if !sets.isEmpty {
      members.add("set_count", sets.count)
      members.add("sets", verbatim: table)
    }
    members.add("batch", batch)
    members.add("epochs", epochs)
    members.add("steps_per_epoch", steps)
    members.add("validation", validation)
    members.add("test", test)
    members.add("evaluation_steps", evaluationSteps)
    members.add("most_held_out", mostHeldOut)
    members.add("best", best)
    members.add("is_best_largest", isBestLargest ? 1 : 0)
    members.add("patience", patience)
    members.add("prepares", prepares ? 1 : 0)
    return members.all
  }
}
