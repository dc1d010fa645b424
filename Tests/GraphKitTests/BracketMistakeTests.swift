import GraphKit
import Testing

// Lines count from that of the call of `mistakes`.
@Suite struct BracketMistakes {
  private func errors(_ lines: [String]) -> [String] {
    lines.filter { !$0.hasSuffix("is made here") }
  }

  @Test func outOfRange() {
    let found = mistakes {
      Model("a").infer(Input("x", [2, 3])) { x in
        _ = x[2]
        _ = x[0, -4]
        _ = x[..., 1..<4]
        _ = x[.all, 3...]
        _ = x[..<(-2)]
        _ = x[0, 0, 0]
        _ = x[0, .newAxis, ..., 0, 0]
        _ = x[.slice(from: 2)]
        return ["y": x]
      }
    }
    #expect(
      errors(found) == [
        "2: axis 0 of 'f32[2, 3]' has no position 2; positions go from -2 to 1",
        "3: axis 1 of 'f32[2, 3]' has no position -4; positions go from -3 to 2",
        "4: the slice 1..<4 is not inside axis 1 of 'f32[2, 3]', whose elements are 0..<3",
        "5: the slice 3..<3 is not inside axis 1 of 'f32[2, 3]', whose elements are 0..<3",
        "6: the slice 0..<-2 is not inside axis 0 of 'f32[2, 3]', whose elements are 0..<2",
        "7: the brackets pick from 3 axes; 'f32[2, 3]' has 2",
        "8: the brackets pick from 3 axes; 'f32[2, 3]' has 2",
        "9: the slice of axis 0 of 'f32[2, 3]' has no elements; at least one must remain",
      ])
  }

  @Test func positions() {
    let found = mistakes {
      Model("a").infer(Input("x", [2, 3, 4]), Input("i", [5], .i32)) { x, i in
        _ = x[i.cast(to: .f32)]
        _ = x[x[0, 0] .> 0]
        _ = x[i, .all, i]
        _ = x[i, i[..<2]]
        return ["y": x]
      }
    }
    #expect(
      errors(found) == [
        "2: '[ ]' needs integer positions; found 'f32[5]'",
        "3: the brackets hold the mask 'bool[4]'; how many elements it picks depends on data, "
          + "and shapes must not",
        "  'select(mask, x, 0)' keeps the shape, and 'x[mask] = y' assigns where it is true",
        "4: tensors of positions in the brackets of 'f32[2, 3, 4]' must stand side by side",
        "  bring their axes together with 'movedAxis' first",
        "5: shapes of '[ ]' do not fit: 'i32[5]' and 'i32[2]'; aligned at the last axis, extents "
          + "must be equal or 1",
      ])
  }

  @Test func assignments() {
    let found = mistakes {
      let memory = Parameter.statistic([3], .i32)
      Model("a", memory).infer(Input("x", [2, 3])) { x in
        var (y, z, w) = (x, x, x)
        y[0] = x
        z[5] = x[0]
        memory[0] = x[0, 0]
        w[x[0] .> 0] = x[0]
        return ["y": x]
      }
    }
    #expect(
      errors(found) == [
        "4: 'f32[2, 3]' cannot be broadcast to '[3]'; aligned at the last axis, extents must be "
          + "equal or 1",
        "5: axis 0 of 'f32[2, 3]' has no position 5; positions go from -2 to 1",
        "6: a part of 'i32[3]' is assigned 'f32[]', which it cannot hold exactly",
        "  convert it with 'cast(to: .i32)'",
        "7: a mask in brackets needs the extents of the first axes of the tensor; the mask is "
          + "'bool[3]', the tensor 'f32[2, 3]'",
      ])
  }
}
