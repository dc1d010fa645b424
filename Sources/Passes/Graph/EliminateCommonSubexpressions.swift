internal import GraphIR

extension GraphPass {
  /// Merges equal nodes.
  ///
  ///     %1 = exp %0
  ///     %2 = exp %0
  ///     %3 = add %1, %2
  /// ->
  ///     %1 = exp %0
  ///     %2 = add %1, %1
  ///
  /// Rebuilding is enough, because the builder never makes a node twice.
  package static let eliminateCommonSubexpressions = GraphPass(
    "eliminate-common-subexpressions", "merge equal nodes",
    each: { graph in Rewriter.run(graph) { _, _ in nil } })
}
