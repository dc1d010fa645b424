internal import CRuntime
internal import LoopIR
internal import Support

/// Observes each call of a kernel: saves what the kernel will overwrite, and checks what it wrote.
final class KernelObserver {
  /// The findings for each kernel of the running function, by number.
  private(set) var findings: [Int: KernelFindings] = [:]
  /// How often each was called.
  private(set) var calls: [Int: Int] = [:]

  /// The most operations of a kernel that is run without optimisation as well, and the most bytes.
  static let affordable = 4_000_000_000

  private let loops: LoopProgram
  private let progress: VerifyWorker.Progress
  private let runKernel: VerifiedModel.KernelRunner
  private let effort: CheckEffort
  private var random: SampleSource
  private var checks: [Int: KernelCheck] = [:]
  // The previous contents of the arrays that the current call writes; nil if it is not checked.
  private var kept: [Memory?]?
  private var function = ""

  init(
    _ loops: LoopProgram, _ runKernel: @escaping VerifiedModel.KernelRunner,
    _ effort: CheckEffort, seed: UInt64, _ progress: VerifyWorker.Progress
  ) {
    self.loops = loops
    self.runKernel = runKernel
    self.effort = effort
    self.progress = progress
    random = SampleSource(seed: seed)
  }

  /// Clears the findings and goes on with a function.
  func begin(_ function: String) {
    self.function = function
    findings = [:]
    calls = [:]
  }

  /// The callbacks for compiled code; the observer must outlive them.
  var trace: rt_trace {
    rt_trace(
      before: { observer, kernel, arrays in
        KernelObserver.from(observer)?.before(Int(kernel), arrays)
      },
      after: { observer, kernel, arrays in
        KernelObserver.from(observer)?.after(Int(kernel), arrays)
      },
      observer: Unmanaged.passUnretained(self).toOpaque())
  }

  private static func from(_ pointer: UnsafeMutableRawPointer?) -> KernelObserver? {
    pointer.map { Unmanaged<KernelObserver>.fromOpaque($0).takeUnretainedValue() }
  }
}

private typealias Arrays = UnsafePointer<UnsafeRawPointer?>

extension KernelObserver {
  // Saves what the call will overwrite, if it is to be checked.
  private func before(_ number: Int, _ arrays: Arrays?) {
    let kernel = loops.kernels[KernelID(index: number)]
    let count = calls[number, default: 0]
    calls[number] = count + 1
    progress.set("\(kernel.title) of '\(function)'")
    kept = nil
    // All first calls, and ever fewer of those that follow.
    guard let arrays, count < 2 || (count <= 64 && count & (count - 1) == 0) else { return }
    kept = kernel.parameters.enumerated().map { (n, parameter) in
      guard parameter.isWritten, let memory = arrays[n] else { return nil }
      return Memory(copying: memory, bytes: parameter.buffer.bytes)
    }
  }

  // Compares what the call wrote with the kernel's equations and with the build without
  // optimisation.
  private func after(_ number: Int, _ arrays: Arrays?) {
    progress.set("")
    guard let arrays, let kept else { return }
    self.kept = nil
    let kernel = loops.kernels[KernelID(index: number)]
    let check = checks[number] ?? KernelCheck(kernel, effort)
    checks[number] = check
    var (old, new): ([ArrayView], [ArrayView]) = ([], [])
    for (n, parameter) in kernel.parameters.enumerated() {
      guard let memory = arrays[n] else { return }
      let buffer = parameter.buffer
      new.append(ArrayView(buffer.type, count: buffer.count, at: memory))
      let before = kept[n].map { UnsafeRawPointer($0.start) } ?? memory
      old.append(ArrayView(buffer.type, count: buffer.count, at: before))
    }
    let (views, memory) = unoptimised(number, kernel, arrays, kept)
    var nudged: [Memory] = []
    var source = random
    let found = check.findings(
      old: old, new: new, unoptimised: views,
      nudged: {
        let (views, memory) = unoptimised(number, kernel, arrays, kept, isNudged: true)
        nudged = memory
        return views
      }, random: &source)
    random = source
    withExtendedLifetime((kept, memory, nudged)) {
      findings[number, default: KernelFindings()].add(found)
    }
  }

  // The result of the unoptimised kernel on the same arrays, or on operands that differ by some
  // roundings; nil if that would take too long.
  private func unoptimised(
    _ number: Int, _ kernel: Kernel, _ arrays: Arrays, _ kept: [Memory?], isNudged: Bool = false
  ) -> (views: [ArrayView]?, memory: [Memory]) {
    let cost = KernelCost(kernel)
    guard max(cost.operations, cost.bytes) <= Self.affordable else { return (nil, []) }
    var memory: [Memory] = []
    var addresses: [UnsafeMutableRawPointer?] = []
    for (n, parameter) in kernel.parameters.enumerated() {
      let buffer = parameter.buffer
      if parameter.access == .scratch {
        memory.append(Memory(bytes: buffer.bytes))
      } else if let before = kept[n] {
        memory.append(Memory(copying: before.start, bytes: before.bytes))
      } else if isNudged, buffer.type.isFloat, let array = arrays[n] {
        memory.append(Memory(copying: array, bytes: buffer.bytes))
      } else {
        addresses.append(UnsafeMutableRawPointer(mutating: arrays[n]))
        continue
      }
      if isNudged, parameter.access.readsOldValue { memory.last?.nudge(buffer.type, &random) }
      addresses.append(memory.last?.start)
    }
    progress.set("\(kernel.title) of '\(function)', without optimisation")
    runKernel(CInt(number), addresses)
    progress.set("")
    let views = zip(kernel.parameters, addresses).compactMap { (parameter, address) in
      address.map {
        ArrayView(parameter.buffer.type, count: parameter.buffer.count, at: UnsafeRawPointer($0))
      }
    }
    return (views.count == kernel.parameters.count ? views : nil, memory)
  }
}

extension Memory {
  // Changes each number by up to four roundings.
  fileprivate func nudge(_ type: ElementType, _ random: inout SampleSource) {
    switch type {
    case .f32:
      let numbers = start.bindMemory(to: Float.self, capacity: bytes / 4)
      for n in 0..<(bytes / 4) { numbers[n] *= Float(1 + 0x1p-22 * (2 * random.unit() - 1)) }
    case .f64:
      let numbers = start.bindMemory(to: Double.self, capacity: bytes / 8)
      for n in 0..<(bytes / 8) { numbers[n] *= 1 + 0x1p-51 * (2 * random.unit() - 1) }
    case .f16, .bf16, .i8, .u8, .i16, .i32, .u32, .i64, .u64, .bool: break
    }
  }
}

extension KernelParameter {
  /// True iff the kernel writes results there.
  var isWritten: Bool { access == .write || access == .readWrite }
}

extension Buffer {
  /// How much memory it takes.
  var bytes: Int { count * type.size }
}

extension Kernel {
  /// The name, and where in the model it comes from: `'dense' (model.swift:7)`.
  var title: String {
    "'\(name)'" + (origins.isEmpty ? "" : " (\(origins.joined(separator: ", ")))")
  }
}
