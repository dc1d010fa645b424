package import Support

// As in
//
//     phase "" epochs 10 batch 64 validation 0.2 {
//       set "data" npy "../data/digits" {
//         field "image"
//         field "label" source "digit" kind "category"
//       }
//     }
//
// What has its usual value is left out.

extension ExampleField {
  fileprivate var line: String {
    var line = "field \(input.quoted)"
    func add(_ word: String, _ text: String) {
      if !text.isEmpty { line += " \(word) \(text.quoted)" }
    }
    func add(_ word: String, _ number: Int) { if number != 0 { line += " \(word) \(number)" } }
    add("source", source)
    add("kind", kind)
    if !classes.isEmpty { line += " classes " + classes.map(\.quoted).joined(separator: " ") }
    add("missing", missing)
    add("length", length)
    add("stride", stride)
    add("ahead", ahead)
    return line
  }

  fileprivate init(from scanner: inout Scanner) throws(ParseError) {
    try scanner.expect(word: "field")
    self.init(try scanner.string("the name of an input in quotes"))
    if scanner.accept(word: "source") { source = try scanner.string() }
    if scanner.accept(word: "kind") { kind = try scanner.string() }
    if scanner.accept(word: "classes") {
      while scanner.startsQuote { classes.append(try scanner.string()) }
    }
    if scanner.accept(word: "missing") { missing = try scanner.string() }
    if scanner.accept(word: "length") { length = try scanner.integer() }
    if scanner.accept(word: "stride") { stride = try scanner.integer() }
    if scanner.accept(word: "ahead") { ahead = try scanner.integer() }
  }
}

extension ExampleSet {
  fileprivate func write(to writer: inout IndentedWriter) {
    var head = "set \(name.quoted) \(format) \(path.quoted)"
    if !validation.isEmpty { head += " validation \(validation.quoted)" }
    if !test.isEmpty { head += " test \(test.quoted)" }
    if !stratified.isEmpty { head += " stratified \(stratified.quoted)" }
    if !chosen.isEmpty {
      head += " chosen \(chosen.quoted)" + chosenValues.map { " \($0)" }.joined()
    }
    writer.line(head + " {")
    writer.indented { writer in for field in fields { writer.line(field.line) } }
    writer.line("}")
  }

  fileprivate init(from scanner: inout Scanner) throws(ParseError) {
    try scanner.expect(word: "set")
    let name = try scanner.string("the name of a data set in quotes")
    let format = try scanner.word("the format of a data set")
    self.init(format: format, path: try scanner.string("a path in quotes"), fields: [])
    self.name = name
    if scanner.accept(word: "validation") { validation = try scanner.string() }
    if scanner.accept(word: "test") { test = try scanner.string() }
    if scanner.accept(word: "stratified") { stratified = try scanner.string() }
    if scanner.accept(word: "chosen") {
      chosen = try scanner.string()
      while !scanner.accept("{") { chosenValues.append(try scanner.double()) }
    } else {
      try scanner.expect("{")
    }
    while !scanner.accept("}") { fields.append(try ExampleField(from: &scanner)) }
  }
}

extension Phase {
  private var head: String {
    var head = "phase \(name.quoted) epochs \(epochs)"
    func add(_ word: String, _ number: Int) { if number != 0 { head += " \(word) \(number)" } }
    func add(_ word: String, _ share: Double) { if share != 0 { head += " \(word) \(share)" } }
    add("batch", batch)
    add("steps", steps)
    add("validation", validation)
    add("test", test)
    add("evaluation", evaluationSteps)
    add("most", mostHeldOut)
    if !best.isEmpty { head += " best \(isBestLargest ? "max" : "min") \(best.quoted)" }
    add("patience", patience)
    if prepares { head += " prepares" }
    return head
  }

  /// Writes the phase as text.
  package func write(to writer: inout IndentedWriter) {
    if sets.isEmpty { return writer.line(head) }
    writer.line(head + " {")
    writer.indented { writer in for set in sets { set.write(to: &writer) } }
    writer.line("}")
  }

  /// Reads what `write` wrote, after its first word.
  package init(from scanner: inout Scanner) throws(ParseError) {
    let name = try scanner.string("the name of a phase in quotes")
    try scanner.expect(word: "epochs")
    self.init(name, epochs: try scanner.integer())
    if scanner.accept(word: "batch") { batch = try scanner.integer() }
    if scanner.accept(word: "steps") { steps = try scanner.integer() }
    if scanner.accept(word: "validation") { validation = try scanner.double() }
    if scanner.accept(word: "test") { test = try scanner.double() }
    if scanner.accept(word: "evaluation") { evaluationSteps = try scanner.integer() }
    if scanner.accept(word: "most") { mostHeldOut = try scanner.integer() }
    if scanner.accept(word: "best") {
      isBestLargest = scanner.accept(word: "max")
      if !isBestLargest { try scanner.expect(word: "min") }
      best = try scanner.string("the name of a metric in quotes")
    }
    if scanner.accept(word: "patience") { patience = try scanner.integer() }
    prepares = scanner.accept(word: "prepares")
    guard scanner.accept("{") else { return }
    while !scanner.accept("}") { sets.append(try ExampleSet(from: &scanner)) }
  }
}
