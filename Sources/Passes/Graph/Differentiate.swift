internal import GraphIR

extension GraphPass {
  /// Replaces each `gradient` node by graph code.
  ///
  ///     %2 = multiply %0, %1
  ///     %3 = gradient %2, %0
  /// ->
  ///     %2 = multiply %0, %1
  ///     %3 = %1
  ///
  /// Nodes are taken in order, so the gradient inside a loss is code before the gradient of that
  /// loss is taken: gradients of gradients need nothing more.
  package static let differentiate = GraphPass(
    "differentiate", "replace gradients by graph code",
    each: { graph in
      Rewriter.run(graph) { rewriter, id in
        guard graph[id].op is Gradient else { return nil }
        let operands = rewriter.operands(id)
        return gradients(of: operands[0], by: Array(operands.dropFirst()))
      }
    })
}

private func gradients(of loss: Tensor, by sources: [Tensor]) -> [Tensor] {
  let found = loss.builder.gradients([(loss, loss.filled(1))], by: sources)
  return zip(sources, found).map { $1 ?? $0.filled(0) }
}
