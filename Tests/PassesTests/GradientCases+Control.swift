import GraphIR
import LoopIR

// Loops and branches.
extension GradientCase {
  private static func scan(
    _ carries: [Tensor], over slices: [Tensor], steps: Int, reversed: Bool = false,
    memory: Scan.Memory = .results, _ body: (Tensor, [Tensor], [Tensor]) -> [Tensor]
  ) -> [Tensor] {
    let builder = (carries + slices)[0].builder
    let types =
      [Scan.step] + carries.map(\.type)
      + slices.map { TensorType($0.elementType, Array($0.shape.dims.dropFirst())) }
    guard
      let region = builder.region(
        types.map { (name: nil, type: $0) },
        { _, x in body(x[0], Array(x[1...carries.count]), Array(x[(carries.count + 1)...])) })
    else { return [] }
    let op = Scan(
      length: steps, carries: carries.count, slices: slices.count, isReversed: reversed,
      memory: memory, body: region.graph)
    return builder.apply(
      op, carries + slices + region.captures, results: region.graph.outputs.count)
  }

  private static func cond(
    _ test: Tensor, _ then: @escaping () -> Tensor, _ otherwise: @escaping () -> Tensor
  )
    -> Tensor
  {
    let regions = [then, otherwise].compactMap { body in
      test.builder.region([]) { _, _ in [body()] }
    }
    let (graphs, captures) = unify(regions, shared: [])
    return test.builder.apply(
      Cond(then: graphs[0], otherwise: graphs[1]), [test] + captures)[0]
  }

  static let loops: [GradientCase] = [
    GradientCase("scan, a recurrent net", order: 2, [[2, 3], [4, 2, 2], [3, 3], [3, 2]]) { x in
      scan([x[0]], over: [x[1]], steps: 4) { _, h, s in
        let next = tanh(h[0].matmul(x[2]) + s[0].matmul(x[3].transposed()))
        return [next, next * next]
      }[1]
    },
    GradientCase("scan, the last carry only", order: 2, [[3], [5, 3]]) { x in
      scan([x[0]], over: [x[1]], steps: 5) { _, h, s in [h[0] * s[0] + h[0]] }[0]
    },
    GradientCase("scan, reversed", order: 2, [[3], [5, 3]]) { x in
      let results = scan([x[0]], over: [x[1]], steps: 5, reversed: true) { _, h, s in
        [sin(h[0] + s[0]), h[0] * s[0]]
      }
      return results[0] + results[1].sum(axes: [0])
    },
    GradientCase("scan, two carries that change places", order: 2, [[2], [2], [3, 2]]) { x in
      let results = scan([x[0], x[1]], over: [x[2]], steps: 3) { _, h, s in
        [h[1] * s[0], h[0] + s[0] * s[0], h[0] * h[1]]
      }
      return results[0] * results[1] + results[2].sum(axes: [0])
    },
    GradientCase("scan, the number of the step", [[3]]) { x in
      scan([x[0]], over: [], steps: 4) { t, h, _ in
        [h[0] * (t.cast(to: .f64) + 1).broadcast(to: [3])]
      }[0]
    },
    GradientCase("scan, an integer is carried as well", [[3]]) { x in
      let start = x[0].builder.constant(0, TensorType(.i32, []))
      return scan([start, x[0]], over: [], steps: 4) { _, h, _ in
        [h[0] + 2, h[1] * h[0].cast(to: .f64).broadcast(to: [3]) + h[1]]
      }[1]
    },
    GradientCase("scan, only carries are kept", order: 2, [[2, 3], [4, 2, 3], [3, 3]]) { x in
      scan([x[0]], over: [x[1]], steps: 4, memory: .carries) { _, h, s in
        let next = tanh(h[0].matmul(x[2]) + s[0])
        return [next, next]
      }[1]
    },
    GradientCase("scan in a scan", order: 2, [[2], [3, 4, 2], [2]]) { x in
      scan([x[0]], over: [x[1]], steps: 3) { _, h, s in
        let inner = scan([h[0]], over: [s[0]], steps: 4) { _, g, r in
          let next = sin(g[0] * x[2] + r[0])
          return [next, next * g[0]]
        }
        return [inner[0], inner[1].sum(axes: [0])]
      }[1]
    },
    GradientCase("scan, a value that is used as it is", [[3], [4, 3]]) { x in
      let results = scan([x[0]], over: [x[1]], steps: 4) { _, h, s in [h[0], h[0] * s[0], s[0]] }
      return results[0] + results[1].sum(axes: [0]) + results[2].sum(axes: [0])
    },
    GradientCase("cond, both ways", order: 2, [[3], [3]]) { x in
      let yes = x[0].sum() .> -100
      let no = x[0].sum() .> 100
      return cond(yes, { exp(x[0]) * x[1] }, { x[0] })
        + cond(no, { exp(x[0]) }, { x[1] * x[1] * x[0] })
    },
    GradientCase("cond, one branch is constant", [[3]]) { x in
      cond(x[0].sum() .> -100, { x[0] * x[0] }, { x[0].filled(2) })
    },
    GradientCase("cond in a scan", order: 2, [[2], [4, 2]]) { x in
      scan([x[0]], over: [x[1]], steps: 4) { t, h, s in
        let next = cond(t .< 2, { sin(h[0]) * s[0] }, { h[0] + s[0] * s[0] })
        return [next, next]
      }[1]
    },
  ]
}
