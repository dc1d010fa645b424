internal import CRuntime
package import Foundation
internal import TestSupport

/// A model of a shared library, with its state.
package final class LoadedModel {
  private let model: UnsafePointer<rt_model>
  private let instance: UnsafeMutableRawPointer

  /// A new instance of the model `name` of a library.
  package init(_ name: String, in library: URL) throws {
    waitQuietly()
    guard let handle = dlopen(library.path, RTLD_NOW | RTLD_LOCAL) else {
      throw GoldenMismatch(description: String(cString: dlerror()))
    }
    guard let symbol = dlsym(handle, "\(name)_model") else {
      throw GoldenMismatch(description: "no model '\(name)'")
    }
    model = UnsafePointer(symbol.assumingMemoryBound(to: rt_model.self))
    guard let instance = rt_model_create(model) else {
      throw GoldenMismatch(description: "no memory for '\(name)'")
    }
    self.instance = instance
  }

  deinit { rt_model_destroy(instance) }

  /// Calls a function; inputs and outputs are in their order, and outputs have names.
  package func call(_ name: String, _ inputs: [[Double]] = []) throws -> [String: [Double]] {
    var outputs: [String: [Double]] = [:]
    try run(name, inputs) { outputs[$0] = $1 }
    return outputs
  }

  /// Calls a function and returns its outputs in their order.
  package func ordered(_ name: String, _ inputs: [[Double]] = []) throws -> [[Double]] {
    var outputs: [[Double]] = []
    try run(name, inputs) { outputs.append($1) }
    return outputs
  }

  private func run(
    _ name: String, _ inputs: [[Double]], _ take: (_ name: String, _ values: [Double]) -> Void
  ) throws {
    guard let function = rt_find_function(model, name)?.pointee else {
      throw GoldenMismatch(description: "no function '\(name)'")
    }
    guard Int(function.input_count) == inputs.count else {
      throw GoldenMismatch(description: "'\(name)' has \(function.input_count) inputs")
    }
    var arguments: [UnsafeRawPointer?] = []
    var results: [UnsafeMutableRawPointer?] = []
    defer {
      for block in arguments { block?.deallocate() }
      for block in results { block?.deallocate() }
    }
    for (i, values) in inputs.enumerated() {
      let block = room(for: function.inputs[i])
      try store(values, function.inputs[i], at: block)
      arguments.append(UnsafeRawPointer(block))
    }
    for i in 0..<Int(function.output_count) { results.append(room(for: function.outputs[i])) }
    let status = function.run(instance, arguments, results)
    guard status == 0 else { throw GoldenMismatch(description: "'\(name)' returned \(status)") }
    for i in 0..<Int(function.output_count) {
      guard let block = results[i] else { continue }
      take(String(cString: function.outputs[i].name), numbers(function.outputs[i], at: block))
    }
  }

  /// The value of a state, which may be set.
  package subscript(name: String) -> [Double] {
    get throws {
      let state = try state(name)
      return numbers(state.tensor, at: address(of: state))
    }
  }

  /// Gives a state another value.
  package func set(_ name: String, to values: [Double]) throws {
    let state = try state(name)
    try store(values, state.tensor, at: address(of: state))
    // What is derived from it is computed again.
    model.pointee.changed?(instance)
  }

  /// Loads parameters and statistics from a safetensors file, as the programs do with `--weights`;
  /// each must be there, and nothing else.
  package func load(_ file: URL) throws {
    var (warning, error) = (rt_error(), rt_error())
    let status = rt_checkpoint_load(model, instance, file.path, 0, &warning, &error)
    guard status == 0 else { throw GoldenMismatch(description: text(&error)) }
    let ignored = text(&warning)
    guard ignored.isEmpty else { throw GoldenMismatch(description: ignored) }
  }

  private func state(_ name: String) throws -> rt_state {
    for i in 0..<Int(model.pointee.state_count) {
      let state = model.pointee.states[i]
      if String(cString: state.tensor.name) == name { return state }
    }
    throw GoldenMismatch(description: "no state '\(name)'")
  }

  private func address(of state: rt_state) -> UnsafeMutableRawPointer { instance + state.offset }
}

private func text(_ error: inout rt_error) -> String {
  withUnsafeBytes(of: &error.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}

private func room(for tensor: rt_tensor) -> UnsafeMutableRawPointer {
  withUnsafePointer(to: tensor) {
    .allocate(byteCount: max(rt_tensor_bytes($0), 1), alignment: 64)
  }
}

private func elements(_ tensor: rt_tensor) -> Int {
  withUnsafePointer(to: tensor) { rt_tensor_elements($0) }
}

private func store(
  _ values: [Double], _ tensor: rt_tensor, at block: UnsafeMutableRawPointer
) throws {
  guard values.count == elements(tensor) else {
    let name = String(cString: tensor.name)
    throw GoldenMismatch(description: "'\(name)' has \(elements(tensor)) elements")
  }
  let width = rt_dtype_size(tensor.dtype)
  for (i, value) in values.enumerated() {
    rt_scalar_set(tensor.dtype, block + i * width, value)
  }
}

private func numbers(_ tensor: rt_tensor, at block: UnsafeMutableRawPointer) -> [Double] {
  let width = rt_dtype_size(tensor.dtype)
  return (0..<elements(tensor)).map { rt_scalar_get(tensor.dtype, block + $0 * width) }
}
