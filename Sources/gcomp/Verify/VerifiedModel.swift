internal import CBackend
internal import CRuntime
internal import Foundation
internal import LoopIR

/// A model of a shared library, with its state.
final class VerifiedModel {
  private let name: String
  private let handle: UnsafeMutableRawPointer
  private let model: UnsafePointer<rt_model>
  private let instance: UnsafeMutableRawPointer

  init(_ program: LoopProgram, in library: URL) throws {
    name = cModelName(program.name)
    guard let handle = dlopen(library.path, RTLD_NOW | RTLD_LOCAL) else {
      throw Failure("cannot load '\(library.path)': \(String(cString: dlerror()))")
    }
    guard let symbol = dlsym(handle, "\(name)_model") else {
      throw Failure.bug("'\(library.path)' has no model '\(name)'")
    }
    self.handle = handle
    model = UnsafePointer(symbol.assumingMemoryBound(to: rt_model.self))
    guard let instance = rt_model_create(model) else {
      throw Failure("there is not enough memory for the model '\(program.name)'")
    }
    self.instance = instance
  }

  deinit { rt_model_destroy(instance) }

  /// The block of all states.
  var state: UnsafeMutableRawPointer { instance }

  /// The states that files hold.
  var states: UnsafeBufferPointer<rt_state> {
    UnsafeBufferPointer(start: model.pointee.states, count: Int(model.pointee.state_count))
  }

  /// Takes over the states of another library's model.
  func takeState(of other: VerifiedModel) {
    state.copyMemory(from: other.state, byteCount: Int(model.pointee.state_bytes))
  }

  /// Calls a function; false if it says that it failed.
  func call(_ function: LoopFunction, _ inputs: [Memory], _ outputs: [Memory]) throws {
    guard let own = rt_find_function(model, function.name)?.pointee else {
      throw Failure.bug("the library has no function '\(function.name)'")
    }
    let arguments = inputs.map { UnsafeRawPointer($0.start) as UnsafeRawPointer? }
    let results = outputs.map { $0.start as UnsafeMutableRawPointer? }
    let status = own.run(instance, arguments, results)
    guard status == 0 else { throw Failure("'\(function.name)' returned the error \(status)") }
  }

  /// Reports all calls of kernels to `trace` from now on, which must outlive the model.
  func show(to trace: UnsafePointer<rt_trace>) throws {
    typealias Setter = @convention(c) (UnsafeMutableRawPointer, UnsafePointer<rt_trace>) -> Void
    unsafeBitCast(try symbol("trace"), to: Setter.self)(instance, trace)
  }

  /// The function that runs a kernel on given arrays.
  typealias KernelRunner =
    @convention(c) (CInt, UnsafePointer<UnsafeMutableRawPointer?>) -> Void

  /// Returns what runs single kernels.
  func kernelRunner() throws -> KernelRunner {
    unsafeBitCast(try symbol("run_kernel"), to: KernelRunner.self)
  }

  /// Reads parameters from a file.
  func load(weights path: String) throws {
    var (warning, error) = (rt_error(), rt_error())
    guard rt_checkpoint_load(model, instance, path, 0, &warning, &error) == 0 else {
      throw Failure(error.text)
    }
  }

  private func symbol(_ end: String) throws -> UnsafeMutableRawPointer {
    guard let symbol = dlsym(handle, "\(name)_\(end)") else {
      throw Failure.bug("the library has no function '\(name)_\(end)'")
    }
    return symbol
  }
}

/// Owned memory, aligned as models need it.
final class Memory {
  let start: UnsafeMutableRawPointer
  let bytes: Int

  /// Memory without content.
  init(bytes: Int) {
    self.bytes = bytes
    start = .allocate(byteCount: max(bytes, 1), alignment: StateLayout.alignment)
  }

  /// A copy of other memory.
  convenience init(copying memory: UnsafeRawPointer, bytes: Int) {
    self.init(bytes: bytes)
    start.copyMemory(from: memory, byteCount: bytes)
  }

  deinit { start.deallocate() }
}

/// Reads an array from an npy file as the input that it is for.
func readInput(_ array: ArrayDeclaration, from path: String) throws -> Memory {
  var (file, error) = (rt_array(), rt_error())
  guard rt_npy_read(&file, path, &error) == 0 else { throw Failure(error.text) }
  defer { rt_release(file.data) }
  let shape = withUnsafeBytes(of: &file.shape) { bytes in
    Array(bytes.bindMemory(to: Int64.self).prefix(Int(file.rank))).map(Int.init)
  }
  let type = String(cString: rt_dtype_name(file.dtype))
  guard shape == array.shape, type == array.type.rawValue, let data = file.data else {
    throw Failure(
      "'\(path)' holds \(type)\(shape); the input '\(array.name)' is \(array.type)\(array.shape)")
  }
  return Memory(copying: data, bytes: array.bytes)
}
