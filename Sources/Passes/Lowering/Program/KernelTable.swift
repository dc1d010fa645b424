internal import GraphIR
internal import LoopIR
internal import Support

/// The kernels and constants of a program so far; equal ones are merged.
struct KernelTable {
  private var known: [KernelIdentity: KernelID] = [:]

  /// The number of each constant.
  var constants: [Constant: Int] = [:]

  /// Returns the number of a kernel in the program. One that serves several lines of the model has
  /// the name of the first.
  mutating func add(_ kernel: Kernel, to program: inout LoopProgram) -> KernelID {
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
