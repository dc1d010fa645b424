internal import CRuntime
internal import LoopIR
internal import Support

/// Observes the kernels of a step and remembers those with numbers that are not finite.
final class NonFiniteObserver {
  /// A range of addresses.
  struct Place {
    let begin: UInt
    let end: UInt

    init(_ memory: UnsafeRawPointer, bytes: Int) {
      begin = UInt(bitPattern: memory)
      end = begin + UInt(bytes)
    }

    func overlaps(_ other: Place) -> Bool { begin < other.end && other.begin < end }
    func contains(_ other: Place) -> Bool { begin <= other.begin && other.end <= end }
  }

  /// A call of a kernel that read or wrote such numbers.
  struct Event {
    let kernel: KernelID
    /// The arrays with such numbers that it read, and that it wrote.
    var read: [Place] = []
    var written: [Place] = []
    /// All arrays that it wrote.
    var outputs: [Place] = []
    /// What its arrays held, if such numbers began with it.
    var origin: [ArraySummary]?
  }

  private(set) var events: [Event] = []

  private let loops: LoopProgram
  private var event = Event(kernel: KernelID(index: 0))
  private var before = NonFinite()
  // The contents of arrays before they are changed.
  private var kept: [Int: Memory] = [:]

  init(_ loops: LoopProgram) { self.loops = loops }

  /// The callbacks for compiled code; the observer must outlive them.
  var trace: rt_trace {
    rt_trace(
      before: { observer, kernel, arrays in
        NonFiniteObserver.from(observer)?.begin(Int(kernel), arrays)
      },
      after: { observer, kernel, arrays in
        NonFiniteObserver.from(observer)?.end(Int(kernel), arrays)
      },
      observer: Unmanaged.passUnretained(self).toOpaque())
  }

  private static func from(_ pointer: UnsafeMutableRawPointer?) -> NonFiniteObserver? {
    pointer.map { Unmanaged<NonFiniteObserver>.fromOpaque($0).takeUnretainedValue() }
  }

  // The parameters of a kernel with their addresses.
  private func arrays(
    _ kernel: KernelID, _ addresses: UnsafePointer<UnsafeRawPointer?>?
  ) -> [(n: Int, parameter: KernelParameter, memory: UnsafeRawPointer)] {
    loops.kernels[kernel].parameters.enumerated().compactMap { (n, parameter) in
      addresses?[n].map { (n, parameter, $0) }
    }
  }

  private func begin(_ number: Int, _ addresses: UnsafePointer<UnsafeRawPointer?>?) {
    event = Event(kernel: KernelID(index: number))
    before = NonFinite()
    kept = [:]
    for (n, parameter, memory) in arrays(event.kernel, addresses)
    where parameter.access.readsOldValue {
      let buffer = parameter.buffer
      let found = NonFinite(buffer.type, count: buffer.count, at: memory)
      if !found.isNone { event.read.append(Place(memory, bytes: buffer.bytes)) }
      before.add(found)
      if parameter.access == .readWrite {
        kept[n] = Memory(copying: memory, bytes: buffer.bytes)
      }
    }
  }

  private func end(_ number: Int, _ addresses: UnsafePointer<UnsafeRawPointer?>?) {
    var after = NonFinite()
    let arrays = arrays(event.kernel, addresses)
    for (_, parameter, memory) in arrays where parameter.isWritten {
      let buffer = parameter.buffer
      let found = NonFinite(buffer.type, count: buffer.count, at: memory)
      let place = Place(memory, bytes: buffer.bytes)
      event.outputs.append(place)
      if !found.isNone { event.written.append(place) }
      after.add(found)
    }
    guard !event.read.isEmpty || !event.written.isEmpty else { return }
    // Infinity is meant where the model states it, as in masks.
    let isMeant = loops.kernels[event.kernel].statesInfinity
    let begins =
      after.hasNaN && !before.hasNaN || after.hasInfinity && before.isNone && !isMeant
    if begins {
      event.origin = arrays.filter { $0.parameter.isWritten }.map {
        ArraySummary($0.parameter.buffer, at: $0.memory)
      }
      for (n, parameter, memory) in arrays where parameter.access.readsOldValue {
        let old = kept[n].map { UnsafeRawPointer($0.start) } ?? memory
        event.origin?.append(ArraySummary(parameter.buffer, at: old))
      }
    }
    events.append(event)
    withExtendedLifetime(kept) {}
  }
}

extension NonFiniteObserver {
  /// The first call with which numbers stopped to be finite, of those on which the arrays `wanted`
  /// depend, or of all if none of those is known.
  func origin(of wanted: [Place]) -> Event? {
    var wanted = wanted
    var found: Event?
    for event in events.reversed() {
      let isWanted = event.written.contains { place in wanted.contains { $0.overlaps(place) } }
      guard isWanted else { continue }
      if event.origin != nil { found = event }
      wanted.removeAll { place in event.outputs.contains { $0.contains(place) } }
      wanted += event.read
    }
    return found ?? events.first { $0.origin != nil }
  }
}

extension Kernel {
  // True iff the equations hold an infinite constant.
  fileprivate var statesInfinity: Bool { definitions.contains { $0.value.statesInfinity } }
}

extension Expression {
  fileprivate var statesInfinity: Bool {
    if case .literal(let literal) = self { return literal.double.isInfinite }
    return operands.contains { $0.statesInfinity }
  }
}
