internal import LoopIR

extension SumKernel {
  /// Copies the small factor of a product into the layout in which the large one is read, so that
  /// the inner loop vectorises; also returns the loops that do so.
  ///
  ///     y[n, y, x, c] = sum(u, v) image[n, y + u, x + v, c] * w[c, 0, u, v]
  /// ->
  ///     w_panels[u, v, c] = w[c, 0, u, v]
  ///     y[n, y, x, c] = sum(u, v) image[n, y + u, x + v, c] * w_panels[u, v, c]
  func packingSmallFactor(_ machine: Machine) -> (SumKernel, Panels?) {
    guard reduction.monoid == .sum, reduction.bindings.isEmpty,
      case .apply(.multiply, let factors) = reduction.body
    else { return (self, nil) }
    for (image, factor) in [(factors[0], factors[1]), (factors[1], factors[0])] {
      guard case .load(let buffer, let indices) = image,
        let channel = domain.last(where: { Element(buffer, indices).stride(of: $0) == 1 }),
        channel.extent >= machine.reductions.leastLane, factor.uses(channel),
        let first = factor.loads.first,
        first.stride(of: channel) != 1
      else { continue }
      let others = (domain + reduction.variables).filter { $0 != channel && factor.uses($0) }
      let panels = turned(factor, others, channel, first.buffer.name)
      // The array must be small compared with how often it is read.
      let work = (domain + reduction.variables).reduce(1) { $0 * $1.extent }
      guard panels.buffer.count * machine.blocks.leastReads <= work else { continue }
      let result = rewritten(
        domain: domain, reducing: reduction.variables, array: { $0 },
        value: { $0.rewritten { $0 == factor ? .load(panels.buffer, panels.position) : $0 } },
        element: { $0 })
      return (result, panels)
    }
    return (self, nil)
  }

  private func turned(
    _ factor: Expression, _ others: [Variable], _ channel: Variable, _ name: String
  ) -> Panels {
    let variables = others + [channel]
    let buffer = elements.panels(name + "_panels", factor.type, variables.map(\.extent))
    let position = variables.map { Index($0) }
    return Panels(
      value: factor, buffer: buffer, position: position,
      definition: Definition(.buffer(buffer, position), factor),
      body: nest(variables, [.store(buffer, position, factor)]))
  }
}
