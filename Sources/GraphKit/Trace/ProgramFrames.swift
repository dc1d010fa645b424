internal import Glibc
internal import Runtime
internal import Synchronization

/// The part of the stack that lies in the program itself, not in libraries.
///
/// To find the line of one address, all line numbers of its image are read. So libraries are left
/// out, and each address is looked up once.
enum ProgramFrames {
  /// A line of the source, and the function that it is part of.
  struct Line {
    let place: SymbolicatedBacktrace.SourceLocation
    let function: String
  }

  private struct Table {
    /// For each address that was seen, a backtrace of it alone.
    var frames: [Backtrace.Address: Backtrace] = [:]
    var lines: [Backtrace.Address: [Line]] = [:]
  }

  private static let table = Mutex(Table())
  private static let images = ImageMap.capture()
  private static let program: Backtrace.Image? = {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    let path = String(
      decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return images.first { $0.path == path }
  }()

  /// Returns the addresses of the program on the stack, innermost first, with 0 for what lies in
  /// libraries.
  static func capture() -> [Backtrace.Address] {
    guard let backtrace = capture(offset: 0, limit: depth) else { return [] }
    var result: [Backtrace.Address] = []
    for (i, frame) in backtrace.frames.enumerated() {
      let address = frame.adjustedProgramCounter
      guard isProgram(address) else {
        // One mark for all frames of libraries in between.
        if result.last != 0 { result.append(0) }
        continue
      }
      result.append(address)
      if table.withLock({ $0.frames[address] == nil }) {
        // The frame and a mark that more were left out.
        let alone = capture(offset: i, limit: 2)
        table.withLock { $0.frames[address] = alone }
      }
    }
    return result
  }

  /// Returns the lines that an address stands for: several if calls were inlined.
  static func lines(_ address: Backtrace.Address) -> [Line] {
    table.withLock { table in
      if let known = table.lines[address] { return known }
      let symbols = table.frames[address]?.symbolicated(
        with: images, options: [.showInlineFrames, .showSourceLocations, .useSymbolCache])
      // A frame at the end of the stack needs the last one, too.
      let own = symbols?.frames.filter { $0.captured.adjustedProgramCounter == address } ?? []
      let lines = own.compactMap { frame in
        frame.symbol.flatMap { symbol in
          symbol.sourceLocation.map { Line(place: $0, function: symbol.name) }
        }
      }
      table.lines[address] = lines
      return lines
    }
  }

  // More than models nest; unbounded recursion must not fill the memory.
  private static let depth = 256

  private static func isProgram(_ address: Backtrace.Address) -> Bool {
    guard let program else { return true }
    return address >= program.baseAddress && address < program.endOfText
  }

  // Offsets count stack frames, so no call may be inlined.
  @inline(never)
  private static func capture(offset: Int, limit: Int) -> Backtrace? {
    try? Backtrace.capture(
      algorithm: .fast, limit: limit, offset: offset, top: 0, images: images)
  }
}
