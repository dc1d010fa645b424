// labels.h - what the numbers of a model stand for: the names of classes, and the rate of sounds.
//
// A model may name its classes; else its weights keep, as notes, the names in the data on which it
// was trained.

#ifndef RT_LABELS_H
#define RT_LABELS_H

#include "../data/dataset.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- labels.c --------------------------------------------------------------------

// Names by the numbers of their classes; without any, `count` is 0.
typedef struct {
  int count;
  const char **items;  // in `text`
  char *text;          // owned
} rt_labels;

void rt_labels_clear(rt_labels *labels);

// The name of the class of that number, or null.
const char *rt_label(const rt_labels *labels, double number);

// Adds the names that the data have, as the note 'classes.INPUT' for each input, a name a line, and
// the frames a second of their sounds as the note 'rate'. Very many names are left out.
int rt_labels_note(const rt_dataset *data, rt_notes *notes, rt_error *error);

// Copies such notes that are not among `notes` yet.
int rt_labels_copy(const rt_notes *from, rt_notes *notes, rt_error *error);

// The names for an input, of the notes or else of the model; to be freed with rt_labels_clear.
int rt_labels_of_input(rt_labels *labels, const rt_model *model, const char *input,
                       const rt_notes *notes, rt_error *error);

// The names for an output, if the model says of which input of the training it has classes.
int rt_labels_of_output(rt_labels *labels, const rt_model *model, const rt_function *function,
                        const rt_tensor *output, const rt_notes *notes, rt_error *error);

// The frames a second that the notes state, or 0.
int rt_labels_rate(const rt_notes *notes);

// An error unless the names in the data are those of the notes, which are of the file `path`.
int rt_labels_check(const rt_dataset *data, const rt_notes *notes, const char *path,
                    rt_error *error);

#ifdef __cplusplus
}
#endif

#endif
