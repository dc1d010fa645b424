package import LoopIR

extension Kernels {
  /// Seven small matrices of whole numbers, multiplied from both sides: one kernel for each matrix
  /// of Winograd's algorithm.
  package static let transforms: [Kernel] = WinogradMatrix.allCases.map { transform($0) }

  private static func transform(_ matrix: WinogradMatrix) -> Kernel {
    var d = Declarations()
    let (size, results, lanes) = (matrix.size, matrix.rows.count, 7)
    let (i, j, k) = (d.variable("i", size), d.variable("j", size), d.variable("k", lanes))
    let (u, v) = (d.variable("u", size), d.variable("v", size))
    let (r, c) = (d.variable("r", results), d.variable("c", results))
    let l = d.variable("l", lanes)
    let (m, y) = (d.buffer("m", [size, size, lanes]), d.buffer("y", [results, results, lanes]))
    let mixed: Index = Index(i) * 5 + Index(j) * 3
    let number = (mixed + Index(k) * 4).divided(by: 11).remainder
    return Kernel(
      name: "transform_\(matrix)", parameters: [.init(y, .write)], definitions: [],
      body: [
        .array(m, fill: nil),
        i.loop(j.loop(k.loop(m.set(i, j, k, to: .index(number, .f32))))),
        .transform(
          Transform(
            matrix, LaneMatrices(Element(m, [Index(u), Index(v), Index(l)]), row: u, column: v),
            into: LaneMatrices(Element(y, [Index(r), Index(c), Index(l)]), row: r, column: c),
            lane: l)),
      ], origins: ["transform.swift:3"])
  }
}
