/// The equation that defines one array or scalar of a kernel; the kernel's comment shows it.
package struct Definition: Hashable, Sendable {
  /// The array or scalar that is defined.
  package enum Target: Hashable, Sendable {
    case buffer(Buffer, [Index])
    case local(Local)
  }

  package let target: Target
  package let value: Expression

  package init(_ target: Target, _ value: Expression) {
    self.target = target
    self.value = value
  }
}

/// One array that is passed to a kernel.
package struct KernelParameter: Hashable, Sendable {
  /// What the kernel does with it.
  package enum Access: String, Hashable, Sendable {
    case read, write, readWrite
    /// Private scratch memory of the kernel.
    case scratch

    /// True iff what the array held before matters.
    package var readsOldValue: Bool { self == .read || self == .readWrite }
  }

  package let buffer: Buffer
  package let access: Access
  /// The name of the value that the array holds after the kernel, if not that of the buffer.
  package let becoming: String?

  package init(_ buffer: Buffer, _ access: Access, becoming: String? = nil) {
    self.buffer = buffer
    self.access = access
    self.becoming = becoming
  }
}

/// A loop over a variable in steps of `step`: from 0 to its extent, or over a part of that which
/// depends on enclosing loops, as in a triangle.
package struct Loop: Hashable, Sendable {
  /// How the iterations of the loop depend on each other.
  package enum Kind: String, Hashable, Sendable {
    case serial
    /// In any order: each iteration writes its own elements.
    case independent
    /// Independent, and shared between threads.
    case parallel
  }

  package var variable: Variable
  package var step: Int
  package var kind: Kind
  /// True iff compilers are told that they may take several iterations at once.
  package var isSimd: Bool
  /// True iff compilers are told not to write out the iterations.
  package var isRolled = false
  package var body: [Statement]
  /// The first position, at least 0.
  package var first: Index
  /// The end, excluded; at most the extent. The loop has no iteration if it is not above `first`.
  package var end: Index

  package init(
    _ variable: Variable, step: Int = 1, kind: Kind = .serial, isSimd: Bool = false,
    from first: Index = Index(0), to end: Index? = nil, _ body: [Statement]
  ) {
    self.variable = variable
    self.step = step
    self.kind = kind
    self.isSimd = isSimd
    self.body = body
    self.first = first
    self.end = end ?? Index(variable.extent)
  }

  /// True iff the loop goes from 0 to the extent.
  package var isWhole: Bool { first == Index(0) && end == Index(variable.extent) }
}

/// A step of a kernel.
package indirect enum Statement: Hashable, Sendable {
  case loop(Loop)
  /// A loop that runs while a condition holds.
  case whileLoop(Expression, [Statement])
  /// Gives a name to a value that does not change.
  case constant(Local, Expression)
  /// Makes a scalar that may be assigned.
  case variable(Local, Expression)
  case assign(Local, Expression)
  /// Declares a local array with every element set to one value; without a value, each element is
  /// written before it is read.
  case array(Buffer, fill: Literal?)
  case store(Buffer, [Index], Expression)
  case when(Expression, then: [Statement], otherwise: [Statement])
  /// Sums of products, a block of results at a time.
  case tile(Tile)
  /// Small matrices, each multiplied by a constant one from both sides.
  case transform(Transform)
  /// Prefetches so many elements, from one on along the last axis.
  case fetch(Buffer, [Index], count: Int)
}

/// One function over arrays: what becomes one `static` C function.
package struct Kernel: Hashable, Sendable {
  package var name: String
  package var parameters: [KernelParameter]
  /// The equations that the body computes, in order.
  package var definitions: [Definition]
  package var body: [Statement]
  /// Where in the model the kernel comes from, for its comment: `model.swift:14`.
  package var origins: [String]
  /// What the body computes, in words, where there is no equation.
  package var summary: String?

  package init(
    name: String, parameters: [KernelParameter], definitions: [Definition], body: [Statement],
    origins: [String], summary: String? = nil
  ) {
    self.name = name
    self.parameters = parameters
    self.definitions = definitions
    self.body = body
    self.origins = origins
    self.summary = summary
  }
}
