internal import LoopIR
internal import Support

extension LoopPass {
  /// Marks the innermost loops of two iterations that compilers must not write out: those in other
  /// loops, of kernels that choose values.
  ///
  ///     for n < 24 { for i < 2 { y[n, i] = relu(x[n, i]) > 0 ? g[n, i] : 0 } }
  /// ->
  ///     for n < 24 { for i < 2 rolled { ... } }
  ///
  /// gcc 11 and 12, for AVX2 and AVX-512, write out both iterations, take several of the loop
  /// around at once, and then give elements the conditions of others.
  package static let keepPairsRolled = LoopPass(
    "keep-pairs-rolled", "keep compilers from writing out loops of two iterations"
  ) { program in
    for id in program.kernels.ids {
      let body = program.kernels[id].body
      var chooses = false
      body.forEachExpression { chooses = chooses || $0.chooses }
      if chooses { program.kernels[id].body = body.map { rolled($0, isInLoop: false) } }
    }
  }
}

private func rolled(_ statement: Statement, isInLoop: Bool) -> Statement {
  switch statement {
  case .loop(var loop):
    let isPair = loop.isWhole && loop.variable.extent == 2 && !loop.isSimd
    loop.isRolled = loop.isRolled || (isPair && isInLoop && loop.body.allSatisfy(\.isSimple))
    loop.body = loop.body.map { rolled($0, isInLoop: true) }
    return .loop(loop)
  case .whileLoop(let condition, let body):
    return .whileLoop(condition, body.map { rolled($0, isInLoop: true) })
  case .when(let condition, let then, let otherwise):
    return .when(
      condition, then: then.map { rolled($0, isInLoop: isInLoop) },
      otherwise: otherwise.map { rolled($0, isInLoop: isInLoop) })
  case .constant, .variable, .assign, .array, .store, .tile, .transform, .fetch: return statement
  }
}

extension Statement {
  // True iff there is no loop inside.
  fileprivate var isSimple: Bool {
    switch self {
    case .constant, .variable, .assign, .array, .store, .fetch: true
    case .loop, .whileLoop, .when, .tile, .transform: false
    }
  }
}
