// dry_run.c - --dry-run: what a training would do and how long it would take.

#include <stdlib.h>
#include <string.h>

#include "training.h"

// Steps are tried for so long, after the first one, which is slower than others.
static const double seconds_of_trial = 0.5;

enum { LEAST_STEPS = 3, MOST_STEPS = 99, EVALUATIONS = 3 };

// Prints the beginning of a line: what it is about.
static void print_label(FILE *stream, const char *label) { fprintf(stream, "%-11s ", label); }

// Prints the fields, with what the model takes of them.
static void print_data(const rt_training *t, FILE *stream) {
  const rt_dataset *data = &t->data;
  char a[32], b[32], type[256];
  print_label(stream, "data");
  if (data->set_count == 0) {
    fprintf(stream, "none; the model makes its own\n");
    return;
  }
  for (int s = 0; s < data->set_count; s++) {
    if (s > 0) {
      print_label(stream, "");
    }
    fprintf(stream, "%s\n", data->sets[s].path);
  }
  print_label(stream, "examples");
  fprintf(stream, "%s to train on, %s held out\n", rt_count_text(a, data->count[RT_TRAIN]),
          rt_count_text(b, data->count[RT_VALIDATION]));
  for (int i = 0; i < data->feed_count; i++) {
    const rt_feed *feed = &data->feeds[i];
    const rt_examples *files = &data->sets[feed->set].files[RT_TRAIN];
    const rt_example_field *field = &files->fields[feed->field];
    const rt_tensor *tensor = field->input;
    const rt_range *range = rt_find_range(t->model, t->step.function->name, tensor->name);
    rt_dtype stored = field->dtype;
    int64_t shape[RT_MAX_RANK] = {-1};
    for (int axis = 1; axis < tensor->rank && axis < RT_MAX_RANK; axis++) {
      shape[axis] = tensor->shape[axis];
    }
    print_label(stream, i == 0 ? "inputs" : "");
    fprintf(stream, "%s %s", tensor->name,
            rt_type_text(type, sizeof type, tensor->dtype, tensor->rank, shape));
    if (stored != tensor->dtype) {
      fprintf(stream, ", from %s", rt_dtype_name(stored));
    }
    if (range != NULL) {
      fprintf(stream, ", 0 to %lld", (long long)range->count - 1);
    }
    fprintf(stream, "%s\n", files->held > 0 ? "" : ", read one by one");
  }
}

// Prints how long the run would be.
static void print_steps(const rt_training *t, FILE *stream) {
  char a[32], b[32];
  int batch = rt_batch_extent(t->step.function);
  print_label(stream, "steps");
  fprintf(stream, "%s in all, %s an epoch", rt_count_text(a, t->total),
          rt_count_text(b, t->epoch_steps));
  if (batch > 0) {
    fprintf(stream, ", of %d examples", batch);
  }
  fprintf(stream, "\n");
}

// Prints what would be trained.
static void print_model(const rt_training *t, FILE *stream) {
  const rt_model *model = t->model;
  int64_t values = 0, count = 0;
  char a[32], text[1024];
  for (int i = 0; i < model->state_count; i++) {
    int is_one = model->states[i].role == RT_PARAMETER;
    count += is_one;
    values += is_one ? (int64_t)rt_tensor_elements(&model->states[i].tensor) : 0;
  }
  print_label(stream, "parameters");
  fprintf(stream, "%lld with %s values\n", (long long)count, rt_count_text(a, values));
  if (t->frozen.count > 0) {
    print_label(stream, "");
    fprintf(stream, "%s\n", rt_frozen_text(text, sizeof text, t->options));
  }
}

// Prints the memory that a run takes.
static void print_memory(const rt_training *t, FILE *stream) {
  char text[192];
  print_label(stream, "memory");
  fprintf(stream, "%s\n", rt_memory_text(text, sizeof text, &t->memory));
}

// Prints where the run would write, unless that cannot be.
static int print_folder(const rt_training *t, FILE *stream, rt_error *error) {
  char *next = NULL;
  const char *folder = t->options->out;
  int code = RT_OK;
  if (folder == NULL) {
    code = rt_run_next(t->model->name, &next, error);
    folder = next;
  }
  if (code == RT_OK) {
    code = rt_training_check_folder(t, folder, error);
  }
  if (code == RT_OK) {
    int threads = rt_set_threads(0);
    print_label(stream, "threads");
    fprintf(stream, "%d\n", threads);
    print_label(stream, "folder");
    fprintf(stream, "%s%s\n", folder, rt_is_directory(folder) ? "" : ", which would be made");
  }
  rt_release(next);
  return code;
}

// One step on a batch of the first epoch, and how long it took.
static int try_step(rt_training *t, int64_t index, double *seconds, rt_error *error) {
  double start = rt_seconds();
  int code = rt_training_step(t, index, error);
  *seconds = rt_seconds() - start;
  return code == RT_OK ? rt_call_check_loss(&t->step, 1, index + 1, error) : code;
}

// Orders times for the median.
static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// The median, which moments when the machine did something else do not change.
static double median(double *times, int count) {
  qsort(times, (size_t)count, sizeof *times, by_size);
  return count % 2 == 1 ? times[count / 2] : (times[count / 2 - 1] + times[count / 2]) / 2.0;
}

// The first metric after a call.
static char *loss_text(char text[RT_LONGEST_PART], const rt_call *call) {
  text[0] = '\0';
  return rt_metric_count(call->function) > 0
             ? rt_metric_text(text, RT_LONGEST_PART, rt_metric(call->function, 0)->name,
                              rt_metric_value(call, 0))
             : text;
}

// Steps until the time of the trial is over; `*each` is the time of one.
static int try_steps(rt_training *t, double *each, FILE *stream, rt_error *error) {
  double times[MOST_STEPS], total = 0;
  char a[32], b[32], loss[RT_LONGEST_PART];
  int count = 0, batch = rt_batch_extent(t->step.function);
  rt_epoch_begin(t);
  int code = try_step(t, 0, &times[0], error);
  *each = times[0];
  loss_text(loss, &t->step);
  while (code == RT_OK && (total < seconds_of_trial || count < LEAST_STEPS) &&
         count < MOST_STEPS && count + 1 < t->epoch_steps) {
    code = try_step(t, count + 1, &times[count], error);
    total += times[count++];
  }
  if (code != RT_OK) {
    return code;
  }
  *each = count > 0 ? median(times, count) : *each;
  print_label(stream, "a step");
  fprintf(stream, "%s, %s, %s %s\n", loss, rt_time_text(a, *each),
          rt_rate_text(b, (batch > 0 ? batch : 1) / (*each > 1e-9 ? *each : 1e-9)),
          rt_rate_unit(batch));
  return RT_OK;
}

// A batch of the evaluation, several times; `*all` is the time that all batches would take.
static int try_evaluation(rt_training *t, double *all, FILE *stream, rt_error *error) {
  const rt_call *call = &t->evaluation.step;
  int64_t held_out = t->data.count[RT_VALIDATION];
  double times[EVALUATIONS];
  char a[32], loss[RT_LONGEST_PART];
  int code = RT_OK;
  *all = 0.0;
  if (call->function == NULL) {
    return RT_OK;
  }
  call = held_out < rt_batch_extent(call->function) ? &t->evaluation.rest : call;
  int batch = rt_batch_extent(call->function);
  for (int i = 0; i < EVALUATIONS && code == RT_OK; i++) {
    double start = rt_seconds();
    code = rt_dataset_batch(&t->data, RT_VALIDATION, 0, call->function, call->inputs, error);
    if (code == RT_OK) {
      code = rt_call_run(call, t->instance, error);
    }
    times[i] = rt_seconds() - start;
  }
  if (code == RT_OK) {
    double each = median(times, EVALUATIONS);
    *all = each * (double)held_out / batch;
    print_label(stream, "evaluation");
    fprintf(stream, "%s, %s for a batch of %d\n", loss_text(loss, call), rt_time_text(a, each),
            batch);
  }
  return code;
}

int rt_dry_run(rt_training *training, FILE *stream, rt_error *error) {
  rt_training *t = training;
  double step = 0, evaluation = 0;
  char a[32];
  print_label(stream, "model");
  fprintf(stream, "%s %s\n", t->model->name, t->model->version);
  print_data(t, stream);
  print_model(t, stream);
  print_steps(t, stream);
  print_memory(t, stream);
  int code = print_folder(t, stream, error);
  if (code == RT_OK) {
    code = try_steps(t, &step, stream, error);
  }
  if (code == RT_OK) {
    code = try_evaluation(t, &evaluation, stream, error);
  }
  if (code == RT_OK) {
    double ends = (double)((t->total + t->epoch_steps - 1) / t->epoch_steps);
    print_label(stream, "estimate");
    fprintf(stream, "%s for the run; nothing was written\n",
            rt_duration_text(a, (double)t->total * step + ends * evaluation));
  }
  return code;
}
