public import TensorLibrary
internal import LoopIR

/// Examples in files. How many there are is found when the programs open them.
///
///     let digits = DataSet("../data/digits", fields: ["image": .u8[1, 8, 8], "label": .u8])
///
/// Paths are relative to the model's file; the flag `--data` of the programs names other files.
public struct DataSet {
  var set: ExampleSet
  /// The fields, each with the type of one example.
  var fields: [(name: String, type: TensorType)]
  /// The examples of a step, if they are not as many as those of the first set.
  var batch: Int?

  /// A folder with an npy file for each field, whose first axis is that of the examples; the type
  /// of a field is that of one example.
  public init(_ path: String, fields: KeyValuePairs<String, TensorType>) {
    self.init("npy", path, fields.map { ($0.key, DataField($0.value)) })
  }

  /// The number of examples is found when the data are opened.
  @available(*, unavailable, message: "leave out 'count'; the programs count the examples")
  public init(_ path: String, count: Int, fields: KeyValuePairs<String, TensorType>) {
    self.init(path, fields: fields)
  }

  /// A set in a format of the runtime.
  init(_ format: String, _ path: String, _ declared: [(name: String, field: DataField)]) {
    set = ExampleSet(format: format, path: path, fields: [])
    fields = []
    for (name, field) in declared where Check.name(name, of: "a field") {
      if fields.contains(where: { $0.name == name }) { Session.current.report(.sameInput(name)) }
      let shape = Check.shape(field.type.shape, of: "DataSet")
      fields.append((name, TensorType(field.type.element, shape)))
      set.fields.append(field.named(name))
    }
  }

  /// Handwritten digits, as pixels from 0 to 16; they ship with gcomp.
  public static var digits: DataSet {
    DataSet(
      Self.path(to: Self.examples + "/data/digits", from: Session.current.sites.modelFile),
      fields: ["image": .u8[1, 8, 8], "label": .u8])
  }

  // The folder `examples` of this package.
  private static let examples =
    String(#filePath.dropLast("Sources/GraphKit/Model/DataSet.swift".count)) + "examples"

  // The path of a folder, as seen from the folder of a model; without a model, from an example.
  private static func path(to folder: String, from model: String?) -> String {
    let to = folder.split(separator: "/")
    let file = model.flatMap { $0.hasPrefix("/") ? $0 : nil } ?? examples + "/digits/model.swift"
    let from = file.split(separator: "/").dropLast()
    let common = zip(to, from).prefix { $0 == $1 }.count
    let up = [Substring](repeating: "..", count: from.count - common)
    return (up + to[common...]).joined(separator: "/")
  }
}

// Changes of a set as it is declared.
extension DataSet {
  /// The set under a name, by which the flag `--data` knows it beside others.
  public func named(_ name: String) -> DataSet {
    var copy = self
    if Check.name(name, of: "a data set") { copy.set.name = name }
    return copy
  }

  /// The same with so many examples in a step, for a set beside the first one.
  public func batches(of count: Int) -> DataSet {
    var copy = self
    copy.batch = Check.positive(count, "count", of: "batches")
    return copy
  }

  /// Only the examples whose field, a single number, has one of the values.
  ///
  ///     DataSet.digits.where("label", in: [0, 1])
  public func `where`(_ field: String, in values: some Sequence<Int>) -> DataSet {
    var copy = self
    if isNumber(field) {
      copy.set.chosen = field
      copy.set.chosenValues = values.map(Double.init)
    }
    return copy
  }

  /// With shares of each class that are equal in all splits; the field is a single number.
  public func stratified(by field: String) -> DataSet {
    var copy = self
    if isNumber(field) { copy.set.stratified = field }
    return copy
  }

  /// With held-out examples in files of their own, and perhaps test examples; the paths are
  /// relative to that of the set.
  public func held(out validation: String, test: String = "") -> DataSet {
    var copy = self
    copy.set.validation = validation
    copy.set.test = test
    return copy
  }

  // True iff the set has the field and it is a single number; reports it otherwise.
  private func isNumber(_ field: String) -> Bool {
    guard let found = fields.first(where: { $0.name == field }) else {
      Session.current.report(.unknownField(field, fields: fields.map(\.name)))
      return false
    }
    if found.type.shape.count == 1 { return true }
    Session.current.report(.choiceNeedsNumber(field, found.type))
    return false
  }

  /// The arguments of a step for so many examples.
  func arguments(batch: Int) -> [Argument] {
    zip(fields, set.fields).map { field, declared in
      let shape = Shape([batch] + field.type.shape.dims)
      return Argument(name: declared.input, type: TensorType(field.type.element, shape))
    }
  }

  /// The set with inputs whose names begin with its own; their sources stay.
  func prefixed() -> DataSet {
    var copy = self
    copy.set.fields = set.fields.map { $0.renamed("\(set.name)_\($0.input)") }
    func renamed(_ input: String) -> String { input.isEmpty ? "" : "\(set.name)_\(input)" }
    copy.set.stratified = renamed(set.stratified)
    copy.set.chosen = renamed(set.chosen)
    return copy
  }
}

extension ExampleField {
  // The same of another input. What it is made of was named as the old one, unless it says so.
  fileprivate func renamed(_ input: String) -> ExampleField {
    var copy = ExampleField(input)
    copy.source = source.isEmpty ? self.input : source
    copy.kind = kind
    copy.classes = classes
    copy.missing = missing
    copy.length = length
    copy.stride = stride
    copy.ahead = ahead
    return copy
  }
}

/// The examples of one step; each field is a tensor whose first axis is the example.
@dynamicMemberLookup
public struct Batch {
  let fields: [(name: String, value: Tensor)]

  /// The field with a name, as in `batch.image`.
  public subscript(dynamicMember name: String) -> Tensor { self[name] }

  /// The field with a name.
  public subscript(name: String) -> Tensor {
    if let field = fields.first(where: { $0.name == name }) { return field.value }
    let session = Session.current
    session.report(.unknownField(name, fields: fields.map(\.name)))
    return (Trace.current?.builder ?? session.limbo).poison()
  }
}
