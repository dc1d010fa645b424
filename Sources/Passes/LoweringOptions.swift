package import LoopIR

/// Options for lowering kernels.
package struct LoweringOptions: Hashable, Sendable {
  /// The machine that schedules are chosen for.
  package var machine: Machine
  /// Whether convolutions may be transformed.
  package var winograd: Winograd
  /// How functions of inference store weights.
  package var weights = Weights.f32
  /// True iff equal kernels become one function.
  package var mergesKernels = true

  package init(machine: Machine = .portable, winograd: Winograd = .two) {
    self.machine = machine
    self.winograd = winograd
  }
}

/// Whether convolutions with filters of 3x3 are computed with fewer products, which makes them
/// faster and a little less exact.
package enum Winograd: String, CaseIterable, Sendable {
  case off
  /// 2x2 results at a time, where that pays.
  case two = "2"
  /// 2x2 or 4x4 results at a time, where that pays.
  case four = "4"
}

/// The types in which functions of inference store weights.
package enum Weights: String, CaseIterable, Sendable {
  case f32
  /// The upper halves of f32 numbers: 8 bits of precision instead of 24.
  case bf16
  /// Whole numbers of 8 bits, with a scale for each channel.
  case int8

  /// The type of their elements.
  package var type: ElementType {
    switch self {
    case .f32: .f32
    case .bf16: .bf16
    case .int8: .i8
    }
  }
}
