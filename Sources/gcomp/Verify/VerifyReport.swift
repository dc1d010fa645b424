internal import Foundation
internal import LoopIR
internal import Support

/// The report of `gcomp verify`: a table of functions, the worst number, and all errors.
struct VerifyReport {
  private let loops: LoopProgram
  private var table = TextTable(
    [
      "function", "calls", "kernels", "numbers", "checked", "with -O0", "interpreted", "error",
      "worst kernel",
    ], numbers: [1, 2, 3, 4, 5, 6, 7])
  private var worst: (kernel: Kernel, function: String, deviation: Deviation)?
  private var unchecked: [String] = []
  private var complaints: [String] = []

  init(_ loops: LoopProgram) { self.loops = loops }

  /// True iff everything was within its bounds.
  var isRight: Bool { complaints.isEmpty }

  /// Adds a function, the kernels of which `observer` has seen.
  mutating func add(
    _ function: LoopFunction, _ result: FunctionFindings, _ observer: KernelObserver
  ) {
    var sum = KernelFindings()
    var worstKernel: Kernel?
    for (number, found) in observer.findings.sorted(by: { $0.key < $1.key }) {
      let kernel = loops.kernels[KernelID(index: number)]
      if let deviation = found.worst, deviation.share > (sum.worst?.share ?? -1) {
        worstKernel = kernel
      }
      sum.add(found)
      if found.checked + found.compared == 0, found.written > 0 { unchecked.append(kernel.title) }
      guard found.wrong > 0, let deviation = found.worst else { continue }
      complaints.append(
        "\(kernel.title) in '\(function.name)': \(deviation.text)\n"
          + "    \(found.wrong.grouped) of \(found.checked.grouped) checked numbers are wrong")
    }
    if let kernel = worstKernel, let deviation = sum.worst,
      deviation.share > (worst?.deviation.share ?? -1)
    {
      worst = (kernel, function.name, deviation)
    }
    complain(function, result, hasWrongKernel: sum.wrong > 0)
    table.add([
      function.name, "\(result.calls)", observer.calls.count.grouped, sum.written.grouped,
      part(sum.checked, sum.written), part(sum.compared, sum.written),
      result.interpreted.checked == 0
        ? "-"
        : part(result.interpreted.checked - result.interpreted.open, result.interpreted.checked),
      sum.worst.map { share($0.share) } ?? "-", worstKernel?.title ?? "-",
    ])
  }

  // Adds a line about a kernel with a number out of bounds.
  private mutating func complain(
    _ function: LoopFunction, _ result: FunctionFindings, hasWrongKernel: Bool
  ) {
    if result.interpreted.wrong > 0, let deviation = result.interpreted.worst {
      complaints.append(
        "'\(function.name)' as a whole, by the interpreter of graphs: \(deviation.text)")
    }
    if !hasWrongKernel, result.whole.wrong > 0, let deviation = result.whole.worst {
      complaints.append(
        "'\(function.name)' as compiled for users, although each of its kernels is right: "
          + deviation.text)
    }
  }

  /// The whole report.
  var text: String {
    var result = "\(loops.name), from \(loops.source)\n\n" + table.text + "\n"
    result += "  error: the largest error of a kernel, as a share of what rounding allows\n"
    if let worst {
      result += "  worst: \(worst.kernel.title) in '\(worst.function)': \(worst.deviation.text)\n"
    }
    if !unchecked.isEmpty {
      result += "  not checked because they take too long: \(unchecked.joined(separator: ", "))\n"
    }
    for complaint in complaints { result += "\n  out of bounds: \(complaint)\n" }
    return result
  }

  private func part(_ some: Int, _ all: Int) -> String {
    if all == 0 { return "-" }
    let percent = min(100 * Double(some) / Double(all), 100)
    return percent == 100 || percent == 0 ? "\(Int(percent)) %" : "\(percent.short) %"
  }

  private func share(_ share: Double) -> String { share.isFinite ? share.short : "infinite" }
}

extension Deviation {
  /// The found and the expected value.
  fileprivate var text: String {
    let element = array + (position.isEmpty ? "" : "\(position)")
    let origin =
      switch reference {
      case .equation: "by its equations"
      case .loops: "by its loops"
      case .unoptimised: "in a build with -O0"
      }
    return "\(element) is \(found), but \(expected) \(origin); "
      + "a difference of \(allowed.short) is allowed"
  }
}

extension Double {
  // Three digits.
  fileprivate var short: String { String(format: "%.3g", self) }
}
