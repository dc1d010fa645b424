internal import GraphIR
internal import LoopIR
internal import Support

/// The kernels and constants of a program so far; equal ones are merged as a rule.
struct KernelTable {
  private let mergesKernels: Bool
  private var known: [KernelIdentity: KernelID] = [:]

  /// The number of each constant.
  var constants: [Constant: Int] = [:]

  init(mergesKernels: Bool) { self.mergesKernels = mergesKernels }

  /// Returns the number of a kernel in the program. One that serves several lines of the model has
  /// the name of the first.
  mutating func add(_ kernel: Kernel, to program: inout LoopProgram) -> KernelID {
    guard mergesKernels else { return program.kernels.append(kernel) }
    let identity = KernelIdentity(kernel)
    guard let id = known[identity] else {
      let id = program.kernels.append(kernel)
      known[identity] = id
      return id
    }
    let origins = program.kernels[id].origins
    program.kernels[id].origins += kernel.origins.filter { !origins.contains($0) }
    return id
  }
}
