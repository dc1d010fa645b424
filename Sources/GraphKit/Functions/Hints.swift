public import TensorLibrary

// What other libraries call arguments and methods: each says what to write here, and none can be
// used.

/// Not there; the label is `axis`.
@available(*, unavailable, message: "write 'axis:'")
public func softmax(_ x: Tensor, dim: Int) -> Tensor { x }
/// Not there; the label is `axis`.
@available(*, unavailable, message: "write 'axis:'")
public func logSoftmax(_ x: Tensor, dim: Int) -> Tensor { x }
/// Not there; the label is `axis`.
@available(*, unavailable, message: "write 'axis:'")
public func concatenate(_ tensors: [Tensor], dim: Int) -> Tensor { tensors[0] }
/// Not there; the label is `axis`.
@available(*, unavailable, message: "write 'axis:'")
public func stack(_ tensors: [Tensor], dim: Int) -> Tensor { tensors[0] }

extension Optimizer {
  /// Not there; `minimize` computes gradients and updates.
  @available(*, unavailable, message: "write 'optimizer.minimize(loss, net.parameters)'")
  public func step() {}
  /// Not there; gradients are not kept.
  @available(*, unavailable, message: "gradients are not kept from step to step; leave it out")
  public func zero_grad() {}
}

extension SGD {
  /// Not there; the label is `rate`.
  @available(*, unavailable, message: "write 'rate:' and 'weightDecay:'")
  public convenience init(
    lr: some LearningRate, momentum: Double = 0, weightDecay: Double = 0, weight_decay: Double = 0
  ) {
    self.init(rate: lr)
  }
}

extension RMSProp {
  /// Not there; the label is `rate`.
  @available(*, unavailable, message: "write 'rate:' and 'weightDecay:'")
  public convenience init(
    lr: some LearningRate, momentum: Double = 0, weightDecay: Double = 0, weight_decay: Double = 0
  ) {
    self.init(rate: lr)
  }
}

extension Adagrad {
  /// Not there; the label is `rate`.
  @available(*, unavailable, message: "write 'rate:' and 'weightDecay:'")
  public convenience init(
    lr: some LearningRate, momentum: Double = 0, weightDecay: Double = 0, weight_decay: Double = 0
  ) {
    self.init(rate: lr)
  }
}

extension Adam {
  /// Not there; the label is `rate`.
  @available(*, unavailable, message: "write 'rate:' and 'weightDecay:'")
  public convenience init(
    lr: some LearningRate, momentum: Double = 0, weightDecay: Double = 0, weight_decay: Double = 0
  ) {
    self.init(rate: lr)
  }
}

extension AdamW {
  /// Not there; the label is `rate`.
  @available(*, unavailable, message: "write 'rate:' and 'weightDecay:'")
  public convenience init(
    lr: some LearningRate, momentum: Double = 0, weightDecay: Double = 0, weight_decay: Double = 0
  ) {
    self.init(rate: lr)
  }
}

extension Lion {
  /// Not there; the label is `rate`.
  @available(*, unavailable, message: "write 'rate:' and 'weightDecay:'")
  public convenience init(
    lr: some LearningRate, momentum: Double = 0, weightDecay: Double = 0, weight_decay: Double = 0
  ) {
    self.init(rate: lr)
  }
}
