import GraphIR
import GraphKit
import LoopIR

/// Why a sample is not compared.
struct Inexpressible: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}

/// What a row makes its tensors of: the arguments of a call.
///
/// PyTorch takes most arguments by place or by name; a place is given beside the name.
struct OpInfoCall {
  let sample: OpInfoSample
  let tensors: [Tensor]

  /// An argument; nil if it is left out or none.
  func value(_ place: Int?, _ name: String? = nil) -> OpInfoValue? {
    var found = name.flatMap { sample.keywords[$0] }
    if found == nil, let place, place < sample.arguments.count { found = sample.arguments[place] }
    if case .none? = found { return nil }
    return found
  }

  /// The first argument.
  var x: Tensor { get throws { try tensor(0) } }

  /// An argument that is a tensor, or a number as one.
  func tensor(_ place: Int?, _ name: String? = nil) throws -> Tensor {
    guard let tensor = try optionalTensor(place, name) else {
      throw Inexpressible("no tensor '\(name ?? "\(place ?? 0)")'")
    }
    return tensor
  }

  /// The same; nil if the argument is left out.
  func optionalTensor(_ place: Int?, _ name: String? = nil) throws -> Tensor? {
    try value(place, name).map { try tensor($0) }
  }

  /// A value as a tensor; a number has the type of the first tensor of the call.
  func tensor(_ value: OpInfoValue) throws -> Tensor {
    switch value {
    case .tensor(let i): return tensors[i]
    case .number(let number, _): return full([], number, numberType)
    case .flag(let flag): return full([], flag ? 1 : 0, numberType)
    default: throw Inexpressible("an argument that is no tensor")
    }
  }

  private var numberType: ElementType { tensors.first?.elementType ?? .f32 }

  /// The tensors of an argument that is a list.
  func list(_ place: Int?, _ name: String? = nil) throws -> [Tensor] {
    guard case .list(let items)? = value(place, name) else { return [try tensor(place, name)] }
    return try items.map { try tensor($0) }
  }

  /// A number; nil if it is left out.
  func number(_ place: Int?, _ name: String? = nil) throws -> Double? {
    switch value(place, name) {
    case nil: return nil
    case .number(let number, _)?: return number
    case .flag(let flag)?: return flag ? 1 : 0
    default: throw Inexpressible("a number that only a tensor knows")
    }
  }

  /// A whole number; nil if it is left out.
  func int(_ place: Int?, _ name: String? = nil) throws -> Int? {
    try number(place, name).map { Int($0) }
  }

  /// One or more whole numbers; nil if they are left out.
  func ints(_ place: Int?, _ name: String? = nil) throws -> [Int]? {
    guard let value = value(place, name) else { return nil }
    guard case .list(let items) = value else { return try int(place, name).map { [$0] } }
    return try items.map { item in
      guard case .number(let number, true) = item else {
        throw Inexpressible("a list of other things than whole numbers")
      }
      return Int(number)
    }
  }

  /// Two or more whole numbers, where one stands for all; nil if they are left out.
  func ints(_ place: Int?, _ name: String?, count: Int) throws -> [Int]? {
    try ints(place, name).map { $0.count == 1 ? Array(repeating: $0[0], count: count) : $0 }
  }

  /// True iff an argument is there and true.
  func flag(_ place: Int?, _ name: String? = nil, _ absent: Bool = false) -> Bool {
    switch value(place, name) {
    case .flag(let flag)?: flag
    case .number(let number, _)?: number != 0
    default: absent
    }
  }

  /// A word; empty if it is left out.
  func text(_ place: Int?, _ name: String? = nil) -> String {
    if case .text(let text)? = value(place, name) { text } else { "" }
  }

  /// The axes of an argument `dim`, counted from the first; all if they are left out.
  func axes(_ x: Tensor, _ place: Int? = 1, _ name: String = "dim") throws -> [Int] {
    guard let axes = try ints(place, name), !axes.isEmpty else { return Array(0..<x.rank) }
    // A single number has one axis for PyTorch.
    return x.rank == 0 ? [] : axes.map { $0 < 0 ? $0 + x.rank : $0 }
  }

  /// The axis of an argument `dim`, counted from the first.
  func axis(_ x: Tensor, _ place: Int? = 1, _ name: String = "dim", or absent: Int = 0) throws
    -> Int
  {
    let axis = try int(place, name) ?? absent
    return axis < 0 ? axis + Swift.max(x.rank, 1) : axis
  }

  /// The element type of an argument `dtype`, as the model has it.
  func type(_ place: Int? = nil, _ name: String = "dtype") -> ElementType? {
    guard case .type(let type)? = value(place, name) else { return nil }
    return type == .f64 ? .f32 : type
  }
}

/// What computes the results of a call.
typealias OpInfoExpression = (OpInfoCall) throws -> [Tensor]

/// The expressions of gcomp for operations of PyTorch, by name and variant.
///
/// The expressions hold nothing, so any thread may call them.
struct OpInfoTable: @unchecked Sendable {
  private(set) var rows: [String: OpInfoExpression] = [:]

  /// All rows.
  static let all: OpInfoTable = {
    var table = OpInfoTable()
    addMaps(&table)
    addViews(&table)
    addConstants(&table)
    addPadding(&table)
    addReductions(&table)
    addContractions(&table)
    addNetworks(&table)
    addIndexing(&table)
    addOrders(&table)
    addMatrices(&table)
    addWindows(&table)
    addMasked(&table)
    addCompositions(&table)
    return table
  }()

  /// Adds operations that one expression with one result computes.
  mutating func add(_ names: String..., expression: @escaping (OpInfoCall) throws -> Tensor) {
    for name in names { set(name) { [try expression($0)] } }
  }

  /// Adds operations that one expression with several results computes.
  mutating func addMany(_ names: String..., expression: @escaping OpInfoExpression) {
    for name in names { set(name, expression) }
  }

  private mutating func set(_ name: String, _ expression: @escaping OpInfoExpression) {
    precondition(rows[name] == nil, "two rows for '\(name)'")
    rows[name] = expression
  }

  /// The row of a name, or the row of the name without its variant.
  subscript(name: String) -> OpInfoExpression? {
    rows[name] ?? name.split(separator: ":").first.flatMap { rows[String($0)] }
  }
}
