internal import TensorLibrary
internal import LoopIR

/// A size of a window: one number for all its axes, or an array with one for each.
public protocol Extents {
  /// The numbers: one, or as many as there are axes.
  var numbers: [Int] { get }
}

extension Int: Extents {
  /// The number itself.
  public var numbers: [Int] { [self] }
}

extension [Int]: Extents, PaddingAmount {
  /// The numbers themselves.
  public var numbers: [Int] { self }
}

extension Extents {
  /// Returns a number for each of `axes` axes, at least `least`; reports others.
  func checked(_ what: String, of owner: String, axes: Int, least: Int) -> [Int] {
    guard numbers.count == 1 || numbers.count == axes else {
      Session.current.report(.extents(owner, what, axes, numbers))
      return Array(repeating: least, count: axes)
    }
    let sound = numbers.map {
      least == 0 ? Check.natural($0, what, of: owner) : Check.positive($0, what, of: owner)
    }
    return sound.count == axes ? sound : Array(repeating: sound[0], count: axes)
  }
}

/// The padding of an image before windows slide over it: `.same`, `.valid` or an amount.
public struct Padding: PaddingAmount, Sendable {
  enum Kind {
    case valid, same
    case amount([Int])
    case sides(before: [Int], after: [Int])
  }

  let kind: Kind

  /// The padding itself.
  public var padding: Padding? { self }

  /// The elements to add before and after each axis, for a window that spans `reach` elements.
  func amounts(_ reach: [Int]) -> [(before: Int, after: Int)] {
    switch kind {
    case .valid: reach.map { _ in (0, 0) }
    case .same: reach.map { (($0 - 1) / 2, $0 - 1 - ($0 - 1) / 2) }
    case .amount(let amounts): amounts.map { ($0, $0) }
    case .sides(let before, let after): zip(before, after).map { ($0, $1) }
    }
  }
}

/// An amount of padding: `.same`, `.valid`, one number, or an array with one for each axis.
public protocol PaddingAmount {
  /// The amount; nil for numbers.
  var padding: Padding? { get }
}

extension PaddingAmount where Self == Padding {
  /// Pads so that the result is as large as the image.
  public static var same: Padding { Padding(kind: .same) }
  /// No padding.
  public static var valid: Padding { Padding(kind: .valid) }
  /// Unequal amounts before and after each axis.
  public static func sides(before: [Int], after: [Int]) -> Padding {
    Padding(kind: .sides(before: before, after: after))
  }
}

extension Int: PaddingAmount {}

extension PaddingAmount where Self: Extents {
  /// Nil: the amount is numbers.
  public var padding: Padding? { nil }
}

extension PaddingAmount {
  /// Returns the amount for so many axes, or 0 for numbers that are reported.
  func checked(of owner: String, axes: Int) -> Padding {
    if let numbers = self as? any Extents {
      return Padding(
        kind: .amount(numbers.checked("padding", of: owner, axes: axes, least: 0)))
    }
    guard case .sides(let before, let after)? = padding?.kind else {
      return padding ?? Padding(kind: .valid)
    }
    return Padding(
      kind: .sides(
        before: before.checked("padding", of: owner, axes: axes, least: 0),
        after: after.checked("padding", of: owner, axes: axes, least: 0)))
  }
}

extension Tensor {
  /// True iff the elements are of the type that a layer computes in; reports it otherwise.
  func isComputed(in element: ElementType, _ layer: String) -> Bool {
    if elementType == element { return true }
    Session.current.report(
      .layerInput(
        layer, "be '\(element)', as its weights are", type, made: site,
        hint: "convert it with 'cast(to: .\(element))'"))
    return false
  }

  /// An image padded before and after each axis that follows its channels, for windows that span
  /// some elements.
  func imagePadded(
    _ amounts: [(before: Int, after: Int)], mode: PaddingMode = .zeros, reach: [Int] = [],
    of layer: String
  ) -> Tensor {
    guard isImage(amounts.count, of: layer) else { return builder.poison() }
    let size = zip(shape.dims[2...], amounts).map { $0 + $1.before + $1.after }
    guard zip(size, reach).allSatisfy({ $0 >= $1 }) else {
      let isPadded = amounts.contains { $0.before + $0.after > 0 }
      Session.current.report(.window(layer, reach, size, isPadded: isPadded, type, made: site))
      return builder.poison()
    }
    return padded([(0, 0), (0, 0)] + amounts, mode: mode)
  }

  /// True iff so many axes follow those of examples and channels; reports it otherwise.
  func isImage(_ axes: Int, of layer: String) -> Bool {
    guard value != nil else { return false }
    if rank == axes + 2 { return true }
    Session.current.report(.layerInput(layer, Self.imageRule(axes), type, made: site))
    return false
  }

  /// What an image with so many axes must have, in words.
  static func imageRule(_ axes: Int) -> String {
    let names = ["n", "c"] + ["z", "y", "x"].suffix(axes)
    return "have \(axes + 2) axes, [\(names.joined(separator: ", "))]"
  }
}
