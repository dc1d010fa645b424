public import TensorLibrary
internal import LoopIR

// The time of a training, as tensors.
extension Model {
  /// The number of training steps done before this one, over all parts of the training: a `u32`.
  public var steps: Tensor { step.value }

  /// The number of the present epoch, from 0: a `u32`. It is 0 outside of a training.
  public var epoch: Tensor { clock("epoch", .epoch, 0).value }

  /// The number of steps of this part of the training: a `u32`. It is 1 outside of a training.
  public var totalSteps: Tensor { clock("total_steps", .total, 1).value }

  /// The share of this part of the training that is done: an `f32` from 0 to below 1.
  ///
  ///     let loss = reconstruction + divergence * minimum(model.progress * 5, 1)
  ///
  /// It is 0 outside of a training.
  public var progress: Tensor { minimum(doneSteps / phaseSteps, 1) }

  /// The steps of this part of the training that are done, and all of them, as `f32`.
  var doneSteps: Tensor { (steps - clock("first_step", .first, 0).value).cast(to: .f32) }
  var phaseSteps: Tensor { maximum(totalSteps.cast(to: .f32), 1) }

  // The state of a role that the train program sets.
  private func clock(_ name: String, _ role: StateRole, _ initial: Double) -> Parameter {
    if let known = states.first(where: { $0.role == role }) { return known }
    return makeState(name, TensorType(.u32, []), role, .constant(initial))
  }
}
