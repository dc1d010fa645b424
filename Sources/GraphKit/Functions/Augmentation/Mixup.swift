public import TensorLibrary
internal import LoopIR

/// In training, mixes each image with the one before it in the batch, and their targets alike
/// (Zhang et al., 2018); otherwise returns the images.
///
/// The share of an image has the beta distribution of `alpha` and `alpha`. `labels` are integers
/// `[n]`, which need `classes`, or probabilities `[n, classes]`; `targets` are probabilities.
public func mixup(_ images: Tensor, _ labels: Tensor, classes: Int? = nil, alpha: Double = 0.2)
  -> (images: Tensor, targets: Tensor)
{
  mixed("mixup", images, labels, classes, alpha) { images, others, share in
    let part = share.reshaped(images.imageShape)
    return (others + (images - others) * part, share)
  }
}

/// In training, replaces a rectangle of each image by that of the one before it in the batch, and
/// mixes their targets by the areas (Yun et al., 2019); otherwise returns the images.
///
/// The rectangle has the form of the image and a random middle. The share of the image that is
/// kept has the beta distribution of `alpha` and `alpha`, if the rectangle lies inside.
public func cutmix(_ images: Tensor, _ labels: Tensor, classes: Int? = nil, alpha: Double = 1)
  -> (images: Tensor, targets: Tensor)
{
  mixed("cutmix", images, labels, classes, alpha) { images, others, share in
    let count = images.shape[0]
    let side = sqrt(1 - share).expanded(at: -1)
    func isReplaced(_ extent: Int) -> Tensor {
      let middle = randomUniform([count, 1], 0...Double(extent), images.elementType)
      let place = range(extent, images.elementType).expanded(at: 0) + 0.5
      return abs(place - middle) .< side * (Double(extent) / 2)
    }
    let (rows, columns) = (isReplaced(images.shape[2]), isReplaced(images.shape[3]))
    func portion(_ mask: Tensor) -> Tensor { mask.cast(to: images.elementType).mean(axes: [1]) }
    let inside = rows.expanded(at: 2) .&& columns.expanded(at: 1)
    return (select(inside.expanded(at: 1), others, images), 1 - portion(rows) * portion(columns))
  }
}

// What `body` makes of images, the images before them, and their shares `[n]`: new images, and the
// shares that their own targets have.
private func mixed(
  _ owner: String, _ images: Tensor, _ labels: Tensor, _ classes: Int?, _ alpha: Double,
  _ body: (Tensor, Tensor, Tensor) -> (Tensor, Tensor)
) -> (images: Tensor, targets: Tensor) {
  let alpha = Check.aboveZero(alpha, "alpha", of: owner)
  var targets = labels
  let result = applying(owner, to: images) { images in
    guard images.rank == 4, images.elementType != .bool else {
      Session.current.report(.layerInput(owner, Tensor.imageRule(2), images.type))
      return images.builder.poison()
    }
    let x = images.elementType.isFloat ? images : images.cast(to: .f32)
    guard labels.value != nil, let own = probabilities(owner, labels, x, classes) else {
      return images.builder.poison()
    }
    targets = own
    guard Trace.current?.mode == .training else { return x }
    let numbers = full([x.shape[0]], alpha, x.elementType)
    let drawn = randomBeta(numbers, numbers)
    // With a small alpha both parts of a share may be too small for their type.
    let share = select(isNaN(drawn), drawn.filled(1), drawn)
    let (mixture, kept) = body(x, x.rolled(by: 1, axis: 0), share)
    let other = own.rolled(by: 1, axis: 0)
    targets = other + (own - other) * kept.expanded(at: -1)
    return mixture
  }
  return (result, result.value == nil ? result : targets)
}

// The labels as probabilities `[n, classes]` in the type of the images; nil after reporting that
// they do not fit.
private func probabilities(
  _ owner: String, _ labels: Tensor, _ images: Tensor, _ classes: Int?
) -> Tensor? {
  let count = images.shape[0]
  if labels.elementType.isInteger, labels.shape == [count], let classes {
    let number = Check.positive(classes, "number of classes", of: owner)
    return labels.oneHot(number).cast(to: images.elementType)
  }
  if labels.rank == 2, labels.shape[0] == count {
    return labels.cast(to: images.elementType)
  }
  let rule =
    "be probabilities [\(count), classes], or integers [\(count)] with 'classes:' for their number"
  Session.current.report(.argument("labels", of: owner, rule, labels.type, made: labels.site))
  return nil
}
