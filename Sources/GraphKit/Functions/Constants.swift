public import TensorLibrary
public import LoopIR

/// A tensor with the same number everywhere.
public func full(_ shape: Shape, _ value: Double, _ element: ElementType = .f32) -> Tensor {
  everywhere(shape, value, element, of: "full")
}

/// 0 everywhere.
public func zeros(_ shape: Shape, _ element: ElementType = .f32) -> Tensor {
  everywhere(shape, 0, element, of: "zeros")
}

/// 1 everywhere.
public func ones(_ shape: Shape, _ element: ElementType = .f32) -> Tensor {
  everywhere(shape, 1, element, of: "ones")
}

/// 0 everywhere, in the shape of a tensor, and in its element type unless another is given.
public func zeros(like x: Tensor, _ element: ElementType? = nil) -> Tensor {
  x.filled(0, as: element)
}

/// 1 everywhere, in the shape of a tensor, and in its element type unless another is given.
public func ones(like x: Tensor, _ element: ElementType? = nil) -> Tensor {
  x.filled(1, as: element)
}

/// The same number everywhere, in the shape of a tensor, and in its element type unless another is
/// given.
public func full(like x: Tensor, _ value: Double, _ element: ElementType? = nil) -> Tensor {
  x.filled(value, as: element)
}

/// The identity matrix, or a matrix of other extents with ones on its main diagonal.
public func eye(_ rows: Int, _ columns: Int? = nil, _ element: ElementType = .f32) -> Tensor {
  guard let trace = Trace.running("eye") else { return Session.current.limbo.poison() }
  let m = Check.positive(rows, "rows", of: "eye")
  let n = Check.positive(columns ?? m, "columns", of: "eye")
  func positions(_ axis: Int) -> Tensor {
    trace.builder.apply(Iota(axis: axis, TensorType(.i32, [m, n])))
  }
  return (positions(0) .== positions(1)).cast(to: element)
}

private func everywhere(
  _ shape: Shape, _ value: Double, _ element: ElementType, of name: String
) -> Tensor {
  guard let trace = Trace.running(name) else { return Session.current.limbo.poison() }
  let type = TensorType(element, Check.shape(shape, of: name))
  return trace.builder.constant(value, type)
}

/// The numbers 0, 1, 2 ... below `count`.
public func range(_ count: Int, _ element: ElementType = .i32) -> Tensor {
  guard let trace = Trace.running("range") else { return Session.current.limbo.poison() }
  let extent = Check.positive(count, "count", of: "range")
  return trace.builder.apply(Iota(axis: 0, TensorType(element, [extent])))
}

extension Tensor {
  /// A single number.
  public init(_ value: Double, _ element: ElementType = .f32) {
    self = everywhere([], value, element, of: "Tensor")
  }

  /// A vector of given numbers, truncated for an integer type.
  public init(_ values: [Double], _ element: ElementType = .f32) {
    self.init(values: values, shape: [values.count], element)
  }

  /// A matrix of given rows.
  public init(_ rows: [[Double]], _ element: ElementType = .f32) {
    let columns = rows.first?.count ?? 0
    if let odd = rows.firstIndex(where: { $0.count != columns }) {
      Session.current.report(.unequalRows(odd, rows[odd].count, columns))
      self = Session.current.limbo.poison()
      return
    }
    self.init(values: rows.flatMap { $0 }, shape: [rows.count, columns], element)
  }

  /// Given numbers, in row-major order.
  public init(values: [Double], shape: Shape, _ element: ElementType = .f32) {
    let session = Session.current
    guard let trace = Trace.running("Tensor") else {
      self = session.limbo.poison()
      return
    }
    guard !values.isEmpty, shape.dims.allSatisfy({ $0 > 0 }), values.count == shape.count else {
      session.report(.valueCount(values.count, shape))
      self = trace.builder.poison()
      return
    }
    // Equal values are stored once.
    let same = values.dropFirst().allSatisfy { $0 == values[0] }
    let literals = (same ? [values[0]] : values).map { Literal($0, element) }
    self = trace.builder.apply(GraphIR.Constant(literals, TensorType(element, shape)))
  }
}
