/// A number that becomes a command-line flag: a state that the user sets before a run.
package struct Setting: Hashable, Sendable {
  /// The flag, and the name of the state that holds the value.
  package let name: String
  package let value: Double
  package let help: String

  package init(name: String, value: Double, help: String) {
    self.name = name
    self.value = value
    self.help = help
  }
}

/// How the train program runs the training step.
package struct Recipe: Hashable, Sendable {
  /// The folder with one npy file for each input of a step, relative to the model's file.
  package var data: String
  package var batch: Int
  package var epochs: Int
  /// The steps of one epoch, for a model that makes its own examples; 0: as many as batches.
  package var steps: Int
  /// The part of the examples that is held out, from 0 to 1.
  package var validation: Double

  package init(data: String, batch: Int, epochs: Int, steps: Int = 0, validation: Double) {
    self.data = data
    self.batch = batch
    self.epochs = epochs
    self.steps = steps
    self.validation = validation
  }
}
