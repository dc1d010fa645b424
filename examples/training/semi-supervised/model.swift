// Thirty digits with a label and 300 without: a net that ignores the latter, and three that do
// not, by pseudo-labels, by consistency, and by a teacher.

import GraphKit

// The field `known` is the label of 30 digits, and -1 for 300.
let digits = DataSet(
  "../../data/digits", fields: ["image": .u8[1, 8, 8], "label": .u8, "known": .i8])
let labelled = digits.where("known", in: 0...9).named("labelled").batches(of: 30)
let unlabelled = digits.where("known", in: [-1])

struct Net: Module {
  let layers = Sequential {
    Conv2D(1, 8, kernel: 3, padding: .same); ReLU(); MaxPool2D(2)
    Conv2D(8, 16, kernel: 3, padding: .same); ReLU(); MaxPool2D(2)
    Flatten()
    Dense(64, 64); ReLU()
    Dense(64, 10)
  }

  func callAsFunction(_ x: Tensor) -> Tensor { layers(x) }
}

let few = Net()
let pseudo = Net()
let consistent = Net()
let (student, teacher) = (Net(), Net())

/// Another picture of the same digit.
let view = RandomAffine(degrees: 10, shift: 0.1, zoom: 0.9...1.1)

let model = Model(
  "semi_supervised",
  [
    "few": few, "pseudo": pseudo, "consistent": consistent, "student": student,
    "teacher": teacher,
  ])

// A step takes all of both sets; the labels of the 300 are used for the scores alone.
model.train(on: unlabelled, with: labelled, batch: 300, epochs: 800) { hidden, shown in
  let (x, u) = (shown.image.cast(to: .f32) / 16, hidden.image.cast(to: .f32) / 16)
  let adam = Adam(rate: 2e-3)
  func known(_ net: Net) -> Tensor { crossEntropy(net(view(x)), shown.label) }

  /// Cross entropy with the classes that `guide` is sure of, which counts in full from step 300 on.
  func guided(_ net: Net, by guide: Net) -> Tensor {
    let shares = softmax(guide(u)).stopGradient()
    let isSure = shares.max(axis: 1) .> 0.95
    let losses = crossEntropy(net(view(u)), shares.argmax(), reduction: .none)
    return select(isSure, losses, 0).mean() * minimum(model.steps.cast(to: .f32) / 300, 1)
  }

  // 1. The 30 alone.
  let loss = known(few)
  adam.minimize(loss, few.parameters)

  // 2. Pseudo-labels: the net's own answers, where it is sure, are labels of other views.
  adam.minimize(known(pseudo) + guided(pseudo, by: pseudo), pseudo.parameters)

  // 3. Consistency: two views of a digit get the same shares.
  let (one, two) = (softmax(consistent(view(u))), softmax(consistent(view(u))))
  let difference = pow(one - two, 2).sum(axis: 1).mean()
  adam.minimize(known(consistent) + difference, consistent.parameters)

  // 4. Self-training: a teacher's answers are labels; each 100 steps the student takes its
  // place. The first 200 steps are without one.
  let isExamined = model.steps % 100 .== 99
  let taught = select(model.steps .< 200, 0, guided(student, by: teacher))
  adam.minimize(known(student) + taught, student.parameters)
  for (old, new) in zip(teacher.parameters, student.parameters) {
    old.value = select(isExamined, new.value, old.value)
  }

  func f1(_ net: Net) -> Measure { .f1(net(u), hidden.label, average: .weighted) }
  return [
    "loss": loss, "few_f1": f1(few), "pseudo_f1": f1(pseudo), "consistent_f1": f1(consistent),
    "student_f1": f1(student),
  ]
}
