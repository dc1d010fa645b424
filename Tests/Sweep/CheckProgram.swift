internal import GraphIR
internal import LoopIR
internal import RandomModels

/// A main program in C that makes the calls and compares, so that a failure needs nothing but C.
struct CheckProgram {
  let text: String

  init(_ trials: [Trial], of program: GraphProgram) {
    var body = ""
    var data = ""
    for (number, trial) in trials.enumerated() {
      guard let function = program.functions.first(where: { $0.name == trial.function }) else {
        continue
      }
      func list(_ name: String, _ values: [Double]) {
        let numbers = values.map(Self.number).joined(separator: ", ")
        data += "static const double \(name)[] = {\(values.isEmpty ? "0" : numbers)};\n"
      }
      for (i, state) in trial.before.enumerated() {
        list("before_\(number)_\(i)", state.numbers.values)
        body += "  set(model, m, \"\(state.name)\", before_\(number)_\(i));\n"
      }
      body += "  {\n    const void *in[\(max(trial.inputs.count, 1))] = {0};\n"
      for (i, input) in trial.inputs.enumerated() {
        list("input_\(number)_\(i)", input.values)
        body +=
          "    in[\(i)] = filled(RT_\("\(input.type.element)".uppercased()), "
          + "input_\(number)_\(i), \(input.values.count));\n"
      }
      let outputs = trial.expected.count - trial.reads.count
      body += "    void *out[\(max(outputs, 1))] = {0};\n"
      for (i, wanted) in trial.expected.prefix(outputs).enumerated() {
        body += "    out[\(i)] = calloc(\(wanted.values.count) + 1, 8);\n"
      }
      body += "    rt_find_function(model, \"\(function.name)\")->run(m, in, out);\n"
      for (i, wanted) in trial.expected.enumerated() {
        list("wanted_\(number)_\(i)", wanted.values)
        list("bound_\(number)_\(i)", wanted.bounds)
        let place =
          i < outputs ? "out[\(i)]" : "place(model, m, \"\(trial.reads[i - outputs])\")"
        body +=
          "    compare(\"\(trial.function) \(i)\", RT_"
          + "\("\(wanted.type.element)".uppercased()), \(place), wanted_\(number)_\(i), "
          + "bound_\(number)_\(i), \(wanted.values.count));\n"
      }
      body += "  }\n"
    }
    text = Self.head(program.name) + data + Self.main(program.name) + body + "  return wrong;\n}\n"
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NAN" }
    if value.isInfinite { return value < 0 ? "-INFINITY" : "INFINITY" }
    return "\(value)"
  }

  private static func head(_ name: String) -> String {
    """
    // Calls the functions of \(name).c and compares with what they must give.
    #include "\(name).h"
    #include "runtime/runtime.h"
    #include <math.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>

    static int wrong = 0;

    """
  }

  private static func main(_ name: String) -> String {
    """

    static void *filled(rt_dtype type, const double *values, size_t count) {
      char *block = calloc(count + 1, 8);
      for (size_t i = 0; i < count; i++) {
        rt_scalar_set(type, block + i * rt_dtype_size(type), values[i]);
      }
      return block;
    }

    static char *place(const rt_model *model, void *m, const char *name) {
      for (int i = 0; i < (int)model->state_count; i++) {
        if (strcmp(model->states[i].tensor.name, name) == 0) {
          return (char *)m + model->states[i].offset;
        }
      }
      printf("no state %s\\n", name);
      exit(2);
    }

    static void set(const rt_model *model, void *m, const char *name, const double *values) {
      for (int i = 0; i < (int)model->state_count; i++) {
        const rt_tensor *tensor = &model->states[i].tensor;
        if (strcmp(tensor->name, name) != 0) continue;
        char *block = place(model, m, name);
        for (size_t k = 0; k < rt_tensor_elements(tensor); k++) {
          rt_scalar_set(tensor->dtype, block + k * rt_dtype_size(tensor->dtype), values[k]);
        }
      }
      if (model->changed) model->changed(m);
    }

    static void compare(
        const char *title, rt_dtype type, const char *found, const double *wanted,
        const double *bound, size_t count) {
      size_t bad = 0;
      for (size_t i = 0; i < count; i++) {
        double x = rt_scalar_get(type, found + i * rt_dtype_size(type));
        if (x == wanted[i] || (isnan(x) && isnan(wanted[i]))) continue;
        if (fabs(x - wanted[i]) <= 2 * bound[i]) continue;
        if (bad++ < 3) printf("%s[%zu]: %g instead of %g\\n", title, i, x, wanted[i]);
      }
      if (bad > 0) {
        printf("%s: %zu of %zu are wrong\\n", title, bad, count);
        wrong = 1;
      }
    }

    int main(void) {
      const rt_model *model = &\(name)_model;
      void *m = rt_model_create(model);

    """
  }
}
