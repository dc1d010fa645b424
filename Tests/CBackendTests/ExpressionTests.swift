import CBackend
import LoopIR
import TestSupport
import Testing

/// Parentheses, casts and constants of emitted expressions.
@Suite struct ExpressionTests {
  private static let i = Variable(id: 0, name: "i", extent: 8)
  private static func scalar(_ name: String, _ id: Int, _ type: ElementType) -> Expression {
    Buffer(id: id, name: name, type: type, shape: [8])[i]
  }
  private static let (a, b, c) = (scalar("a", 1, .f32), scalar("b", 2, .f32), scalar("c", 3, .f32))
  private static let (k, l) = (scalar("k", 4, .i32), scalar("l", 5, .i32))
  private static let (p, q) = (scalar("p", 6, .bool), scalar("q", 7, .bool))
  private static let (u, v) = (scalar("u", 8, .u8), scalar("v", 9, .i64))
  private static let (w, h) = (scalar("w", 10, .u32), scalar("h", 11, .f16))
  private static func apply(_ function: ScalarFunction, _ operands: Expression...) -> Expression {
    .apply(function, operands)
  }

  // What is written, and what it must become, with `x` for `x[i]`.
  private static let cases: [(Expression, String)] = [
    (a + b + c, "a + b + c"),
    (a + (b + c), "a + (b + c)"),
    (a - (b - c), "a - (b - c)"),
    ((a - b) - c, "a - b - c"),
    ((a + b) * c, "(a + b) * c"),
    (a * b + c, "a * b + c"),
    (a * (b * c), "a * (b * c)"),
    (a / (b / c), "a / (b / c)"),
    (a / b * c, "a / b * c"),
    (a + number(-2), "a - 2.0f"),
    (a - number(-2), "a + 2.0f"),
    (a + apply(.negate, b), "a - b"),
    (apply(.negate, apply(.negate, a)), "-(-a)"),
    (apply(.negate, number(-1)), "-(-1.0f)"),
    (apply(.negate, a) * b, "-a * b"),
    (apply(.negate, a + b), "-(a + b)"),
    (apply(.maximum, a, number(0)), "rt_max(a, 0.0f)"),
    (apply(.rsqrt, a + b), "rt_rsqrt(a + b)"),
    (apply(.logit, a), "rt_log(a / (1.0f - a))"),
    (apply(.negate, apply(.logit, apply(.exp, a))), "-rt_log(rt_exp(a) / (1.0f - rt_exp(a)))"),
    (number(1e-5) * a, "1e-5f * a"),
    (number(.infinity) * number(.nan), "INFINITY * NAN"),
    (number(0x1p-24) + number(-0.0), "5.9604645e-8f - 0.0f"),
    (apply(.select, apply(.less, a, b), a, b), "a < b ? a : b"),
    (apply(.select, apply(.less, a, b), a, b) + c, "(a < b ? a : b) + c"),
    (
      apply(.select, p, apply(.select, q, a, b), apply(.select, q, b, c)),
      "p ? (q ? a : b) : q ? b : c"
    ),
    (apply(.and, p, apply(.and, q, p)), "p && q && p"),
    (apply(.or, apply(.and, p, q), q), "(p && q) || q"),
    (apply(.and, apply(.or, p, q), q), "(p || q) && q"),
    (apply(.not, apply(.less, a, b)), "!(a < b)"),
    (apply(.not, apply(.not, p)), "!(!p)"),
    (apply(.equal, apply(.less, a, b), p), "(a < b) == p"),
    (apply(.equal, apply(.equal, k, l), p), "(k == l) == p"),
    (apply(.bitAnd, k, k + l), "k & rt_add_i32(k, l)"),
    (apply(.bitOr, apply(.bitAnd, k, l), l), "(k & l) | l"),
    (apply(.bitXor, apply(.bitXor, k, l), l), "k ^ l ^ l"),
    (apply(.shiftLeft, k + l, number(2, .i32)), "rt_shift_left_i32(rt_add_i32(k, l), 2)"),
    (apply(.equal, apply(.bitAnd, k, l), number(0, .i32)), "(k & l) == 0"),
    (apply(.minimum, k, l), "rt_min_i32(k, l)"),
    (.cast(a * b, .i32), "rt_f32_to_i32(a * b)"),
    (.cast(k, .f32) / a, "(float)k / a"),
    (.cast(h, .u8), "rt_f32_to_u8(rt_f16_to_f32(h))"),
    (apply(.negate, k) * l, "rt_multiply_i32(rt_negate_i32(k), l)"),
    (k - number(2, .i32), "rt_subtract_i32(k, 2)"),
    (k / l, "rt_divide_i32(k, l)"),
    (k / number(4, .i32), "k / 4"),
    (k / number(-1, .i32), "rt_divide_i32(k, -1)"),
    (w / w, "rt_divide_u32(w, w)"),
    (u / u, "(uint8_t)rt_divide_i32(u, u)"),
    (apply(.modulo, k, l), "rt_modulo_i32(k, l)"),
    (apply(.floorDivide, a, b), "rt_floor_divide(a, b)"),
    (apply(.bitNot, k), "~k"),
    (apply(.bitNot, u), "(uint8_t)~u"),
    (apply(.shiftRight, k, number(31, .i32)), "k >> 31"),
    (apply(.shiftRight, k, number(32, .i32)), "rt_shift_right_i32(k, 32)"),
    (apply(.shiftLeft, w, number(9, .u32)), "w << 9u"),
    (apply(.shiftLeft, w, w), "rt_shift_left_u32(w, w)"),
    (.cast(apply(.less, a, b), .f32), "(float)(a < b)"),
    (.cast(a, .bool), "a != 0.0f"),
    (u + u, "(uint8_t)(u + u)"),
    (apply(.minimum, u, number(3, .u8)), "(uint8_t)rt_min_i32(u, 3)"),
    (.cast(u, .i32) + k, "rt_add_i32(u, k)"),
    (.cast(u, .u32) + w, "(uint32_t)u + w"),
    (v + number(1, .i64), "rt_add_i64(v, 1)"),
    (v + number(5e9, .i64), "rt_add_i64(v, INT64_C(5000000000))"),
    (w * number(3e9, .u32), "w * 3000000000u"),
    (apply(.greaterEqual, w, number(0, .u32)), "true"),
    // Beyond the range of the type is infinity.
    (.literal(Literal(1e300, .f32)), "INFINITY"),
    (.literal(Literal(-Double.greatestFiniteMagnitude, .f32)), "-INFINITY"),
    (.literal(Literal(-1e300, .f16)), "-INFINITY"), (.literal(Literal(1e39, .bf16)), "INFINITY"),
    (.literal(Literal(1e300, .f64)), "1e300"),
    (.literal(Literal(3.4028235e38, .f32)), "3.4028235e38f"),
    (.literal(Literal(Int64.min, .i64)), "INT64_MIN"),
    (.literal(Literal(Int64(Int32.min), .i32)), "INT32_MIN"),
    (.cast(h, .f32) + a, "rt_f16_to_f32(h) + a"),
    (.cast(a, .bf16), "rt_bf16_to_f32(rt_f32_to_bf16(a))"),
    (.index(Index(i) * 2 - 1, .f32), "(float)(2 * i - 1)"),
    (.index(Index(7) - Index(i), .i32), "7 - i"),
    (.within(Index(i), 0..<8), "true"),
    (.within(Index(i) - 1, 0..<8), "i - 1 >= 0"),
    (.within(Index(i) + 1, 0..<8), "i + 1 < 8"),
    (.within(Index(i), 3..<4), "i == 3"),
    (apply(.not, .within(Index(i) * 2 - 1, 0..<8)), "!(2 * i - 1 >= 0 && 2 * i - 1 < 8)"),
    (.index(Index(i).divided(by: 3).quotient * 4, .i32), "4 * (i / 3)"),
    (.index((Index(i) - 3).divided(by: 8).remainder, .i32), "(i + 5) % 8"),
    (.index((Index(1) - Index(i)).divided(by: 4).quotient, .i32), "(9 - i) / 4 - 2"),
    (.index(Index(v, in: 0...7) + 1, .i64), "v + 1"),
    (.index(Index(i) * 1_000_000_000, .i64), "1000000000 * (int64_t)i"),
  ]

  @Test func parenthesesCastsAndConstants() {
    for (expression, expected) in Self.cases {
      let text = cText(of: expression).replacing("[i]", with: "")
      #expect(text == expected)
    }
  }

  /// None of them makes a compiler warn.
  @Test(arguments: [Toolchain.gcc, .clangPortable])
  func compilersAreSilent(_ toolchain: Toolchain) throws {
    var parameters: [KernelParameter] = []
    var statements: [Statement] = []
    for (n, (expression, _)) in Self.cases.enumerated() {
      let result = Buffer(id: 100 + n, name: "y", type: expression.type, shape: [8])
      parameters.append(.init(result, .write))
      statements.append(result.set(Self.i, to: expression))
      expression.forEach { (inner) in
        guard case .load(let buffer, _) = inner,
          !parameters.contains(where: { $0.buffer == buffer })
        else { return }
        parameters.append(.init(buffer, .read))
      }
    }
    let kernel = Kernel(
      name: "expressions", parameters: parameters, definitions: [],
      body: [.loop(Loop(Self.i, statements))], origins: [])
    try withTemporaryFolder { (folder) in
      let program = LoopProgram.running([kernel], name: "expressions")
      _ = try CompiledProgram(program, in: folder, with: toolchain)
    }
  }
}
