internal import LoopIR

extension SumKernel {
  /// Returns the kernel with one variable for two that index neighbouring axes everywhere.
  ///
  ///     y[n, c, y, x] = sum(i) image[n, i, y, x] * w[c, i]       y < 56, x < 56
  /// ->
  ///     y[n, c, yx] = sum(i) image[n, i, yx] * w[c, i]           yx < 3136
  ///
  /// Arrays are reshaped, not reordered. Rows and columns become longer, so that less of their last
  /// block is wasted.
  func mergingAxes() -> SumKernel {
    for (outer, inner) in zip(domain, domain.dropFirst()) {
      if let merge = AxisMerge(outer, inner, self) { return merge.applied(to: self).mergingAxes() }
    }
    return self
  }

  /// The same for the variables that are reduced, so that a sum over the pixels of a channel is one
  /// over neighbours, in whole lanes.
  func mergingReducedAxes() -> SumKernel {
    for (outer, inner) in zip(reduction.variables, reduction.variables.dropFirst()) {
      if let merge = AxisMerge(outer, inner, self) {
        return merge.applied(to: self).mergingReducedAxes()
      }
    }
    return self
  }
}

/// Two variables of a kernel's domain, or two reduced ones, that can be one.
private struct AxisMerge {
  private let outer: Variable
  private let inner: Variable
  private let both: Variable
  /// The axis of each array along which the outer variable runs.
  private var axes: [Int: Int] = [:]

  /// Returns nil if something is not read or written at all positions of the two in order.
  init?(_ outer: Variable, _ inner: Variable, _ kernel: SumKernel) {
    guard outer.extent > 1, inner.extent > 1 else { return nil }
    self.outer = outer
    self.inner = inner
    both = Variable(
      id: outer.id, name: outer.name + inner.name, extent: outer.extent * inner.extent)
    for element in kernel.stages.elementsUsed {
      guard let axis = axis(of: element) else { return nil }
      if let known = axes.updateValue(axis, forKey: element.buffer.id), known != axis {
        return nil
      }
    }
    for value in kernel.stages.values {
      var isFree = true
      value.forEach { part in
        if case .load = part { return }
        if part.indices.contains(where: { $0.uses(outer) || $0.uses(inner) }) { isFree = false }
      }
      if !isFree { return nil }
    }
  }

  // The axis of the outer variable, -1 if neither is used, nil if they do not merge.
  private func axis(of element: Element) -> Int? {
    let uses = element.indices.indices.filter {
      element.indices[$0].uses(outer) || element.indices[$0].uses(inner)
    }
    if uses.isEmpty { return -1 }
    guard uses.count == 2, uses[1] == uses[0] + 1, let first = uses.first,
      element.indices[first].asVariable == outer, element.indices[first + 1].asVariable == inner,
      element.buffer.shape[first] == outer.extent, element.buffer.shape[first + 1] == inner.extent
    else { return nil }
    return first
  }

  func applied(to kernel: SumKernel) -> SumKernel {
    func joined(_ variables: [Variable]) -> [Variable] {
      variables.compactMap { $0 == outer ? both : $0 == inner ? nil : $0 }
    }
    return kernel.rewritten(
      domain: joined(kernel.domain), reducing: joined(kernel.reduction.variables), array: array,
      value: { value in
        value.rewritten { part in
          guard case .load(let buffer, let indices) = part else { return part }
          return .load(array(buffer), merged(indices, buffer))
        }
      },
      element: { Element(array($0.buffer), merged($0.indices, $0.buffer)) })
  }

  private func array(_ buffer: Buffer) -> Buffer {
    guard let axis = axes[buffer.id], axis >= 0 else { return buffer }
    var shape = buffer.shape
    shape.replaceSubrange(axis...(axis + 1), with: [both.extent])
    return Buffer(id: buffer.id, name: buffer.name, type: buffer.type, shape: shape)
  }

  private func merged(_ indices: [Index], _ buffer: Buffer) -> [Index] {
    guard let axis = axes[buffer.id], axis >= 0 else { return indices }
    var result = indices
    result.replaceSubrange(axis...(axis + 1), with: [Index(both)])
    return result
  }
}
