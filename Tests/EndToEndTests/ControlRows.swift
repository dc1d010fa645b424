import GraphIR
import GraphKit

/// A recurrent net, written by hand.
private struct Net: Module {
  let w = Parameter([4, 3])
  let u = Parameter([4, 4])
  let b = Parameter([4])

  func run(_ h: Tensor, _ x: Tensor, reversed: Bool = false, checkpoint: Int? = nil) -> (
    last: Tensor, y: Tensor
  ) {
    let result = scan(h, over: x, reversed: reversed, checkpoint: checkpoint) { h, x in
      let input = x.matmul(w.value.transposed())
      let next = tanh(input + h.matmul(u.value.transposed()) + b.value)
      return (next, next)
    }
    return (result.carry, result.outputs)
  }

  func states(_ inputs: Arguments, reversed: Bool = false, checkpoint: Int? = nil) -> Outputs {
    let (last, y) = run(inputs["h"], inputs["x"], reversed: reversed, checkpoint: checkpoint)
    return ["last": last, "y": y]
  }

  /// The gradient of what the net gives.
  func slope(_ inputs: Arguments, checkpoint: Int? = nil) -> Outputs {
    let y = run(inputs["h"], inputs["x"], checkpoint: checkpoint).y
    return ["y": gradient(of: (y * y).sum(), by: inputs["x"])]
  }

  func chosen(_ inputs: Arguments) -> Outputs {
    let x = inputs["x"]
    let y = cond(
      inputs["test"], then: { run(zeros([2, 4]), x).last },
      else: { x.sum(axes: [0]).matmul(w.value.transposed()) })
    return ["y": y]
  }
}

/// A sum that outlives the call.
private struct Counter: Module {
  let total = Parameter.statistic([3])

  func sums(_ x: Tensor) -> Outputs {
    let sums = scan([], over: [x]) { step in
      total.assign(total.value * 0.5 + step.slices[0].stopGradient())
      return ([], [step.slices[0] * total.value])
    }
    return ["total": total.value, "y": sums.outputs[0]]
  }
}

// The rows of `scripts/reference/control.py`.
extension ModuleRow {
  static let control: [ModuleRow] = [
    ModuleRow("net", Net()) { $0.states($1) },
    ModuleRow("net_reversed", Net()) { $0.states($1, reversed: true) },
    ModuleRow("net_checkpoints", Net()) { $0.states($1, checkpoint: 3) },
    ModuleRow("net_checkpoints_reversed", Net()) { $0.states($1, reversed: true, checkpoint: 3) },
    ModuleRow("net_whole_checkpoints", Net()) { $0.states($1, checkpoint: 2) },
    ModuleRow("other_shapes", Nothing()) { _, inputs in
      let (h, x) = (inputs["h"].reshaped([2, 4]), inputs["x"].reshaped([3, 2, 4]))
      let result = scan(h, over: x) { h, x in
        let next = sin(h + x)
        return (next, next * x)
      }
      return ["last": result.carry.reshaped([8]), "y": result.outputs.reshaped([12, 2])]
    },
    ModuleRow("net_last_only", Net()) { ["last": $0.run($1["h"], $1["x"]).last] },
    ModuleRow("net_second_gradient", Net()) { $0.slope($1) },
    ModuleRow("net_second_gradient_checkpoints", Net()) { $0.slope($1, checkpoint: 2) },
    ModuleRow("several_carries", Nothing()) { _, inputs in
      let start = [inputs["h"], inputs["g"], Tensor(3, .i32)]
      let result = scan(start, over: [inputs["x"]]) { step in
        let (h, g, count) = (step.carries[0], step.carries[1], step.carries[2])
        let x = step.slices[0]
        let next = [g * x, h + x * x * count.cast(to: .f32), count + 2]
        return (next, [next[0] * next[1] + step.index.cast(to: .f32)])
      }
      return ["h": result.carries[0], "g": result.carries[1], "y": result.outputs[0]]
    },
    ModuleRow("nested", Nothing()) { _, inputs in
      let result = scan(inputs["h"], over: inputs["x"]) { h, block in
        let inner = scan(h, over: block) { g, row in
          let next = sin(g * inputs["w"] + row)
          return (next, next * h)
        }
        return (inner.carry, inner.outputs.sum(axes: [0]))
      }
      return ["last": result.carry, "y": result.outputs]
    },
    ModuleRow("branch_in_loop", Nothing()) { _, inputs in
      let result = scan([inputs["h"]], over: [inputs["x"]]) { step in
        let (h, x) = (step.carries[0], step.slices[0])
        let next = cond(
          step.index .< 2 .|| h.sum() .> 0, then: { sin(h) * x }, else: { h + x * x })
        return ([next], [next])
      }
      return ["y": result.outputs[0]]
    },
    ModuleRow("loop_in_branch", Net()) { $0.chosen($1) },
    ModuleRow("loop_in_other_branch", Net()) { $0.chosen($1) },
    ModuleRow("number_of_the_step", Nothing()) { _, inputs in
      let x = inputs["x"]
      let result = scan([x], steps: 5) { step in
        ([step.carries[0] * x / (step.index.cast(to: .f32) + 1)], [])
      }
      return ["y": result.carries[0]]
    },
    ModuleRow("loop_without_carries", Nothing()) { _, inputs in
      let result = scan([], over: [inputs["x"]]) { step in
        ([], [sin(step.slices[0]) * step.index.cast(to: .f32)])
      }
      return ["y": result.outputs[0]]
    },
    ModuleRow("newton", Nothing()) { _, inputs in
      let x = inputs["x"]
      let y = whileLoop(x, while: { abs($0 * $0 - x).max() .> 1e-13 }) { ($0 + x / $0) / 2 }
      return ["y": y]
    },
    collatz("collatz"),
    collatz("collatz_of_one"),
    ModuleRow("state_in_loop", Counter()) { $0.sums($1["x"]) },
  ]

  private static func collatz(_ name: String) -> ModuleRow {
    ModuleRow(name, Nothing()) { _, inputs in
      let n = inputs["n"]
      let found = whileLoop([n, n.cast(to: .i32) * 0, n], while: { $0[0] .!= 1 }) { carries in
        let (n, half) = (carries[0], carries[0] / 2)
        let next = select(half * 2 .== n, half, n * 3 + 1)
        return [next, carries[1] + 1, maximum(carries[2], next)]
      }
      return ["count": found[1], "largest": found[2]]
    }
  }
}
