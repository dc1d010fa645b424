import LoopIR
import TestSupport
import Testing

/// Equations of kernels are evaluated for single elements, and what does not fit is found.
@Suite struct KernelCheckTests {
  private static let kernels = Kernels.all.filter { KernelEquations($0) != nil }

  // A call by the interpreter of loops: the arrays before it and after it.
  private static func call(_ kernel: Kernel) -> (old: [[Double]], new: [[Double]]) {
    var random = SampleSource(seed: 7)
    let old = kernel.parameters.map { parameter in
      let buffer = parameter.buffer
      return (0..<buffer.shape.reduce(1, *)).map { _ in
        buffer.type.isFloat
          ? buffer.type.stored(random.normal()) : Double(random.next(below: 2))
      }
    }
    return (old, LoopInterpreter.run(kernel, old))
  }

  private static func findings(
    _ kernel: Kernel, _ old: [[Double]], _ new: [[Double]], unoptimised: [[Double]]? = nil,
    terms: Double = 1e6
  ) -> KernelFindings {
    func views(_ arrays: [[Double]]) -> [ArrayView] {
      zip(kernel.parameters, arrays).map { ArrayView($0.buffer.type, $1) }
    }
    var random = SampleSource(seed: 1)
    return KernelCheck(kernel, CheckEffort(samples: 8, terms: terms)).findings(
      old: views(old), new: views(new), unoptimised: unoptimised.map(views), random: &random)
  }

  @Test func mostKernelsHaveEquations() {
    #expect(Self.kernels.count >= 10, "\(Self.kernels.map(\.name))")
  }

  @Test(arguments: kernels) func equationsAgreeWithLoops(_ kernel: Kernel) {
    let (old, new) = Self.call(kernel)
    let found = Self.findings(kernel, old, new)
    #expect(found.wrong == 0, "\(String(describing: found.worst))")
    #expect(found.checked > 0)
    #expect(found.checked == found.written || kernel.parameters.contains { $0.access == .scratch })
  }

  @Test(arguments: kernels) func aWrongNumberIsFound(_ kernel: Kernel) throws {
    let (old, right) = Self.call(kernel)
    let n = try #require(kernel.parameters.firstIndex { $0.access != .read })
    var wrong = right
    let place = wrong[n].count / 2
    wrong[n][place] += 1
    let found = Self.findings(kernel, old, wrong)
    #expect(found.wrong >= 1 || found.open > 0)
  }

  /// Where only a few numbers can be looked at, another build shows which.
  @Test func anotherBuildShowsWhereToLook() {
    let kernel = Kernels.linearRelu
    let (old, right) = Self.call(kernel)
    var wrong = right
    wrong[3][7] += 0.01
    let found = Self.findings(kernel, old, wrong, unoptimised: right, terms: 1)
    #expect(found.compared == 20)
    #expect(found.wrong >= 1)
    #expect(found.worst?.position == [1, 2])
    #expect(found.worst?.array == "h1")
  }

  @Test func whatIsNoNumberIsWrong() {
    let kernel = Kernels.linearRelu
    let (old, right) = Self.call(kernel)
    for bad in [Double.nan, .infinity] {
      var wrong = right
      wrong[3][7] = bad
      let found = Self.findings(kernel, old, wrong)
      #expect(found.wrong == 1)
      #expect(found.worst?.share == .infinity)
    }
  }

  /// Results that depend on rounding may differ as much as they change when operands do.
  @Test func resultsThatDependOnRoundingMayDiffer() throws {
    func written(_ kernel: Kernel) -> Int? {
      kernel.parameters.firstIndex {
        [.write, .readWrite].contains($0.access) && $0.buffer.type.isFloat
      }
    }
    let kernel = try #require(
      Kernels.all.first { KernelEquations($0) == nil && written($0) != nil })
    let (old, right) = Self.call(kernel)
    let n = try #require(written(kernel))
    let size = (right[n].map(\.magnitude).max() ?? 0) + 1
    func findings(changed: Double) -> KernelFindings {
      func views(_ change: Double) -> [ArrayView] {
        var arrays = right
        arrays[n][0] += change * size
        return zip(kernel.parameters, arrays).map { ArrayView($0.buffer.type, $1) }
      }
      var random = SampleSource(seed: 1)
      return KernelCheck(kernel, CheckEffort(samples: 8, terms: 1)).findings(
        old: zip(kernel.parameters, old).map { ArrayView($0.buffer.type, $1) }, new: views(0.1),
        unoptimised: views(0), nudged: { views(changed) }, random: &random)
    }
    #expect(findings(changed: 0.001).wrong > 0)
    #expect(findings(changed: 0.05).wrong == 0)
  }

  /// A result that an equation makes of another one differs from that of another build as that one
  /// does.
  @Test func resultsOfResultsMayDiffer() throws {
    let kernel = try LoopParser.kernel(
      """
      kernel chain(readWrite a#0: f32[4], write b#1: f32[4]) {
        define { (i#0 < 4) a[i] = exp(a[i]) }
        define { (i#1 < 4) b[i] = select(a[i] > 0.0f32, a[i], 0.0f32) }
        for i#0 < 4 {
          a[i] = exp(a[i])
          b[i] = select(a[i] > 0.0f32, a[i], 0.0f32)
        }
      }
      """)
    let (old, right) = Self.call(kernel)
    var other = right
    for n in [0, 1] { other[n][2] = Double(Float(other[n][2]).nextUp) }
    #expect(Self.findings(kernel, old, right, unoptimised: other).wrong == 0)
    other[1][2] *= 1.001
    #expect(Self.findings(kernel, old, right, unoptimised: other).wrong > 0)
  }
}
