internal import GraphIR

extension GraphPass {
  /// Makes a kernel of each operation, so that every value is in memory and can be looked at.
  ///
  ///     %2 = multiply %x, %y
  ///     %3 = log %2
  ///     return %3
  /// ->
  ///     %0 = kernel %x, %y { %2 = multiply %x, %y; yield %2 }
  ///     %1 = kernel %0 { %3 = log %0; yield %3 }
  ///     return %1
  ///
  /// It stands in place of `fuse` in programs that are for checks. Changes of indices, which
  /// compute nothing, stay with the operation that reads them.
  package static let separate = GraphPass(
    "separate", "make a kernel of each operation",
    each: { graph in
      var fusion = Fusion(removeDeadNodes(graph), .portable)
      fusion.makeEachRoot()
      return fusion.build()
    })
}
