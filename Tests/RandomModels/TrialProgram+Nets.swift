internal import GraphIR
internal import LoopIR
internal import Passes
internal import Support

extension TrialProgram {
  /// A program of one net: its first values, two steps of training, each from the values that the
  /// interpreter had before it, and an answer.
  ///
  /// So bounds do not grow from step to step. With `isWide` all is computed in `f64`.
  package init(_ net: RandomNet, isWide: Bool) throws {
    let program = isWide ? net.program.widened : net.program
    self.init(program: program, trials: [])
    let reference = program.differentiated
    var choose = Chooser(seed: net.seed &+ 77)
    let names = reference.states.values.map(\.name)
    var states = reference.states.values.map {
      Numbers($0.type, Array(repeating: 0, count: $0.type.shape.count))
    }
    func call(_ name: String, _ inputs: [Numbers], setting: Bool) {
      guard let function = reference.functions.first(where: { $0.name == name }) else { return }
      let before = setting ? zip(names, states).map { (name: $0, numbers: $1) } : []
      let outputs = interpret(function, states: &states, inputs: inputs)
      trials.append(
        Trial(
          seed: net.seed, model: program.name, function: name, before: before, inputs: inputs,
          reads: names, expected: outputs + states))
      // The next call begins with these very numbers.
      states = states.map { Numbers($0.type, $0.values) }
    }
    let seed = Numbers(TensorType(.u64, []), [Double(net.seed)])
    call("init", [seed], setting: false)
    for name in ["train_step", "train_step", "infer"] {
      guard let function = reference.functions.first(where: { $0.name == name }),
        states.allSatisfy({ $0.values.allSatisfy(\.isFinite) })
      else { continue }
      call(name, net.data(&choose, function), setting: true)
    }
  }
}
