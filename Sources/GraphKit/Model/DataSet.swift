public import TensorLibrary
internal import LoopIR

/// Examples on disk: a folder with one npy file for each field, whose first extent is the number of
/// examples.
///
///     let digits = DataSet(
///       "../data/digits", count: 1797, fields: ["image": .u8[1, 8, 8], "label": .u8])
public struct DataSet {
  /// The folder, relative to the file of the model.
  package let path: String
  /// The number of examples.
  package let count: Int
  /// The fields, each with the type of one example.
  package let fields: [(name: String, type: TensorType)]

  /// A data set in a folder, whose path is relative to the model's file. The type of a field is
  /// that of one example, without the axis of the examples.
  public init(_ path: String, count: Int, fields: KeyValuePairs<String, TensorType>) {
    self.path = path
    self.count = Check.positive(count, "count", of: "DataSet")
    var known: [(name: String, type: TensorType)] = []
    for (name, type) in fields where Check.name(name, of: "a field") {
      if known.contains(where: { $0.name == name }) { Session.current.report(.sameInput(name)) }
      known.append((name, TensorType(type.element, Check.shape(type.shape, of: "DataSet"))))
    }
    self.fields = known
  }

  /// Handwritten digits, as pixels from 0 to 16; they ship with gcomp.
  public static var digits: DataSet {
    DataSet(
      Self.path(to: Self.examples + "/data/digits", from: Session.current.sites.modelFile),
      count: 1797, fields: ["image": .u8[1, 8, 8], "label": .u8])
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

  /// The number of examples that a share holds out, as the train program rounds it.
  func heldOut(_ share: Double) -> Int { Int((Double(count) * share + 0.5).rounded(.down)) }
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
