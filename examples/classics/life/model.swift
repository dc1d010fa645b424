// A net learns Conway's game of life (Springer and Kenyon, 2021): a cell is born with three
// neighbours and lives on with two or three. Nets of the least size seldom find the rule; one that
// is a little wider does.

import GraphKit

let net = Sequential {
  Conv2D(1, 16, kernel: 3, padding: 1, paddingMode: .circular); ReLU()
  Conv2D(16, 16, kernel: 1); ReLU()
  Conv2D(16, 1, kernel: 1)
}
let model = Model("life", net)

/// The rule itself, on a torus of [n, 1, y, x].
func next(_ cells: Tensor) -> Tensor {
  let window = ones([1, 1, 3, 3])
  let around = convolution(cells.padded([(0, 0), (0, 0), (1, 1), (1, 1)], mode: .circular), window)
  let neighbours = around - cells
  return (neighbours .== 3 .|| (neighbours .== 2 .&& cells .> 0)).cast(to: .f32)
}

func learned(_ cells: Tensor) -> Tensor { (net(cells) .> 0).cast(to: .f32) }

model.train(epochs: 20, steps: 50, evaluation: 5) {
  let cells = randomBool([64, 1, 16, 16], probability: 0.38).cast(to: .f32)
  let scores = net(cells)
  let loss = binaryCrossEntropy(logits: scores, next(cells))
  Adam(rate: .cosine(from: 0.02)).minimize(loss, net.parameters)
  let isRight = (scores .> 0) .== (next(cells) .> 0)
  return [
    "loss": loss, "cells": isRight.cast(to: .f32).mean(),
    "boards": isRight.all(axes: [1, 2, 3]).cast(to: .f32).mean(),
  ]
}

// 100 generations of 64 boards by the net and by the rule.
model.every(epochs: 20, "generations", .printed) {
  let start = randomBool([64, 1, 32, 32], probability: 0.38).cast(to: .f32)
  func after(_ step: @escaping (Tensor) -> Tensor) -> Tensor {
    scan([start], steps: 100) { ([step($0.carries[0])], []) }.carries[0]
  }
  return ["different_cells": abs(after(learned) - after(next)).sum(), "alive": after(next).sum()]
}
