package import LoopIR

// Short forms in which tests write loops by hand.

/// A constant, f32 unless told.
package func number(_ value: Double, _ type: ElementType = .f32) -> Expression {
  .literal(Literal(value, type))
}

extension Buffer {
  /// The element at some indices.
  package subscript(indices: Index...) -> Expression { .load(self, indices) }
  /// The element at some variables.
  package subscript(variables: Variable...) -> Expression {
    .load(self, variables.map { Index($0) })
  }

  /// The value of a scalar in memory.
  package var value: Expression { .load(self, []) }

  /// A store to the element at some variables.
  package func set(_ variables: Variable..., to value: Expression) -> Statement {
    .store(self, variables.map { Index($0) }, value)
  }
}

extension Variable {
  /// A loop over the variable.
  package func loop(_ body: Statement...) -> Statement { .loop(Loop(self, body)) }

  /// A loop over the variable whose passes are shared between threads.
  package func parallel(_ body: Statement...) -> Statement {
    .loop(Loop(self, kind: .parallel, body))
  }

  /// A loop over every so many values of the variable.
  package func loop(every step: Int, _ body: Statement...) -> Statement {
    .loop(Loop(self, step: step, body))
  }
}

package func + (a: Variable, b: Variable) -> Index { Index(a) + Index(b) }
package func + (a: Index, b: Variable) -> Index { a + Index(b) }
package func * (a: Int, b: Variable) -> Index { Index(b) * a }

/// Makes variables and buffers with numbers of their own.
package struct Declarations {
  private var count = 0

  package init() {}

  private mutating func next() -> Int {
    count += 1
    return count - 1
  }

  /// A variable.
  package mutating func variable(_ name: String, _ extent: Int) -> Variable {
    Variable(id: next(), name: name, extent: extent)
  }

  /// An array, f32 unless told.
  package mutating func buffer(
    _ name: String, _ shape: [Int], _ type: ElementType = .f32
  ) -> Buffer {
    Buffer(id: next(), name: name, type: type, shape: shape)
  }

  /// A scalar, f32 unless told.
  package mutating func local(_ name: String, _ type: ElementType = .f32) -> Local {
    Local(id: next(), name: name, type: type)
  }
}
