import GraphKit
import Testing

// Lines count from that of the call of `mistakes`; a note is indented.
@Suite struct LayerMistakes {
  @Test func sizes() {
    let found = mistakes {
      let layers: [any Layer] = [
        Dense(0, 4),
        Conv2D(3, -1, kernel: 3),
        Conv2D(3, 4, kernel: 0),
        Conv2D(3, 4, kernel: 3, groups: 2),
        Conv2D(4, 4, kernel: [1, 2, 3]),
        Conv2D(4, 4, kernel: 3, stride: 2, padding: .same),
        Dropout(1.5),
        MaxPool2D(2, padding: 2),
        Embedding(10, 0),
        BatchNorm(4, momentum: -1),
      ]
      Model("a", Sequential(layers)).infer(Input("x", [2])) { ["y": $0] }
    }
    #expect(
      found == [
        "2: the inputs of 'Dense' must be at least 1; found 0",
        "3: the outputs of 'Conv2D' must be at least 1; found -1",
        "4: the kernel of 'Conv2D' must be at least 1; found 0",
        "5: the 3 inputs of 'Conv2D' cannot be divided into 2 equal groups",
        "6: the kernel of 'Conv2D' must be one number or two; found [1, 2, 3]",
        "7: padding '.same' of 'Conv2D' needs stride 1",
        "8: the rate of 'Dropout' must be from 0 to 1; found 1.5",
        "9: the padding of 'MaxPool2D' must be at most half of the kernel; found [2, 2]",
        "10: the size of 'Embedding' must be at least 1; found 0",
        "11: the momentum of 'BatchNorm' must be from 0 to 1; found -1",
      ])
  }

  @Test func inputs() {
    let found = mistakes {
      let net = Sequential {
        Dense(4, 4)
        MaxPool2D(2)
      }
      let norm = BatchNorm(3)
      Model("a", ["net": net, "norm": norm]).infer(Input("x", [2, 4])) { x in
        _ = norm(x)
        _ = LayerNorm(5, affine: false)(x)
        _ = crossEntropy(x, x.sum(axes: [1]).cast(to: .i32).sum())
        _ = mse(x, x.sum(axes: [1]))
        return ["y": net(x)]
      }
    }
    #expect(
      found == [
        "3: the input of 'MaxPool2D' must have 4 axes, [n, c, y, x]; it is 'f32[2, 4]'",
        "  2: it is made here",
        "  11: called from here",
        "7: the input of 'BatchNorm' must have 3 channels in its second axis; it is 'f32[2, 4]'",
        "  6: it is made here",
        "8: the input of 'LayerNorm' must end with the extents '[5]'; it is 'f32[2, 4]'",
        "  6: it is made here",
        "9: 'crossEntropy' needs one integer label for each example, such as 'i32[2]' for "
          + "'f32[2, 4]'; found 'i64[]'",
        "10: 'mse' needs two tensors of one floating-point type; found 'f32[2, 4]' and 'f32[2]'",
      ])
  }

  @Test func layersOutsideFunctions() {
    let found = mistakes {
      let net = Dense(2, 2)
      var kept: Tensor?
      Model("a", net).infer(Input("x", [1, 2])) { x in
        kept = x
        return ["y": x]
      }
      if let kept { _ = net(kept) }
      _ = Tensor([1, 2]) + 1
    }
    #expect(
      found == [
        "7: 'Dense' can be used only inside a function of a model",
        "8: 'Tensor' can be used only inside a function of a model",
        "  in a layer's 'init', write 'Constant { ... }' around it",
      ])
  }

  @Test func constants() {
    let found = mistakes {
      Model("a").infer(Input("x", [2])) { x in
        _ = Tensor([[1, 2], [3]])
        _ = Tensor(values: [1, 2], shape: [3])
        _ = stack([])
        return ["y": x]
      }
    }
    #expect(
      found == [
        "2: the rows of 'Tensor' must have the same length: row 1 has 1 numbers, the first has 2",
        "3: 'Tensor' of shape '[3]' needs 3 numbers; found 2",
        "4: 'stack' needs at least one tensor",
      ])
  }
}

@Suite struct SpatialMistakes {
  @Test func sizes() {
    let found = mistakes {
      let layers: [any Layer] = [
        Conv1D(2, 4, kernel: [3, 3]),
        Conv3D(2, 4, kernel: [3, 3]),
        Conv1D(3, 4, kernel: 3, groups: 3),
        ConvTranspose2D(2, 4, kernel: 3, stride: 2, outputPadding: 2),
        MaxPool3D(2, padding: [0, 2, 0]),
        GroupNorm(4, 6),
        Embedding(5, 2, padding: 5),
        Upsample(0),
        LPPool1D(-1, 2),
        Conv2D(1, 1, kernel: 3, padding: .sides(before: [1], after: [1, 2, 3])),
      ]
      Model("a", Sequential(layers)).infer(Input("x", [2])) { ["y": $0] }
    }
    #expect(
      found == [
        "2: the kernel of 'Conv1D' must be one number; found [3, 3]",
        "3: the kernel of 'Conv3D' must be one number or three; found [3, 3]",
        "4: the 4 outputs of 'Conv1D' cannot be divided into 3 equal groups",
        "5: the output padding of 'ConvTranspose2D' must be smaller than its stride or dilation; "
          + "found [2, 2]",
        "6: the padding of 'MaxPool3D' must be at most half of the kernel; found [0, 2, 0]",
        "7: the 6 channels of 'GroupNorm' cannot be divided into 4 equal groups",
        "8: the padding of 'Embedding' must be one of the integers below 5; found 5",
        "9: the factor of 'Upsample' must be above 0; found 0.0",
        "10: the power of 'LPPool1D' must be above 0; found -1",
        "11: the padding of 'Conv2D' must be one number or two; found [1, 2, 3]",
      ])
  }

  // The mistakes of functions of an image [1, 2, 4, 4], which are the same in loops and branches,
  // for images from outside and for those that are carried.
  private func image(from line: Int = #line, _ body: @escaping (_ x: Tensor) -> Void) -> [String] {
    func found(_ call: @escaping (_ x: Tensor) -> Void) -> [String] {
      mistakes(from: line) {
        Model("a").infer(Input("x", [1, 2, 4, 4])) { x in
          // Other nodes come first, as numbers of nodes differ from graph to graph.
          _ = exp(exp(exp(x)))
          call(x)
          return ["y": x]
        }
      }.filter { !$0.hasSuffix("is made here") && !$0.hasSuffix("called from here") }
    }
    let result = found(body)
    let regions: [(@escaping (Tensor) -> Void, Tensor) -> Void] = [
      { body, x in
        _ = scan([x], steps: 2) {
          body($0.carries[0]); return ($0.carries, [])
        }
      },
      { body, x in
        _ = scan([x], steps: 2) {
          body(x); return ($0.carries, [])
        }
      },
      { body, x in
        _ = whileLoop(x, while: { $0.sum() .< 1 }) {
          body($0)
          return $0
        }
      },
      { body, x in
        _ = cond(
          x.sum() .> 0,
          then: {
            body(x)
            return x
          }, else: { x })
      },
    ]
    for region in regions { #expect(found { region(body, $0) } == result) }
    return result
  }

  @Test func inputs() {
    let found = image { x in
      _ = MaxPool1D(2)(x)
      _ = AvgPool2D(5)(x)
      _ = ReflectionPad2D(4)(x)
      _ = ConvTranspose2D(2, 1, kernel: 1, padding: 2).callAsFunction(x)
      _ = PixelShuffle(2)(x)
      _ = InstanceNorm2D(3)(x)
      _ = glu(x.sliced(3, 0..<3))
      _ = AdaptiveMaxPool3D(2)(x)
      _ = Fold(2, kernel: 3)(x.flattened(from: 2))
      _ = MaxPool2D(2)(x.cast(to: .i32))
      _ = maxUnpool(x, at: x, to: [8, 8])
    }
    #expect(
      found == [
        "1: the input of 'MaxPool1D' must have 3 axes, [n, c, x]; it is 'f32[1, 2, 4, 4]'",
        "2: a window of 'AvgPool2D' covers 5 x 5 pixels, but its input 'f32[1, 2, 4, 4]' has only "
          + "4 x 4",
        "3: padding 'reflect' adds at most 3 elements to axis 2 of 'f32[1, 2, 4, 4]'; found 4",
        "4: the parameter 'weight' is used, but is not part of the model 'a'",
        "  pass all layers to the model, as in 'Model(\"a\", [\"a\": a, \"b\": b])'",
        "5: 'pixelShuffled' needs an extent of axis 1 that is divisible by 4; it is 2 in "
          + "'f32[1, 2, 4, 4]'",
        "6: the input of 'InstanceNorm' must have 3 channels in its second axis; it is "
          + "'f32[1, 2, 4, 4]'",
        "7: the input of 'glu' must have an even extent in axis 3; it is 'f32[1, 2, 4, 3]'",
        "8: the input of 'AdaptiveMaxPool3D' must have 5 axes, [n, c, z, y, x]; it is "
          + "'f32[1, 2, 4, 4]'",
        "9: the padded size of 'Fold' must be at least as large as a window, [3, 3]; found [2, 2]",
        "10: the input of 'MaxPool2D' must be floating-point numbers; it is 'i32[1, 2, 4, 4]'",
        "11: 'maxUnpool' needs values and their positions, with 4 axes; found 'f32[1, 2, 4, 4]' "
          + "and 'f32[1, 2, 4, 4]'",
      ])
  }

  @Test func views() {
    let found = image { x in
      _ = x.split([1, 2], axis: 2)
      _ = x.split(every: 0)
      _ = x.chunked(-1)
      _ = x.unflattened(2, to: [3, -1])
      _ = x.squeezed(1)
      _ = x.sliced(2, from: 3, to: 1)
      _ = x.sliced(2, -5..<0)
      _ = x.diagonal(offset: 4)
      _ = x.repeatedEach([1, 2])
      _ = x.tiled([0])
      _ = x.reshaped([-2, -16])
      _ = x.broadcast(to: [1, 2, 4, -4])
      _ = x.windows(of: 5)
      _ = x.swappedAxes(0, 4)
      _ = meshgrid([x])
      _ = x.resized(to: [0, 2])
      _ = x.resized(by: [.nan])
      _ = x.gridSample(x)
      _ = affineGrid(x, rows: 2, columns: 2)
      _ = distances(x, x.sliced(3, 0..<2))
      _ = x.padded([(0, 0)], mode: .circular)
    }
    #expect(
      found == [
        "1: the sizes of 'split' must be at least 1 and add up to the 4 elements of axis 2 of "
          + "'f32[1, 2, 4, 4]'; found [1, 2]",
        "2: the size of 'split' must be at least 1; it is 0",
        "3: the count of 'chunked' must be at least 1; it is -1",
        "4: 'unflattened' divides axis 2 of 'f32[1, 2, 4, 4]' into axes whose extents multiply to "
          + "4; found '[3, -1]'",
        "5: 'squeezed' removes an axis of extent 1; axis 1 of 'f32[1, 2, 4, 4]' has extent 2",
        "6: the slice of axis 2 of 'f32[1, 2, 4, 4]' has no elements; at least one must remain",
        "7: the slice -5..<0 is not inside axis 2 of 'f32[1, 2, 4, 4]', whose elements are 0..<4",
        "8: the diagonal 4 of 'f32[1, 2, 4, 4]' has no elements; with 4 rows and 4 columns, "
          + "diagonals go from -3 to 3",
        "9: 'repeatedEach' needs a count for each of the 4 elements of axis 3 of "
          + "'f32[1, 2, 4, 4]', none below 0 and not all 0; found [1, 2]",
        "10: the count of 'tiled' must be at least 1; it is 0",
        "11: 'reshape' of 'f32[1, 2, 4, 4]' would have the shape [-2, -16]; extents are at least 1",
        "12: 'f32[1, 2, 4, 4]' cannot be broadcast to '[1, 2, 4, -4]'; aligned at the last axis, "
          + "extents must be equal or 1",
        "13: the window of 'windows' covers 5 elements, but the padded axis of 'f32[1, 2, 4, 4]' "
          + "has only 4",
        "14: 'swappedAxes' has no axis 4 in 'f32[1, 2, 4, 4]'; axes go from -4 to 3",
        "15: 'meshgrid' needs 1 axis; the operand is 'f32[1, 2, 4, 4]'",
        "16: the size of 'resized' must be at least 1; it is 0",
        "17: the size of 'resized' must be at least 1; it is 0",
        "18: 'gridSample' needs an image [n, c, y, x] and a grid [n, rows, columns, 2] of its "
          + "element type; found 'f32[1, 2, 4, 4]' and 'f32[1, 2, 4, 4]'",
        "19: 'affineGrid' needs matrices [n, 2, 3] and a size of at least 1; found "
          + "'f32[1, 2, 4, 4]' and [2, 2]",
        "20: inner sizes of 'distances' differ: 4 in 'f32[1, 2, 4, 4]', 2 in 'f32[1, 2, 4, 2]'",
        "21: 'padded' needs 1 axis; the operand is 'f32[1, 2, 4, 4]'",
      ])
  }

  @Test func equations() {
    let found = image { x in
      _ = einsum("abcd->ab>c", x)
      _ = einsum("ab,cd", x)
      _ = einsum("abc", x)
      _ = einsum("ab1d", x)
      _ = einsum("abcd->abe", x)
      _ = einsum("abcd->aa", x)
      _ = einsum("abcd,...b->a", x, x)
      _ = einsum("abcde...", x)
    }
    #expect(
      found == [
        "1: the equation 'abcd->ab>c' of 'einsum' must have at most one arrow, written '->'",
        "2: the equation 'ab,cd' of 'einsum' has 2 operands; found 1",
        "3: the equation 'abc' of 'einsum' has 3 letters for 'f32[1, 2, 4, 4]'",
        "4: the equation 'ab1d' of 'einsum' may contain letters, ',', one '->', and '...' once for "
          + "each operand",
        "5: the equation 'abcd->abe' of 'einsum' has 'e' only in its result",
        "6: the equation 'abcd->aa' of 'einsum' repeats a letter in its result",
        "7: the equation 'abcd,...b->a' of 'einsum' gives 'b' the extents 2 and 4",
        "8: the equation 'abcde...' of 'einsum' has more letters than an operand has axes",
      ])
  }
}
