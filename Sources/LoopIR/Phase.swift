/// One input of a step, and what of the files it is made of.
package struct ExampleField: Hashable, Sendable {
  /// The name of the input.
  package let input: String
  /// A file, columns, or a part of the files; empty: what is named as the input.
  package var source = ""
  /// How that becomes numbers, in the words of the format; empty: plainly.
  package var kind = ""
  /// The names of classes by their numbers; empty: those that the data have.
  package var classes: [String] = []
  /// What stands for a value that is missing; empty: that is an error.
  package var missing = ""
  /// The elements of a window over time; 0: no windows.
  package var length = 0
  /// The elements from one window to the next; 0: as the format says.
  package var stride = 0
  /// How many elements after the beginning of the window the field begins.
  package var ahead = 0

  package init(_ input: String) { self.input = input }
}

/// A set of examples in files.
package struct ExampleSet: Hashable, Sendable {
  /// The name of the flag that names other files.
  package var name = "data"
  /// A format of `Runtime/data/formats.c`.
  package var format: String
  /// A folder or file, relative to the model's file.
  package var path: String
  /// Files of held-out examples, relative to the path; empty: a share is held out.
  package var validation = ""
  package var test = ""
  package var fields: [ExampleField]
  /// The input whose classes have equal shares in all splits; empty: none.
  package var stratified = ""
  /// The input that decides which examples are taken; empty: all are.
  package var chosen = ""
  /// Its values of those that are.
  package var chosenValues: [Double] = []

  package init(format: String, path: String, fields: [ExampleField]) {
    self.format = format
    self.path = path
    self.fields = fields
  }
}

/// A part of a training: how the train program runs a training step, and on what.
package struct Phase: Hashable, Sendable {
  /// The name; empty if it is the only one.
  package let name: String
  /// What feeds the inputs of the step; empty for a model that makes its own examples.
  package var sets: [ExampleSet] = []
  package var batch = 0
  package var epochs: Int
  /// The steps of an epoch; 0: as many as batches.
  package var steps = 0
  /// The parts of the examples that are held out, from 0 to 1.
  package var validation = 0.0
  package var test = 0.0
  /// The steps of an evaluation of a model that makes its own examples.
  package var evaluationSteps = 0
  /// The most held-out examples that the measures have room for; 0: any number.
  package var mostHeldOut = 0
  /// The metric that decides which weights are the best; empty: the first one.
  package var best = ""
  /// Whether its largest value is the best.
  package var isBestLargest = false
  /// Whether it makes first values from data before the training, always as long as declared.
  package var prepares = false
  /// After how many epochs without a better result the phase ends; 0: never.
  package var patience = 0

  package init(_ name: String, epochs: Int) {
    self.name = name
    self.epochs = epochs
  }
}
