internal import LoopIR

extension Strategy {
  /// Reductions of few terms, which are written out for neighbouring results, as in pooling and in
  /// depthwise convolutions whose pixels are neighbours.
  static let writtenTerms = Strategy { form, context in
    guard case .sum(let kernel) = form, let terms = WrittenTerms(kernel, context.machine) else {
      return nil
    }
    return Candidate(
      name: "written-out terms", cycles: kernel.work / context.machine.terms.rate,
      parts: kernel.domain.dropLast().reduce(1) { $0 * $1.extent },
      schedule: {
        Schedule(
          body: terms.statements(), parameters: kernel.parameters,
          definitions: kernel.definitions)
      })
  }
}

/// A reduction of few terms along the last axis of its results:
///
///     for (int x = 0; x < 28; x++) {
///       float max = -INFINITY;
///       max = rt_max(max, image[c][y][x]);
///       max = rt_max(max, image[c][y][x + 1]);
///       max = rt_max(max, image[c][y + 1][x]);
///       max = rt_max(max, image[c][y + 1][x + 1]);
///       pooled[c][y][x] = max;
///     }
///
/// Results are neighbours, and so are the elements of each term: compilers make vectors of such
/// loops, but not of loops over terms inside the loop over results. With a stride the elements are
/// first stored by their residues, each of which has neighbours again (`StridedRows`). Terms are
/// joined in the order of the plain loops.
struct WrittenTerms {
  private let kernel: SumKernel
  private let along: Variable
  /// The rows of the load that moves with a stride; nil if it moves by single elements.
  private let rows: StridedRows?

  /// Returns nil if there are many terms, or if elements that are read lie far apart.
  init?(_ kernel: SumKernel, _ machine: Machine) {
    let (reduction, limits) = (kernel.reduction, machine.terms)
    switch reduction.monoid {
    case .sum, .product, .maximum, .minimum: break
    case .any, .all, .argMaximum, .argMinimum: return nil
    }
    guard reduction.bindings.isEmpty, let along = kernel.domain.last,
      along.extent >= limits.leastLong,
      (2...limits.most).contains(reduction.variables.reduce(1) { $0 * $1.extent }),
      kernel.epilogue.allSatisfy({ $0.isNeighbour(along) })
    else { return nil }
    var moving: [Expression] = []
    var isFree = true
    reduction.body.forEach { part in
      switch part {
      case .load: if part.uses(along) { moving.append(part) }
      // A choice for each term would keep compilers from making vectors.
      case .within, .index, .reduce: isFree = false
      case .literal, .local, .apply, .cast: break
      }
    }
    // With several factors that move a depthwise sum shares more.
    guard isFree, moving.count == 1, let load = moving.first, case .load(_, let indices) = load,
      !indices.dropLast().contains(where: { $0.uses(along) }),
      let last = indices.last, let stride = last.coefficient(of: along), stride > 0,
      // Otherwise blocks of registers read each element once, too.
      stride > 1 || reduction.variables.contains(where: { last.uses($0) })
    else { return nil }
    self.kernel = kernel
    self.along = along
    if stride == 1 {
      rows = nil
    } else {
      rows = StridedRows(load, reduction, along, stride, kernel.elements)
      guard let rows, rows.bytes <= machine.caches.keptRow else { return nil }
    }
  }

  func statements() -> [Statement] {
    let reduction = kernel.reduction
    let first = Expression.literal(reduction.monoid.identity(reduction.body.type))
    let terms = reduction.variables.positions.map { position -> Statement in
      let body = rows.map { rows in
        reduction.body.rewritten { $0 == rows.load ? rows.element(position) : $0 }
      }
      let term = (body ?? reduction.body).substituting { variable in
        position[variable].map { Index($0) }
      }
      return .assign(reduction.result, reduction.monoid.joined(.local(reduction.result), term))
    }
    let body = [.variable(reduction.result, first)] + terms + kernel.epilogue.map(\.statement)
    return nest(
      Array(kernel.domain.dropLast()),
      (rows?.fill ?? []) + [.loop(Loop(along, kind: .independent, isSimd: true, body))])
  }
}

/// The rows that a load with a stride reads for one row of results, in a local array in which the
/// elements whose places have the same residue by the stride are neighbours:
///
///     float image_residues[3][2][29];
///     for (int u = 0; u < 3; u++) {
///       for (int l = 0; l < 29; l++) image_residues[u][0][l] = image[c][2 * y + u][2 * l];
///       for (int l = 0; l < 28; l++) image_residues[u][1][l] = image[c][2 * y + u][2 * l + 1];
///     }
///
/// Each element is moved once, not once for each of its terms.
private struct StridedRows {
  let load: Expression
  private let buffer: Buffer
  private let indices: [Index]
  private let along: Variable
  private let stride: Int
  /// The reduced variables that choose a row.
  private let others: [Variable]
  /// The one that moves along the row; nil if none does.
  private let tap: Variable?
  /// The place in the row of the first term of the first result.
  private let start: Int
  private let residues: Buffer
  /// The number of elements with each residue that are read.
  private let counts: [Int]
  private let elements: KernelElements

  /// Returns nil if the place in a row depends on anything else.
  init?(
    _ load: Expression, _ reduction: Reduction, _ along: Variable, _ stride: Int,
    _ elements: KernelElements
  ) {
    guard case .load(let buffer, let indices) = load, let last = indices.last else { return nil }
    let taps = reduction.variables.filter { last.uses($0) }
    let tap = taps.first
    let move = tap.flatMap { last.coefficient(of: $0) } ?? 0
    let rest = last - Index(along) * stride - (tap.map { Index($0) * move } ?? Index(0))
    guard taps.count <= 1, move >= 0, (tap == nil) == (move == 0), let start = rest.asConstant,
      start >= 0, !indices.dropLast().contains(where: { index in taps.contains { index.uses($0) } })
    else { return nil }
    let places = (0..<(tap?.extent ?? 1)).map { $0 * move + start }
    let counts = (0..<stride).map { residue in
      places.filter { $0 % stride == residue }.map { along.extent + $0 / stride }.max() ?? 0
    }
    self.load = load
    (self.buffer, self.indices, self.along, self.stride) = (buffer, indices, along, stride)
    (self.tap, self.start, self.counts, self.elements) = (tap, start, counts, elements)
    others = reduction.variables.filter { variable in
      indices.dropLast().contains { $0.uses(variable) }
    }
    residues = elements.array(
      buffer.name + "_residues", buffer.type, others.map(\.extent) + [stride, counts.max() ?? 0])
  }

  /// The size of the local array.
  var bytes: Int { residues.shape.reduce(residues.type.size, *) }

  /// The statements that declare and fill the array.
  var fill: [Statement] {
    let copies = counts.enumerated().filter { $0.element > 0 }.map { residue, count -> Statement in
      let lane = elements.variable("l", count)
      let place = Index(lane) * stride + residue
      return .loop(
        Loop(
          lane, kind: .serial,
          [
            .store(
              residues, others.map { Index($0) } + [Index(residue), Index(lane)],
              .load(buffer, indices.dropLast() + [place]))
          ]))
    }
    return [.array(residues, fill: nil)] + nest(others, kind: .serial, copies)
  }

  /// The element that a term reads, in the array.
  func element(_ position: [Variable: Int]) -> Expression {
    let place = tap.map { tap in
      (position[tap] ?? 0) * (indices.last?.coefficient(of: tap) ?? 0)
    }
    let (shift, residue) = (start + (place ?? 0)).quotientAndRemainder(dividingBy: stride)
    return .load(
      residues, others.map { Index($0) } + [Index(residue), Index(along) + shift])
  }
}

extension Assignment {
  /// True iff elements that are stored for neighbouring values of `variable` are neighbours.
  func isNeighbour(_ variable: Variable) -> Bool {
    guard case .store(_, let indices, _) = self else { return true }
    return indices.last?.coefficient(of: variable) == 1
      && !indices.dropLast().contains { $0.uses(variable) }
  }
}

extension [Variable] {
  /// The values that the variables take together, in the order of loops over them.
  var positions: [[Variable: Int]] {
    reduce([[:]]) { heads, variable in
      heads.flatMap { head in
        (0..<variable.extent).map { head.merging([variable: $0]) { $1 } }
      }
    }
  }
}
