public import GraphIR

/// What the brackets of a tensor, `x[0, 2..<5]`, may hold for one axis: an integer, a range, a
/// tensor of integers, `.all`, `.slice(from:to:step:)` or `.newAxis`.
public protocol TensorIndex {
  /// The part of the axis that is meant.
  var axisPart: AxisPart { get }
}

/// The part of one axis that the brackets of a tensor pick.
public struct AxisPart: TensorIndex {
  package enum Kind {
    /// One element; the axis disappears.
    case position(Int)
    /// From one position to before another, which lie inside; nil for the ends.
    case inside(from: Int?, to: Int?)
    /// Python's `from:to:step`, which is clamped.
    case clamped(from: Int?, to: Int?, step: Int)
    /// Elements at positions known at run time, whose axes replace the axis.
    case positions(Tensor)
    /// A new axis of extent 1.
    case newAxis
    /// As many whole axes as the others leave.
    case rest
  }

  package let kind: Kind

  package init(_ kind: Kind) { self.kind = kind }

  /// The part itself.
  public var axisPart: AxisPart { self }
}

extension TensorIndex where Self == AxisPart {
  /// The whole axis.
  public static var all: AxisPart { AxisPart(.inside(from: nil, to: nil)) }

  /// A new axis of extent 1.
  public static var newAxis: AxisPart { AxisPart(.newAxis) }

  /// Python's `from:to:step`: negative positions count from the end, a negative step runs
  /// backwards, and positions beyond the ends are clamped.
  public static func slice(from start: Int? = nil, to end: Int? = nil, step: Int = 1) -> AxisPart {
    AxisPart(.clamped(from: start, to: end, step: step))
  }
}

extension Int: TensorIndex {
  /// One element, counted from the end if negative; the axis disappears.
  public var axisPart: AxisPart { AxisPart(.position(self)) }
}

extension Tensor: TensorIndex {
  /// The elements at positions known at run time.
  public var axisPart: AxisPart { AxisPart(.positions(self)) }
}

extension Range<Int>: TensorIndex {
  /// The elements in the range; bounds below 0 count from the end.
  public var axisPart: AxisPart {
    // An upper bound of 0 after one from the end is the end, as in `-3..<0`.
    let end = lowerBound < 0 && upperBound == 0 ? nil : upperBound
    return AxisPart(.inside(from: lowerBound, to: end))
  }
}

extension ClosedRange<Int>: TensorIndex {
  /// The elements in the range; bounds below 0 count from the end.
  public var axisPart: AxisPart {
    AxisPart(.inside(from: lowerBound, to: PartialRangeThrough(upperBound).end))
  }
}

extension PartialRangeFrom<Int>: TensorIndex {
  /// The elements from a position on, which counts from the end if it is below 0.
  public var axisPart: AxisPart { AxisPart(.inside(from: lowerBound, to: nil)) }
}

extension PartialRangeUpTo<Int>: TensorIndex {
  /// The elements before a position, which counts from the end if it is below 0.
  public var axisPart: AxisPart { AxisPart(.inside(from: nil, to: upperBound)) }
}

extension PartialRangeThrough<Int>: TensorIndex {
  /// The elements up to and including a position, which counts from the end if it is below 0.
  public var axisPart: AxisPart { AxisPart(.inside(from: nil, to: end)) }

  // The position after the last; nil for the end of the axis.
  fileprivate var end: Int? {
    let (next, overflows) = upperBound.addingReportingOverflow(1)
    if upperBound == -1 { return nil }
    return overflows ? upperBound : next
  }
}
