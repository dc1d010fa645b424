public import TensorLibrary
internal import LoopIR

/// One field of a data set: its type in the model, and what of the files it is made of.
public struct DataField {
  let type: TensorType
  private var source = ""
  private var kind = ""
  private var classes: [String] = []
  private var missing = ""
  private var length = 0
  private var stride = 0
  private var ahead = 0

  init(
    _ type: TensorType, source: String = "", kind: String = "", classes: [String] = [],
    missing: String = "", length: Int = 0, stride: Int = 0, ahead: Int = 0
  ) {
    self.type = type
    self.source = source
    self.kind = kind
    self.classes = classes
    self.missing = missing
    self.length = length
    self.stride = stride
    self.ahead = ahead
  }

  func named(_ name: String) -> ExampleField {
    var field = ExampleField(name)
    field.source = source
    field.kind = kind
    field.classes = classes
    field.missing = missing
    field.length = length
    field.stride = stride
    field.ahead = ahead
    return field
  }
}

/// What stands for a value that is missing in a table.
public enum Missing: Sendable {
  /// Nothing: it is an error.
  case refused
  /// A number.
  case number(Double)
  /// The mean of the column.
  case mean

  var text: String {
    switch self {
    case .refused: ""
    case .number(let value): value.plain
    case .mean: "mean"
    }
  }
}

// Fields of tables.
extension DataField {
  /// Columns of numbers, one after the other in a vector.
  public static func columns(
    _ names: String..., missing: Missing = .refused, as element: ElementType = .f32
  ) -> DataField {
    DataField(
      TensorType(element, [names.count]), source: names.asColumns, missing: missing.text)
  }

  /// A column of numbers; without a name, the one that is called like the field.
  public static func column(
    _ name: String = "", missing: Missing = .refused, as element: ElementType = .f32
  ) -> DataField {
    DataField(
      TensorType(element, []), source: name.isEmpty ? "" : [name].asColumns,
      missing: missing.text)
  }

  /// A column of words, each of which becomes the number of its class: by `classes`, or else in
  /// alphabetical order.
  public static func category(_ name: String = "", _ classes: [String] = []) -> DataField {
    DataField(
      TensorType(.i32, []), source: name.isEmpty ? "" : [name].asColumns, kind: "category",
      classes: classes)
  }

  /// A window over time of so many rows, which begins `ahead` rows after that of the example: of
  /// columns, or of all that the file has.
  public static func window(
    _ length: Int, columns names: String..., ahead: Int = 0, as element: ElementType = .f32
  ) -> DataField {
    let length = Check.positive(length, "length", of: "window")
    let shape = names.count > 1 ? [length, names.count] : [length]
    return DataField(
      TensorType(element, Shape(shape)), source: names.asColumns, length: length,
      ahead: Check.natural(ahead, "ahead", of: "window"))
  }
}

extension [String] {
  /// Names of columns as one text, in quotes where a comma would separate them.
  fileprivate var asColumns: String {
    map { name in
      let needsQuotes = name.contains { $0 == "," || $0 == "\"" } || name.hasPrefix(" ")
      return needsQuotes ? "\"" + name.split(separator: "\"", omittingEmptySubsequences: false)
        .joined(separator: "\"\"") + "\"" : name
    }.joined(separator: ",")
  }
}

// Fields of other files.
extension DataField {
  /// The numbers in a file of its own.
  public static func file(_ name: String, _ type: TensorType) -> DataField {
    DataField(type, source: name)
  }
}
