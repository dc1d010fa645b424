import LoopIR
import Support
import TestSupport
import Testing

/// What kernels cost, against counts by hand.
@Suite struct KernelCostTests {
  /// m x n results of k products, each of which is multiplied and added, and a bias for each.
  @Test func aProductHasTwoOperationsForEachProduct() {
    let cost = KernelCost(Kernels.product)
    let (m, n, k) = (2 * 20, 45, 6)
    #expect(cost.operations == 2 * m * n * k + m * n)
    // The two factors without what fills the panels up, the bias, and the results.
    #expect(cost.bytes == 4 * (m * k + k * n + n + m * n))
    #expect(cost.type == .f32)
  }

  @Test func plainLoopsCountAsTiles() {
    let cost = KernelCost(Kernels.linearRelu)
    #expect(cost.operations == 2 * 4 * 5 * 6 + 4 * 5)
    #expect(cost.bytes == 4 * (24 + 30 + 5 + 20))
  }

  /// Steps of 32, lanes, and what joins them.
  @Test func lanesCount() {
    let cost = KernelCost(Kernels.sumOfSquares)
    #expect(cost.operations == 2 * 128 + 32 + 1)
    #expect(cost.bytes == 4 * (128 + 1))
  }

  /// Six of ten rows of a table are read, and nothing is computed.
  @Test func ofATableTheRowsThatAreLookedUpCount() {
    let cost = KernelCost(Kernels.gather)
    #expect(cost.operations == 0)
    #expect(cost.bytes == 4 * 6 * 4 + 8 * 6 + 4 * 6 * 4)
  }

  /// An element below the diagonal costs something, one above it does not.
  @Test func aTriangleIsHalfASquare() {
    var d = Declarations()
    let (i, j) = (d.variable("i", 10), d.variable("j", 10))
    let (x, y) = (d.buffer("x", [10, 10], .f64), d.buffer("y", [10, 10], .f64))
    let inner = Statement.loop(
      Loop(j, to: Index(i) + 1, [y.set(i, j, to: x[i, j] * x[i, j])]))
    let kernel = Kernel(
      name: "triangle", parameters: [.init(x, .read), .init(y, .write)], definitions: [],
      body: [i.loop(inner)], origins: [])
    let cost = KernelCost(kernel)
    #expect(cost.operations == 55)
    #expect(cost.bytes == 8 * 2 * 55)
    #expect(cost.type == .f64)
  }

  /// Steps in loops count for each pass.
  @Test func loopsOfStepsMultiply() throws {
    let program = LoopProgram.walks
    let nested = try #require(program.functions.first { $0.name == "nested" })
    let fold = KernelCost(program.kernels[KernelID(index: 1)])
    #expect(fold.operations == 8)
    #expect(fold.bytes == 4 * 12)
    let cost = program.cost(of: nested)
    #expect(cost.operations == 15 * 8)
    #expect(cost.bytes == 15 * fold.bytes + 3 * 16 + 3 * 2 * 16)
  }
}
