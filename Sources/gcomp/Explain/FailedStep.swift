internal import CRuntime
internal import Foundation
internal import LoopIR

/// The step of a training with which its numbers stopped to be finite, as the train program keeps
/// it: the states before it in `failure/states.safetensors`, its batch in `failure/<input>.npy`.
struct FailedStep {
  /// The model, as it is called in C.
  let model: String
  /// The function that was called.
  let function: String
  /// The step in the whole run, from 1.
  let step: Int

  /// The folder, as people call it.
  var path: String { folder.relativePath }

  private let folder: URL

  /// The failed step of a run, or of the folder `failure` in it.
  init(run: URL) throws {
    let inside = run.appending(path: "failure")
    folder = Files.isFile(run.appending(path: "states.safetensors")) ? run : inside
    let path = folder.appending(path: "states.safetensors").path
    guard Files.isFile(URL(filePath: path)) else {
      throw Failure(
        "'\(run.relativePath)' holds no failed step (failure/states.safetensors)",
        hints: ["a training keeps one when its numbers are not finite"])
    }
    var (file, error) = (rt_safetensors(), rt_error())
    guard rt_safetensors_open(&file, path, &error) == 0 else { throw Failure(error.text) }
    defer { rt_safetensors_close(&file) }
    func note(_ key: String) -> String {
      rt_notes_find(&file.notes, key).map { String(cString: $0) } ?? ""
    }
    model = note("model")
    function = note("function")
    step = Int(note("step")) ?? 0
  }

  /// Reads the inputs of the function.
  func inputs(of function: LoopFunction) throws -> [Memory] {
    try function.inputs.map {
      try readInput($0, from: folder.appending(path: "\($0.name).npy").path)
    }
  }

  /// Sets the states of a model.
  func setStates(of model: VerifiedModel) throws {
    let path = folder.appending(path: "states.safetensors").path
    var (file, error) = (rt_safetensors(), rt_error())
    guard rt_safetensors_open(&file, path, &error) == 0 else { throw Failure(error.text) }
    defer { rt_safetensors_close(&file) }
    for state in model.states {
      guard let stored = rt_safetensors_find(&file, state.tensor.name) else { continue }
      let count = withUnsafePointer(to: state.tensor) { rt_tensor_elements($0) }
      guard stored.pointee.dtype == state.tensor.dtype, stored.pointee.elements == count else {
        throw Failure(
          "'\(String(cString: state.tensor.name))' has another type or size in '\(path)'",
          hints: ["explain a run with the model that made it"])
      }
      let target = model.state + state.offset
      guard rt_safetensors_read(&file, stored, 0, count, target, path, &error) == 0 else {
        throw Failure(error.text)
      }
    }
  }
}
