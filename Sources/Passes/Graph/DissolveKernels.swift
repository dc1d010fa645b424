internal import GraphIR

extension GraphPass {
  /// Replaces each kernel by the operations in it, for programs that were fused before they were
  /// written down; they are fused anew.
  ///
  ///     %1 = kernel %0 {relu} : f32[2] {
  ///       %0 = input {0} : f32[2]
  ///       %1 = relu %0 : f32[2]
  ///       yield %1
  ///     }
  /// ->
  ///     %1 = relu %0 : f32[2]
  package static let dissolveKernels = GraphPass(
    "dissolve-kernels", "replace kernels by their operations",
    each: { graph in
      Rewriter.run(graph) { rewriter, id in
        guard let kernel = graph[id].op as? KernelOp else { return nil }
        let values = kernel.body.inlined(into: rewriter.builder, inputs: rewriter.operands(id))
        return kernel.body.outputs.dropLast(kernel.temporaries).compactMap { values[$0] }
      }
    })
}
