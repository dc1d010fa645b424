// Dark knowledge (Hinton, Vinyals and Dean, 2015): a net that has never seen a 3 learns what a 3 is
// from the doubts of a teacher, as which 8s look to it a little like a 3.

import GraphKit

struct Net: Layer {
  let body = Sequential { Flatten(); Dense(64, 128); ReLU(); Dropout(0.2); Dense(128, 128); ReLU() }
  let output = Dense(128, 10)

  func callAsFunction(_ x: Tensor) -> Tensor { output(body(x)) }
}

let (teacher, student, pupil) = (Net(), Net(), Net())
let model = Model("distillation", ["teacher": teacher, "student": student, "pupil": pupil])

func image(_ batch: Batch) -> Tensor { batch.image.cast(to: .f32) / 16 }

/// How many of the 3s are found.
func threes(_ logits: Tensor, _ labels: Tensor) -> Measure {
  let isThree = labels .== 3
  let isFound = isThree .&& (logits.argmax() .== 3)
  return .ratio(isFound.cast(to: .f32).sum(), isThree.cast(to: .f32).sum())
}

model.phase("teacher", on: .digits, batch: 64, epochs: 40, validation: 0.3) { batch in
  let logits = teacher(image(batch))
  let loss = crossEntropy(logits, batch.label)
  Adam(rate: .cosine(from: 2e-3)).minimize(loss, teacher.parameters)
  return ["loss": loss, "accuracy": accuracy(logits, batch.label)]
}

// Student and pupil see all digits but the 3s: the student with the teacher's answers, made softer
// by the temperature 4, the pupil with the labels.
model.phase("student", on: .digits, batch: 64, epochs: 60, validation: 0.3) { batch in
  let temperature = 4.0
  let x = image(batch)
  let isSeen = (batch.label .!= 3).cast(to: .f32)
  let (soft, hard) = (student(x), pupil(x))
  let answers = softmax(teacher(x) / temperature).stopGradient()
  let fromTeacher = crossEntropy(soft / temperature, answers, reduction: .none)
  let fromLabels = crossEntropy(hard, batch.label, reduction: .none)
  let errors = temperature * temperature * fromTeacher + fromLabels
  let loss = (errors * isSeen).sum() / maximum(isSeen.sum(), 1)
  Adam(rate: .cosine(from: 2e-3)).minimize(loss, student.parameters + pupil.parameters)
  // As it has seen no 3, the student expects too few: its bias for them is raised.
  let raised = soft + 2.5 * Tensor(3, .i32).oneHot(10).cast(to: .f32)
  return [
    "loss": loss, "student": accuracy(raised, batch.label),
    "pupil": accuracy(hard, batch.label), "threes": threes(raised, batch.label),
    "threes_before": threes(soft, batch.label), "threes_pupil": threes(hard, batch.label),
  ]
}
