import GraphIR
import LoopIR
import TestSupport
import Testing

/// The types of results, and sums in types that could not hold their parts: `docs/math.md`.
@Suite struct ElementTypeTests {
  private func run(_ result: Tensor, _ inputs: [[Double]]) throws -> [Double] {
    try Compiled(GraphProgram([result])).run(inputs: inputs)[0]
  }

  @Test(arguments: [ElementType.f16, .bf16])
  func sumsOfHalfsAreKeptInSingle(_ type: ElementType) throws {
    // Added one after the other in 11 or 8 bits, the sum would stay at 2048 or 256.
    for shape in [[4096], [64, 64], [2, 4096]] as [Shape] {
      let builder = GraphBuilder()
      let x = builder.input(0, TensorType(type, shape))
      let ones = [Double](repeating: 1, count: shape.count)
      let sum = x.sum(axes: [shape.rank - 1])
      #expect(sum.elementType == type)
      #expect(try run(sum, [ones]).allSatisfy { $0 == Double(shape[-1]) })
    }
    let builder = GraphBuilder()
    let x = builder.input(0, TensorType(type, [4096, 32]))
    let sum = try run(x.sum(), [[Double](repeating: 0.25, count: 4096 * 32)])
    #expect(sum == [32768])
  }

  @Test(arguments: [ElementType.f16, .bf16])
  func productsOfHalfMatricesAreKeptInSingle(_ type: ElementType) throws {
    for columns in [1, 32] {
      let builder = GraphBuilder()
      let a = builder.input(0, TensorType(type, [2, 4096]))
      let b = builder.input(1, TensorType(type, [4096, columns]))
      let ones = [2, columns].map { [Double](repeating: 1, count: 4096 * $0) }
      #expect(try run(a.matmul(b), ones).allSatisfy { $0 == 4096 })
    }
  }

  @Test func sumsOfIntegersAreWide() throws {
    let types: [(ElementType, ElementType)] = [
      (.i8, .i64), (.u8, .i64), (.i16, .i64), (.i32, .i64), (.i64, .i64), (.bool, .i64),
      (.u32, .u64), (.u64, .u64), (.f16, .f16), (.bf16, .bf16), (.f32, .f32), (.f64, .f64),
    ]
    for (type, expected) in types {
      let x = GraphBuilder().input(0, TensorType(type, [4]))
      #expect(x.sum().elementType == expected && x.product().elementType == expected)
    }
    let bytes = GraphBuilder().input(0, TensorType(.u8, [300]))
    #expect(try run(bytes.sum(), [[Double](repeating: 200, count: 300)]) == [60000])
    let flags = GraphBuilder().input(0, TensorType(.bool, [5]))
    #expect(try run(flags.sum(), [[1, 0, 1, 1, 0]]) == [3])
  }

  @Test func numbersKeepTheTypeOfTheirTensor() {
    for type in ElementType.allCases {
      let x = GraphBuilder().input(0, TensorType(type, [4]))
      #expect((x * 2).elementType == (type == .bool ? .i64 : type))
      #expect((x * 2.0).elementType == (type.isFloat ? type : .f32))
      #expect((2 - x).elementType == (type == .bool ? .i64 : type))
      #expect((0.5 - x).elementType == (type.isFloat ? type : .f32))
      #expect((x .< 3).elementType == .bool)
    }
  }

  @Test func operandsArePromoted() throws {
    let builder = GraphBuilder()
    let count = builder.input(0, TensorType(.u8, [2]))
    let offset = builder.input(1, TensorType(.i8, [2]))
    let weight = builder.input(2, TensorType(.f32, [2]))
    let sum = count + offset
    #expect(sum.elementType == .i16)
    let result = select(sum .> weight, sum, weight)
    #expect(result.elementType == .f32)
    #expect(try run(result, [[255, 3], [100, -5], [0.5, 0.5]]) == [355, 0.5])
    let wide: [(ElementType, ElementType, ElementType)] = [
      (.u32, .i8, .i64), (.u32, .i64, .i64), (.u32, .u8, .u32), (.u64, .u32, .u64),
      (.u64, .i64, .i64), (.u64, .i8, .i64), (.u32, .f16, .f16), (.u64, .bool, .u64),
    ]
    for (a, b, expected) in wide {
      #expect(ElementType.promoted(a, b) == expected && ElementType.promoted(b, a) == expected)
    }
  }

  /// As in PyTorch, the ends belong to the range.
  @Test func clampPassesTheGradientAtItsEnds() throws {
    let builder = GraphBuilder()
    let x = builder.input(0, TensorType(.f64, [5]))
    let slope = builder.gradient(of: clamp(x, -1...2).sum(), by: [x])[0]
    #expect(try run(slope, [[-1.5, -1, 0, 2, 2.5]]) == [0, 1, 1, 1, 0])
  }

  @Test func operatorsOfBitsAndWholeQuotients() throws {
    let builder = GraphBuilder()
    let a = builder.input(0, TensorType(.i32, [4]))
    let b = builder.input(1, TensorType(.i32, [4]))
    let inputs: [[Double]] = [[-7, 7, 6, 5], [3, -3, 0, 33]]
    #expect(try run(a % b, inputs) == [2, -2, 0, 5])
    #expect(try run(a.divided(by: b, rounding: .down), inputs) == [-3, -3, 0, 0])
    #expect(try run(a.divided(by: b, rounding: .towardZero), inputs) == [-2, -2, 0, 0])
    #expect(try run(fmod(a, b), inputs) == [-1, 1, 0, 5])
    #expect(try run(a << b, inputs) == [-56, 0, 6, 0])
    #expect(try run(a >> b, inputs) == [-1, 0, 6, 0])
    #expect(try run((a & 3) | (~a ^ 1), inputs) == [7, -5, -6, -5])
    let p = GraphBuilder().input(0, TensorType(.bool, [2]))
    #expect(try run((p ^ ~p) & (p | p), [[1, 0]]) == [1, 0])
  }
}
