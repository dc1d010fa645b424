internal import Glibc

/// Stops a model with unbounded recursion before the stack overflows.
struct StackGuard {
  private let base = StackGuard.address()
  // An eighth of the usual stack of a main thread; hundreds of nested layers need less.
  private static let limit: UInt = 1 << 20

  /// Reports a layer that calls itself, and ends the process, if it uses too much of the stack.
  func check(_ session: Session) {
    let used = base > Self.address() ? base - Self.address() : Self.address() - base
    guard used > Self.limit else { return }
    session.report(.recursion())
    exit(0)
  }

  private static func address() -> UInt {
    var here = 0
    return withUnsafePointer(to: &here) { UInt(bitPattern: $0) }
  }
}
