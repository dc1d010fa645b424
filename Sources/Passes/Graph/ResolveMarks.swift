internal import GraphIR

extension GraphPass {
  /// Removes nodes that only matter for gradients.
  ///
  ///     %1 = stopGradient %0
  ///     %2 = write %1 {@3}
  ///     return update @3 %2
  /// ->
  ///     return update @3 %0
  package static let resolveMarks = GraphPass(
    "resolve-marks", "remove marks that only gradients need",
    each: { graph in
      Rewriter.run(graph) { rewriter, id in
        switch graph[id].op {
        case is StopGradient, is WriteState: [rewriter.operands(id)[0]]
        case let mark as CustomGradient: Array(rewriter.operands(id)[..<mark.values])
        default: nil
        }
      }
    })
}
