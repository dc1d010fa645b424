internal import Glibc
internal import TensorLibrary

/// Checks of numbers that a model gives to layers. A mistake is reported and the number replaced by
/// a harmless one, so that tracing can go on.
enum Check {
  /// Returns `value`, or 1 after reporting that it is less.
  static func positive(_ value: Int, _ what: String, of owner: String?) -> Int {
    if value >= 1 { return value }
    Session.current.report(.range(owner, what, "at least 1", "\(value)"))
    return 1
  }

  /// Returns `value`, or 0 after reporting that it is negative.
  static func natural(_ value: Int, _ what: String, of owner: String) -> Int {
    if value >= 0 { return value }
    Session.current.report(.range(owner, what, "at least 0", "\(value)"))
    return 0
  }

  /// Returns `value`, or the nearer end of `range` after reporting that it lies outside.
  static func inside(
    _ value: Double, _ range: ClosedRange<Double>, _ what: String, of owner: String
  ) -> Double {
    if range.contains(value) { return value }
    let rule = "from \(range.lowerBound.plain) to \(range.upperBound.plain)"
    let isPercentage = range == 0...1 && value >= 2 && value <= 100
    let hint = isPercentage ? "\(value.plain) percent is \(value / 100)" : nil
    Session.current.report(.range(owner, what, rule, value.plain, hint: hint))
    return value > range.upperBound ? range.upperBound : range.lowerBound
  }

  /// Returns `value`, or the default after reporting that it is not a valid decay: a running mean
  /// with a decay of 1 would never change.
  static func below1(_ value: Double, _ what: String, of owner: String) -> Double {
    if value >= 0, value < 1 { return value }
    Session.current.report(.range(owner, what, "at least 0 and below 1", value.plain))
    return 0.9
  }

  /// Returns `value`, or 0 after reporting that it is negative or not a number.
  static func natural(_ value: Double, _ what: String, of owner: String?) -> Double {
    if value >= 0 { return value }
    Session.current.report(.range(owner, what, "at least 0", value.plain))
    return 0
  }

  /// Returns `value`, or 1 after reporting that it is not above 0.
  static func aboveZero(_ value: Double, _ what: String, of owner: String) -> Double {
    if value > 0, value.isFinite { return value }
    Session.current.report(.range(owner, what, "above 0", value.plain))
    return 1
  }

  /// Returns `shape`, or one with extents of at least 1 after reporting that it has smaller ones,
  /// or too many elements.
  static func shape(_ shape: Shape, of owner: String) -> Shape {
    guard let bad = shape.dims.first(where: { $0 < 1 }) else {
      if shape.isCountable { return shape }
      Session.current.report(.tooLarge("\(shape)"))
      return Shape(shape.dims.map { _ in 1 })
    }
    Session.current.report(.range(owner, "extents", "at least 1", "\(bad) in '\(shape)'"))
    return Shape(shape.dims.map { max($0, 1) })
  }

  /// Returns true iff `name` can be part of a file name and of C; reports it otherwise.
  static func name(_ name: String, of what: String, at site: SiteID? = nil) -> Bool {
    if isName(name) { return true }
    Session.current.report(.invalidName(name, of: what), at: site)
    return false
  }

  /// Returns true iff `name` can be part of a file name and of C.
  static func isName(_ name: String) -> Bool {
    let letters = name.utf8.allSatisfy { byte in
      (byte | 32) >= UInt8(ascii: "a") && (byte | 32) <= UInt8(ascii: "z")
        || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") || byte == UInt8(ascii: "_")
    }
    let first = name.utf8.first ?? UInt8(ascii: "0")
    return letters && first > UInt8(ascii: "9")
  }
}

extension Double {
  /// The number without a superfluous `.0`.
  var plain: String { self == rounded() && Swift.abs(self) < 1e15 ? "\(Int64(self))" : "\(self)" }
}

/// The error function of a number.
func errorFunction(_ x: Double) -> Double { Glibc.erf(x) }
