// swift-format-ignore-file: NeverForceUnwrap

package import GraphIR
package import LoopIR
internal import Support

/// Sums of products as functions of a program: those of layers and their gradients, and shapes
/// around the edges of blocks.
package enum Contractions {
  /// The maps, as `AxisMap` writes them.
  package static let maps: [String] = [
    // Products of matrices, plain and turned, on both sides of whole blocks and panels.
    "[n=16, j=64 | i=12] (n, i) (i, j)", "[n=28, j=96 | i=9] (n, i) (j, i)",
    "[n=45, j=33 | i=9] (i, n) (j, i)", "[n=15, j=70 | i=8] (n, i) (j, i)",
    "[n=29, j=31 | i=8] (i, n) (i, j)", "[n=100, j=10 | i=16] (n, i) (j, i)",
    "[j=50, n=16 | i=8] (n, i) (j, i)", "[n=128, j=64 | i=2] (n, i) (i, j)",
    // Columns read where they are: the last block ends with the last column.
    "[n=20, j=48 | i=30] (n, i) (i, j)", "[n=13, j=90 | i=11] (n, i) (i, j)",
    "[n=9, j=33 | i=260] (n, i) (i, j)", "[b=3, n=13, j=236 | i=15] (b, n, i) (b, i, j)",
    "[c=2, y=9, x=76 | i=5, u=5, v=5] (i, y+u, x+v) (c, i, u, v)",
    // A panel for each block of columns.
    "[n=21, j=390 | i=7] (n, i) (j, i)", "[b=4, n=10, j=100 | i=9] (b, n, i) (b, j, i)",
    "[n=70, j=416 | i=5, k=3] (n, i, k) (j, k, i)",
    // More steps than a block takes at once, in one loop and in several; rows that are neighbours.
    "[n=50, j=16 | i=260] (n, i) (i, j)", "[n=50, j=32 | i=260] (i, n) (i, j)",
    "[c=40, i=32, u=2 | n=3, y=9, x=10] (n, y, x, c) (n, y+u, x, i)",
    // Panels in groups that share a copy of rows: the last of six has one panel; one group is all.
    "[n=70, j=350 | i=9] (i, n) (i, j)", "[n=768, j=64 | i=8] (i, n) (i, j)",
    "[a=12, n=15, j=33 | i=257] (a, i, n) (i, j)",
    // Rows that are whole ways of the cache apart, which high tiles copy.
    "[n=17, j=300 | i=1024] (n, i) (i, j)", "[h=16, n=15, j=33 | i=64] (n, h, i) (h, i, j)",
    // Steps that are no multiple of what a pass of the innermost loop takes.
    "[n=16, j=64 | i=19] (n, i) (i, j)", "[n=45, j=33 | i=22] (i, n) (j, i)",
    // One row and a large matrix, with rows left over by whole passes.
    "[n=1, j=512 | i=515] (n, i) (i, j)",
    // Batches, and axes in between.
    "[b=3, n=28, j=40 | i=9] (b, n, i) (b, i, j)",
    "[b=2, h=2, q=33, k=34 | d=16] (b, q, h, d) (b, k, h, d)",
    "[n=3, t=10, j=48 | i=8] (n, t, i) (j, i)", "[j=48, i=32 | n=3, t=10] (n, t, j) (n, t, i)",
    "[a=17, c=40 | b=6, d=7] (d, a, b) (b, c, d)",
    // Convolutions: strided, dilated, grouped, of one and three dimensions.
    "[n=1, c=32, y=4, x=15 | i=2, u=3, v=3] (n, i, y+u, x+v) (c, i, u, v)",
    "[n=1, c=40, y=4, x=7 | i=2, u=3, v=3] (n, i, 2*y+u, 2*x+v) (c, i, u, v)",
    "[n=1, c=33, y=5, x=10 | i=2, u=3, v=3] (n, i, y+2*u, x+2*v) (c, i, u, v)",
    "[n=1, g=2, c=24, y=4, x=12 | i=2, u=3, v=3] (n, g, i, y+u, x+v) (g, c, i, u, v)",
    "[n=1, c=32, x=40 | i=2, u=5] (n, i, x+u) (c, i, u)",
    "[n=1, c=32, z=2, y=3, x=14 | i=1, t=3, u=3, v=3] (n, i, z+t, y+u, x+v) (c, i, t, u, v)",
    "[n=1, c=64, y=8, x=8 | i=8] (n, i, y, x) (c, i)",
    // The gradients of convolutions by image and filter.
    "[n=1, i=32, y=6, x=17 | c=8, u=3, v=3] (n, c, y-u+2, x-v+2) (c, i, u, v)",
    "[c=16, i=32, u=3, v=3 | n=1, y=5, x=9] (n, c, y, x) (n, i, y+u, x+v)",
    "[c=32, i=3, u=5, v=5 | n=1, y=6, x=7] (n, c, y, x) (n, i, 2*y+u, 2*x+v)",
    "[n=2, c=64, y=3, x=9 | i=16] (n, i, y, x) (c, i)",
  ]

  /// A function for each map: the sum, and the sum of that and one more array, cut at zero.
  package static func functions(_ type: ElementType) throws -> [GraphFunction] {
    try maps.enumerated().map { (number, text) in
      var scanner = Scanner(text)
      let map = try scanner.axisMap(operands: 2)
      let builder = GraphBuilder()
      let factors = map.operands.enumerated().map { (i, sums) in
        builder.apply(
          Input(i, TensorType(type, sums.map { $0.range(map.axes).upperBound + 1 })))
      }
      let other = builder.apply(Input(2, TensorType(type, map.resultDims)))
      let sum = builder.apply(Contract(map), factors[0], factors[1])
      let cut = builder.apply(Map(.relu), sum + other)
      builder.outputs = (number % 2 == 0 ? [cut] : [sum, cut]).map { $0.value! }
      return GraphFunction(
        name: "f\(number)", graph: builder.graph,
        results: number % 2 == 0 ? [.output("cut")] : [.output("sum"), .output("cut")])
    }
  }

  /// What each function returns for `numbers`: sums of whole numbers are the same in all types.
  package static let expected: [[[Double]]] = {
    let all = (try? functions(ElementType.f64)) ?? []
    return all.map { function in
      let numbers = function.graph.inputs.enumerated().map { (i, id) in
        Numbers(function.graph[id].types[0], inputs(function)[i])
      }
      return interpret(function.graph, inputs: numbers).map(\.values)
    }
  }()

  /// Arrays for the inputs of a function.
  package static func inputs(_ function: GraphFunction) -> [[Double]] {
    function.graph.inputs.enumerated().map { numbers(function.graph[$1].types[0], $0) }
  }

  /// Small whole numbers, whose sums are exact.
  private static func numbers(_ type: TensorType, _ seed: Int) -> [Double] {
    (0..<type.shape.count).map { Double(($0 * 7 + $0 / 5 + seed * 3) % 9 - 4) }
  }
}
