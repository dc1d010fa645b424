internal import LoopIR

/// The cosine and the sine of an angle.
struct Rotation {
  let cosine: Expression
  let sine: Expression
}

// The common part of Jacobi's methods for eigenvalues and singular values.
extension LoopContext {
  /// Returns a loop of sweeps over all pairs, which ends after a sweep without rotations, or after
  /// `most`. `body` gets the statement to run with each rotation.
  func sweeps(_ name: String, most: Int, _ body: (_ count: Statement) -> [Statement])
    -> [Statement]
  {
    let one = Expression.literal(Literal(Int64(1), .i32))
    let (count, countLocal, start) = scalar(name, one)
    let (sweep, sweepLocal, startSweep) = scalar("sweep", one.like(0))
    let goesOn = Expression.apply(
      .and, [count.isAbove(one.like(0)), sweep.isBelow(one.like(Double(most)))])
    return [
      start, startSweep,
      .whileLoop(
        goesOn,
        [.assign(countLocal, one.like(0)), .assign(sweepLocal, sweep + one)]
          + body(.assign(countLocal, count + one))),
    ]
  }

  /// Returns the smaller of the two rotations that make `both` 0, where `half` is half the
  /// difference of the two diagonal elements.
  func rotation(half: Expression, _ both: Expression) -> (Rotation, [Statement]) {
    let (ratio, nameRatio) = named("ratio", half / (both.like(2) * both))
    let length = (ratio * ratio + ratio.like(1)).squareRoot
    let sign = ratio.isBelow(ratio.like(0)).chooses(ratio.like(-1), ratio.like(1))
    let (tangent, nameTangent) = named("tangent", sign / (ratio.magnitude + length))
    let (cosine, nameCosine) = named(
      "cosine", ratio.like(1) / (tangent * tangent + ratio.like(1)).squareRoot)
    let (sine, nameSine) = named("sine", tangent * cosine)
    return (
      Rotation(cosine: cosine, sine: sine), [nameRatio, nameTangent, nameCosine, nameSine]
    )
  }

  /// Returns the statements that rotate two elements.
  func rotate(_ rotation: Rotation, _ target: MatrixView, _ a: [Index], _ b: [Index])
    -> [Statement]
  {
    func at(_ position: [Index]) -> Expression {
      .load(target.buffer, target.batch + position)
    }
    let (x, nameX) = named("x", at(a))
    let (y, nameY) = named("y", at(b))
    let (c, s) = (rotation.cosine, rotation.sine)
    return [
      nameX, nameY, .store(target.buffer, target.batch + a, c * x - s * y),
      .store(target.buffer, target.batch + b, s * x + c * y),
    ]
  }

  /// Returns loops that sort `values`, and with them the columns of matrices, which have the given
  /// numbers of rows.
  func sortColumns(
    _ values: MatrixView, _ matrices: [(view: MatrixView, rows: Int)], _ count: Int,
    ascending: Bool
  ) -> [Statement] {
    [
      loop("i", count) { i in
        let (best, local, start) = scalar("best", .index(i, .i32))
        let place = Index(best, in: 0...(count - 1))
        let search = loop("j", count, from: i + 1) { j in
          let wins: ScalarFunction = ascending ? .less : .greater
          return [
            .when(
              .apply(wins, [values[j], values[place]]),
              then: [.assign(local, .index(j, .i32))], otherwise: [])
          ]
        }
        let columns = matrices.map { matrix in
          loop("k", matrix.rows) { k in
            self.exchange("element", matrix.view, [k, i], [k, place])
          }
        }
        return [
          start, search,
          .when(
            best.differs(from: .index(i, .i32)),
            then: exchange("value", values, [i], [place]) + columns, otherwise: []),
        ]
      }
    ]
  }

  /// Returns statements that change the sign of column `j` of all matrices, if the largest element
  /// of the first is negative.
  func fixSign(of matrices: [(view: MatrixView, rows: Int)], _ j: Index) -> [Statement] {
    guard let (first, rows) = matrices.first else { return [] }
    let (largest, local, start) = scalar("largest", first.number(0))
    let search = loop("i", rows) { i in
      [
        .when(
          first[i, j].magnitude.isAbove(largest.magnitude),
          then: [.assign(local, first[i, j])], otherwise: [])
      ]
    }
    let change = matrices.map { matrix in
      loop("i", matrix.rows) { i in [matrix.view.set(i, j, to: -matrix.view[i, j])] }
    }
    return [
      start, search, .when(largest.isBelow(largest.like(0)), then: change, otherwise: []),
    ]
  }
}
