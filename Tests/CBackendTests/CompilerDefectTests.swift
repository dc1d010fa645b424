import CBackend
import Foundation
import GraphIR
import LoopIR
import Passes
import Support
import TestSupport
import Testing

/// What C compilers in use get wrong, as models meet it: each of these computed wrong numbers when
/// it was written in the way that the compiler cannot take.
@Suite struct CompilerDefectTests {
  private static let builds = [.gcc.with("-O2")] + Toolchain.users + withAVX2

  // For machines with AVX2, where this is one.
  private static let withAVX2: [Toolchain] = {
    let machine = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let builds = [Toolchain.gccPortable, .clangPortable].map { $0.with("-march=x86-64-v3") }
    return machine.contains(" avx2 ") ? builds : []
  }()

  /// gcc 12 with AVX2: an element that is chosen by two conditions on positions.
  @Test(arguments: builds) func padding(_ toolchain: Toolchain) throws {
    let shapes = [
      (2, 2, 15, 9, 2, 2), (1, 1, 19, 2, 3, 3), (1, 4, 11, 2, 3, 3), (2, 1, 17, 3, 2, 3),
      (1, 4, 15, 2, 3, 2), (4, 2, 15, 3, 3, 2), (2, 4, 13, 2, 2, 2), (1, 3, 8, 10, 1, 2),
    ]
    try checkFunctions(
      shapes.map { (n, c, h, w, p, q) in
        let (high, wide) = (h + 2 * p, w + 2 * q)
        let padded = "f32[\(n), \(c), \(high), \(wide)]"
        return """
            %x = input {0} : f32[\(n), \(c), \(h), \(w)] "x"
            %p = pad %x {0.0; 0:0, 0:0, \(p):\(p), \(q):\(q)} : \(padded)
            %one = constant {1.0} : \(padded)
            %y = add %p, %one : \(padded)
            %m = reduce %p {sum [n=\(n), c=\(c), y=\(high - 1), x=\(wide - 1) | u=2, v=2] \
          (n, c, y+u, x+v)} : f32[\(n), \(c), \(high - 1), \(wide - 1)]
            return "y" %y, "m" %m
          """
      }, toolchain)
  }

  /// gcc 11 and 12 with AVX-512: a triangle of 4x4 numbers of 64 bits, each stored on both sides.
  @Test(arguments: builds) func mirroredTriangles(_ toolchain: Toolchain) throws {
    try checkFunctions(
      [1, 2, 3, 4, 5, 7, 8].flatMap { n in
        ["f32", "f64"].map { type in
          let matrices = "\(type)[2, \(n), \(n)]"
          return """
              %x = input {0} : \(matrices) "x"
              %t = transpose %x {0, 2, 1} : \(matrices)
              %s = add %x, %t : \(matrices)
              %e = symmetricEigen %s : \(type)[2, \(n)], \(matrices), \(matrices)
              return "w" %e
            """
        }
      }, toolchain)
  }

  /// gcc 12 with AVX2: rows of padding so short that they are written out, under a condition.
  @Test(arguments: builds) func shortBorders(_ toolchain: Toolchain) throws {
    let shapes = [(1, 12, 5), (7, 11, 13), (63, 15, 9), (2, 5, 2), (3, 9, 16), (5, 6, 3)]
    try checkFunctions(
      shapes.flatMap { (c, h, w) in
        [
          ("f32", "2:0, 0:0", (2, 0)), ("f16", "2:0, 0:0", (2, 0)), ("f32", "1:2, 0:1", (3, 1)),
        ].map {
          """
            %x = input {0} : \($0)[\(c), \(h), \(w)] "x"
            %p = pad %x {0.0; 0:0, \($1)} : \($0)[\(c), \(h + $2.0), \(w + $2.1)]
            return "y" %p
          """
        }
      }, toolchain)
  }

  /// gcc 11 and 12 with AVX2: a store between two choices, the second of which depends on the
  /// first.
  @Test(arguments: builds) func storesBetweenChoices(_ toolchain: Toolchain) throws {
    let shapes = [(24, 2), (24, 3), (24, 4), (24, 8), (24, 16), (7, 5)]
    try checkFunctions(
      shapes.flatMap { (n, c) in
        ["f32", "f64"].map { element in
          let (type, truth) = ("\(element)[\(n), \(c)]", "bool[\(n), \(c)]")
          return """
              %x = input {0} : \(type) "x"
              %g = input {1} : \(type) "g"
              %r = relu %x : \(type)
              %z = constant {0.0} : \(type)
              %p = greater %r, %z : \(truth)
              %d = select %p, %g, %z : \(type)
              %h = add %d, %r : \(type)
              return "r" %r, "d" %d, "h" %h
            """
        }
      }, toolchain)
  }

  /// gcc 11 and 12 with AVX2: rows in turns, of which the data choose elements, so short that they
  /// are written out.
  @Test(arguments: builds) func chosenRowsInTurns(_ toolchain: Toolchain) throws {
    let shapes = [(32, 2, 2), (16, 2, 4), (7, 3, 2), (24, 2, 3), (64, 4, 2)]
    try checkFunctions(
      shapes.map { (c, h, w) in
        let (half, type) = ("f32[1, \(c), \(h), \(w)]", "f32[1, \(c), \(2 * h), \(w)]")
        let row = "f32[1, \(c), \(h), 1, \(w)]"
        return """
            %x = input {0} : \(type) "x"
            %a = input {1} : \(half) "a"
            %b = input {2} : \(half) "b"
            %a1 = reshape %a : \(row)
            %b1 = reshape %b : \(row)
            %t = concat %a1, %b1 {3} : f32[1, \(c), \(h), 2, \(w)]
            %g = reshape %t : \(type)
            %r = relu %x : \(type)
            %z = constant {0.0} : \(type)
            %p = greater %r, %z : bool[1, \(c), \(2 * h), \(w)]
            %d = select %p, %g, %z : \(type)
            return "d" %d
          """
      }, toolchain)
  }

  /// gcc 11 and 12 with AVX2: shuffled channels of two columns, of which the data choose elements.
  @Test(arguments: builds) func chosenShuffledPairs(_ toolchain: Toolchain) throws {
    try checkFunctions(
      [(2, 3, 2, 2), (2, 2, 3, 2), (3, 4, 2, 2), (2, 3, 2, 4)].map { (n, g, c, w) in
        let (type, turned) = ("f32[\(n), \(g * c), 1, \(w)]", "f32[\(n), \(g), \(c), 1, \(w)]")
        return """
            %x = input {0} : \(type) "x"
            %s = input {1} : \(type) "s"
            %r = relu %x : \(type)
            %t = reshape %s : f32[\(n), \(c), \(g), 1, \(w)]
            %u = transpose %t {0, 2, 1, 3, 4} : \(turned)
            %v = reshape %u : \(type)
            %z = constant {0.0} : \(type)
            %one = constant {1.0} : \(type)
            %p = greater %r, %z : bool[\(n), \(g * c), 1, \(w)]
            %a = multiply %v, %r : \(type)
            %b = subtract %one, %v : \(type)
            %c = multiply %a, %b : \(type)
            %d = add %v, %c : \(type)
            %e = select %p, %d, %z : \(type)
            return "e" %e
          """
      }, toolchain)
  }

  /// gcc 12: what is added up where the data say, and read by the next kernel in another order.
  @Test(arguments: builds) func scattered(_ toolchain: Toolchain) throws {
    try checkFunctions(
      [(12, 6, 2), (5, 4, 4), (9, 3, 3)].map { (count, rows, c) in
        """
          %x = input {0} : i32[\(count)] "x"
          %z = input {1} : f32[\(count), \(c)] "z"
          %s = scatterAdd %x, %z {0, \(rows)} : f32[\(rows), \(c)]
          %t = transpose %s {1, 0} : f32[\(c), \(rows)]
          return "t" %t
        """
      }, toolchain)
  }

  /// gcc 11 and 12: a sum over a short axis that runs backwards.
  @Test(arguments: builds) func reversedSums(_ toolchain: Toolchain) throws {
    let shapes = [
      (2, 4, 3), (4, 2, 5), (3, 8, 7), (3, 3, 6), (4, 3, 3), (1, 2, 3), (2, 16, 4), (2, 16, 2),
    ]
    let cases = shapes.flatMap { (a, b, c) -> [String] in
      let type = "f32[\(a), \(b), \(c)]"
      let whole = "0:\(a - 1), 0:\(b - 1), \(c - 1):0:-1"
      let both = "0:\(a - 1), \(b - 1):0:-1, \(c - 1):0:-1"
      return [whole, both].map { parts in
        """
          %x = input {0} : \(type) "x"
          %z = input {1} : \(type) "z"
          %r = slice %x {\(parts)} : \(type)
          %t = slice %z {\(parts)} : \(type)
          %p = multiply %r, %t : \(type)
          %s = reduce %r {sum [ | n=\(a), i=\(b), j=\(c)] (n, i, j)} : f32[]
          %d = reduce %p {sum [ | n=\(a), i=\(b), j=\(c)] (n, i, j)} : f32[]
          %m = reduce %r {maximum [n=\(a) | i=\(b), j=\(c)] (n, i, j)} : f32[\(a)]
          %k = reduce %r {argMaximum [n=\(a) | i=\(b), j=\(c)] (n, i, j)} : i32[\(a)]
          return "s" %s, "d" %d, "m" %m, "k" %k
        """
      }
    }
    try checkFunctions(cases, toolchain)
  }

  /// gcc 12: whole numbers that are added up in lanes of two or four products.
  @Test(arguments: builds) func wholeNumbers(_ toolchain: Toolchain) throws {
    let shapes = [(4, 4, 4), (2, 4, 4), (4, 2, 4), (2, 2, 2), (4, 4, 2), (1, 16, 4), (8, 8, 4)]
    try checkFunctions(
      shapes.flatMap { (a, b, c) in
        ["i64", "i32", "u32"].map { element in
          """
            %x = input {0} : \(element)[\(a), \(b), \(c)] "x"
            %z = input {1} : \(element)[\(a), \(b), \(c)] "z"
            %d = contract %x, %z {[ | n=\(a), i=\(b), j=\(c)] (n, i, j) (n, i, j)} : \(element)[]
            %s = reduce %x {sum [ | n=\(a), i=\(b), j=\(c)] (n, i, j)} : \(element)[]
            %m = reduce %x {maximum [n=\(a) | i=\(b), j=\(c)] (n, i, j)} : \(element)[\(a)]
            return "d" %d, "s" %s, "m" %m
          """
        }
      }, toolchain)
  }

  /// gcc 11 and 12 with AVX2: rows of two elements scaled by what a sum over the row decides.
  @Test(arguments: builds) func scaledPairs(_ toolchain: Toolchain) throws {
    let shapes = [(2, 2, 2), (2, 4, 2), (3, 6, 2), (4, 8, 2), (1, 5, 2), (2, 4, 3), (4, 2, 4)]
    try checkFunctions(
      shapes.flatMap { (n, y, c) in
        ["f32", "f64"].map { element in
          let (type, rows) = ("\(element)[\(n), \(y), \(c)]", "\(element)[\(n), \(y)]")
          return """
              %x = input {0} : \(type) "x"
              %v = input {1} : \(type) "v"
              %w = input {2} : \(rows) "w"
              %d = subtract %x, %v : \(type)
              %q = multiply %d, %d : \(type)
              %t = reduce %q {sum [n=\(n), y=\(y) | c=\(c)] (n, y, c)} : \(rows)
              %z = constant {0.0} : \(rows)
              %l = constant {0.5} : \(rows)
              %e = less %t, %l : bool[\(n), \(y)]
              %o = constant {1.0} : \(rows)
              %k = select %e, %z, %w : \(rows)
              %g = add %t, %o : \(rows)
              %u = divide %o, %g : \(rows)
              %s = multiply %k, %u : \(rows)
              %b = broadcast %s {0, 1} : \(type)
              %p = multiply %d, %b : \(type)
              %h = add %p, %p : \(type)
              %r = select %e, %z, %t : \(rows)
              return "h" %h, "r" %r
            """
        }
      }, toolchain)
  }

  /// clang 13 to 16: short rows that take the place of what they are made of, and are read there,
  /// in a kernel that is called twice and thus stays a function.
  @Test(arguments: builds) func shortRows(_ toolchain: Toolchain) throws {
    let lengths = Array(2...17)
    let program = try parseProgram(Self.shortRows(lengths))
    #expect(verify(program) == [])
    let loops = lower(optimize(program))
    #expect(complaints(about: loops) == [])
    try withTemporaryFolder { folder in
      let compiled = try CompiledProgram(loops, in: folder, with: toolchain)
      for length in lengths {
        let x = [sampleNumbers(48 * length, 1), sampleNumbers(48 * length, 2)]
        let functions = ["set\(length)", "f\(length)"]
        let found = try compiled.run(functions, x, threads: 1)
        var states = program.states.values.map { Numbers($0.type, [Double](zeros: $0.type)) }
        var expected: [Numbers] = []
        for name in functions {
          let function = try #require(program.functions.first { $0.name == name })
          let inputs = zip(function.graph.inputs, x).map {
            Numbers(function.graph[$0].types[0], $1)
          }
          expected += interpret(function, states: &states, inputs: inputs)
        }
        #expect(mismatch(found, expected) == nil, "rows of \(length)")
      }
    }
  }

  // For each length a function that sets two states, and one that makes each its own exponentials.
  private static func shortRows(_ lengths: [Int]) -> String {
    var states = ""
    var functions = ""
    for (i, length) in lengths.enumerated() {
      let (type, rows) = ("f32[3, 2, 8, \(length)]", "f32[3, 2, 8]")
      let axes = "[n=3, c=2, y=8 | i=\(length)] (n, c, y, i)"
      let (first, second) = (2 * i, 2 * i + 1)
      states += """
        state @\(first) "x\(length)" statistic \(type)
        state @\(second) "z\(length)" statistic \(type)

        """
      let softmax = { (p: String, state: Int) in
        """
          %x\(p) = read {@\(state)} : \(type)
          %m\(p) = reduce %x\(p) {maximum \(axes)} : \(rows)
          %b\(p) = broadcast %m\(p) {0, 1, 2} : \(type)
          %d\(p) = subtract %x\(p), %b\(p) : \(type)
          %e\(p) = exp %d\(p) : \(type)
          %s\(p) = reduce %e\(p) {sum \(axes)} : \(rows)
          %o\(p) = constant {1.0} : \(rows)
          %q\(p) = divide %o\(p), %s\(p) : \(rows)
          %t\(p) = broadcast %q\(p) {0, 1, 2} : \(type)
          %y\(p) = multiply %e\(p), %t\(p) : \(type)
        """
      }
      functions += """
        function set\(length) {
          %x = input {0} : \(type) "x"
          %z = input {1} : \(type) "z"
          return update @\(first) %x, update @\(second) %z
        }
        function f\(length) {
        \(softmax("0", first))
        \(softmax("1", second))
          return "y0" %y0, "s0" %s0, "q0" %q0, update @\(first) %e0, "y1" %y1, "s1" %s1, \
        "q1" %q1, update @\(second) %e1
        }

        """
    }
    return "program \"defects\" from \"defects.swift\"\n" + states + functions
  }
}

extension [Double] {
  fileprivate init(zeros type: TensorType) { self.init(repeating: 0, count: type.shape.count) }
}
