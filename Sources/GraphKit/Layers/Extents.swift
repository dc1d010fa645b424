internal import GraphIR
internal import LoopIR

/// A size of an image's window: one number for rows and columns, or an array of two.
public protocol Extents {
  /// The numbers: one, or two.
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
  /// Returns the numbers for rows and columns, or `least` for those that are reported.
  func checked(_ what: String, of owner: String, least: Int) -> (Int, Int) {
    let numbers = numbers
    guard numbers.count == 1 || numbers.count == 2 else {
      Session.current.report(.pair(owner, what, numbers))
      return (least, least)
    }
    func check(_ number: Int) -> Int {
      least == 0
        ? Check.natural(number, what, of: owner) : Check.positive(number, what, of: owner)
    }
    let first = check(numbers[0])
    return numbers.count == 1 ? (first, first) : (first, check(numbers[1]))
  }
}

/// How far an image is extended before windows slide over it: `.same`, `.valid` or an amount.
public struct Padding: PaddingAmount, Sendable {
  enum Kind {
    case valid, same
    case amount(Int, Int)
  }

  let kind: Kind

  /// The padding itself.
  public var padding: Padding? { self }

  /// The rows and columns to add before and after, for a window that reaches over `reach`.
  func amounts(_ reach: (Int, Int)) -> [(before: Int, after: Int)] {
    switch kind {
    case .valid: [(0, 0), (0, 0)]
    case .same: [reach.0 - 1, reach.1 - 1].map { ($0 / 2, $0 - $0 / 2) }
    case .amount(let rows, let columns): [(rows, rows), (columns, columns)]
    }
  }
}

/// An amount of padding: `.same`, `.valid`, one number, or an array of two.
public protocol PaddingAmount {
  /// The amount; nil for numbers.
  var padding: Padding? { get }
}

extension PaddingAmount where Self == Padding {
  /// So that the result is as large as the image.
  public static var same: Padding { Padding(kind: .same) }
  /// Not at all.
  public static var valid: Padding { Padding(kind: .valid) }
}

extension Int: PaddingAmount {}

extension PaddingAmount where Self: Extents {
  /// Nil: the amount is numbers.
  public var padding: Padding? { nil }
}

extension PaddingAmount {
  /// Returns the amount, or 0 for numbers that are reported.
  func checked(of owner: String) -> Padding {
    guard let numbers = self as? any Extents else { return padding ?? Padding(kind: .valid) }
    let pair = numbers.checked("padding", of: owner, least: 0)
    return Padding(kind: .amount(pair.0, pair.1))
  }
}

extension Tensor {
  /// Where the tensor was made.
  var site: SiteID? { value.flatMap { builder.graph[$0.node].site } }

  /// What the tensor is called, if it has a name.
  var name: String? { value.flatMap { builder.graph[$0.node].name } }

  /// True iff the elements are of the type that a layer computes in; reports it otherwise.
  func isComputed(in element: ElementType, _ layer: String) -> Bool {
    if elementType == element { return true }
    Session.current.report(
      .layerInput(
        layer, "be '\(element)', as its weights are", type, made: site,
        hint: "convert it with 'cast(to: .\(element))'"))
    return false
  }

  /// An image with rows and columns added around it, for windows that reach over some of them.
  func imagePadded(
    _ amounts: [(before: Int, after: Int)], value: Double, reach: (Int, Int) = (1, 1),
    of layer: String
  ) -> Tensor {
    guard self.value != nil else { return self }
    guard rank == 4 else {
      Session.current.report(.layerInput(layer, "have 4 axes, [n, c, y, x]", type, made: site))
      return builder.poison()
    }
    let size = (0...1).map { shape[2 + $0] + amounts[$0].before + amounts[$0].after }
    guard size[0] >= reach.0, size[1] >= reach.1 else {
      let isPadded = amounts.contains { $0.before + $0.after > 0 }
      Session.current.report(
        .window(layer, [reach.0, reach.1], size, isPadded: isPadded, type, made: site))
      return builder.poison()
    }
    return padded([(0, 0), (0, 0)] + amounts, value: value)
  }
}
