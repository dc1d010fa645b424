internal import GraphKit

/// The published widths times a factor.
struct InceptionWidths {
  let factor: Double

  subscript(published: Int) -> Int { max(1, Int((Double(published) * factor).rounded())) }
}

/// Applies layers in order.
private func chain(_ x: Tensor, _ layers: ConvNormReLU...) -> Tensor {
  layers.reduce(x) { x, layer in layer(x) }
}

/// The mean around each pixel.
private func means(_ x: Tensor) -> Tensor { AvgPool2D(3, stride: 1, padding: 1)(x) }

/// Windows of one, five and three pixels, and means.
struct InceptionA: Layer {
  let branch1x1: ConvNormReLU
  let branch5x5_1, branch5x5_2: ConvNormReLU
  let branch3x3dbl_1, branch3x3dbl_2, branch3x3dbl_3: ConvNormReLU
  let branch_pool: ConvNormReLU
  let outputs: Int

  init(_ inputs: Int, pooled: Int, _ widths: InceptionWidths) {
    branch1x1 = ConvNormReLU(inputs, widths[64], kernel: 1)
    branch5x5_1 = ConvNormReLU(inputs, widths[48], kernel: 1)
    branch5x5_2 = ConvNormReLU(widths[48], widths[64], kernel: 5, padding: 2)
    branch3x3dbl_1 = ConvNormReLU(inputs, widths[64], kernel: 1)
    branch3x3dbl_2 = ConvNormReLU(widths[64], widths[96], kernel: 3, padding: 1)
    branch3x3dbl_3 = ConvNormReLU(widths[96], widths[96], kernel: 3, padding: 1)
    branch_pool = ConvNormReLU(inputs, widths[pooled], kernel: 1)
    outputs = 2 * widths[64] + widths[96] + widths[pooled]
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    concatenate(
      [
        branch1x1(x), chain(x, branch5x5_1, branch5x5_2),
        chain(x, branch3x3dbl_1, branch3x3dbl_2, branch3x3dbl_3), branch_pool(means(x)),
      ], axis: 1)
  }
}

/// Halves the image.
struct InceptionB: Layer {
  let branch3x3: ConvNormReLU
  let branch3x3dbl_1, branch3x3dbl_2, branch3x3dbl_3: ConvNormReLU
  let outputs: Int

  init(_ inputs: Int, _ widths: InceptionWidths) {
    branch3x3 = ConvNormReLU(inputs, widths[384], kernel: 3, stride: 2)
    branch3x3dbl_1 = ConvNormReLU(inputs, widths[64], kernel: 1)
    branch3x3dbl_2 = ConvNormReLU(widths[64], widths[96], kernel: 3, padding: 1)
    branch3x3dbl_3 = ConvNormReLU(widths[96], widths[96], kernel: 3, stride: 2)
    outputs = widths[384] + widths[96] + inputs
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    concatenate(
      [
        branch3x3(x), chain(x, branch3x3dbl_1, branch3x3dbl_2, branch3x3dbl_3),
        MaxPool2D(3, stride: 2)(x),
      ], axis: 1)
  }
}

/// Windows of seven pixels as rows and columns.
struct InceptionC: Layer {
  let branch1x1: ConvNormReLU
  let branch7x7_1, branch7x7_2, branch7x7_3: ConvNormReLU
  let branch7x7dbl_1, branch7x7dbl_2, branch7x7dbl_3, branch7x7dbl_4, branch7x7dbl_5: ConvNormReLU
  let branch_pool: ConvNormReLU
  let outputs: Int

  init(_ inputs: Int, narrow: Int, _ widths: InceptionWidths) {
    func row(_ outputs: Int) -> ConvNormReLU {
      ConvNormReLU(widths[narrow], widths[outputs], kernel: [1, 7], padding: [0, 3])
    }
    func column(_ outputs: Int) -> ConvNormReLU {
      ConvNormReLU(widths[narrow], widths[outputs], kernel: [7, 1], padding: [3, 0])
    }
    branch1x1 = ConvNormReLU(inputs, widths[192], kernel: 1)
    branch7x7_1 = ConvNormReLU(inputs, widths[narrow], kernel: 1)
    (branch7x7_2, branch7x7_3) = (row(narrow), column(192))
    branch7x7dbl_1 = ConvNormReLU(inputs, widths[narrow], kernel: 1)
    (branch7x7dbl_2, branch7x7dbl_3) = (column(narrow), row(narrow))
    (branch7x7dbl_4, branch7x7dbl_5) = (column(narrow), row(192))
    branch_pool = ConvNormReLU(inputs, widths[192], kernel: 1)
    outputs = 4 * widths[192]
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let double = chain(
      x, branch7x7dbl_1, branch7x7dbl_2, branch7x7dbl_3, branch7x7dbl_4, branch7x7dbl_5)
    return concatenate(
      [
        branch1x1(x), chain(x, branch7x7_1, branch7x7_2, branch7x7_3), double,
        branch_pool(means(x)),
      ], axis: 1)
  }
}

/// Halves the image again.
struct InceptionD: Layer {
  let branch3x3_1, branch3x3_2: ConvNormReLU
  let branch7x7x3_1, branch7x7x3_2, branch7x7x3_3, branch7x7x3_4: ConvNormReLU
  let outputs: Int

  init(_ inputs: Int, _ widths: InceptionWidths) {
    let width = widths[192]
    branch3x3_1 = ConvNormReLU(inputs, width, kernel: 1)
    branch3x3_2 = ConvNormReLU(width, widths[320], kernel: 3, stride: 2)
    branch7x7x3_1 = ConvNormReLU(inputs, width, kernel: 1)
    branch7x7x3_2 = ConvNormReLU(width, width, kernel: [1, 7], padding: [0, 3])
    branch7x7x3_3 = ConvNormReLU(width, width, kernel: [7, 1], padding: [3, 0])
    branch7x7x3_4 = ConvNormReLU(width, width, kernel: 3, stride: 2)
    outputs = widths[320] + width + inputs
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    concatenate(
      [
        chain(x, branch3x3_1, branch3x3_2),
        chain(x, branch7x7x3_1, branch7x7x3_2, branch7x7x3_3, branch7x7x3_4),
        MaxPool2D(3, stride: 2)(x),
      ], axis: 1)
  }
}

/// Rows and columns of three pixels side by side.
struct InceptionE: Layer {
  let branch1x1: ConvNormReLU
  let branch3x3_1, branch3x3_2a, branch3x3_2b: ConvNormReLU
  let branch3x3dbl_1, branch3x3dbl_2, branch3x3dbl_3a, branch3x3dbl_3b: ConvNormReLU
  let branch_pool: ConvNormReLU
  let outputs: Int

  init(_ inputs: Int, _ widths: InceptionWidths) {
    let width = widths[384]
    func row() -> ConvNormReLU { ConvNormReLU(width, width, kernel: [1, 3], padding: [0, 1]) }
    func column() -> ConvNormReLU { ConvNormReLU(width, width, kernel: [3, 1], padding: [1, 0]) }
    branch1x1 = ConvNormReLU(inputs, widths[320], kernel: 1)
    branch3x3_1 = ConvNormReLU(inputs, width, kernel: 1)
    (branch3x3_2a, branch3x3_2b) = (row(), column())
    branch3x3dbl_1 = ConvNormReLU(inputs, widths[448], kernel: 1)
    branch3x3dbl_2 = ConvNormReLU(widths[448], width, kernel: 3, padding: 1)
    (branch3x3dbl_3a, branch3x3dbl_3b) = (row(), column())
    branch_pool = ConvNormReLU(inputs, widths[192], kernel: 1)
    outputs = widths[320] + 4 * width + widths[192]
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let single = branch3x3_1(x)
    let double = chain(x, branch3x3dbl_1, branch3x3dbl_2)
    return concatenate(
      [
        branch1x1(x), branch3x3_2a(single), branch3x3_2b(single), branch3x3dbl_3a(double),
        branch3x3dbl_3b(double), branch_pool(means(x)),
      ], axis: 1)
  }
}
