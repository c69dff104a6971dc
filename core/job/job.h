/* SPDX-License-Identifier: GPL-2.0-or-later
 * The inside of a run, shared by the files that check parameters and that run tools. Tools include
 * algorithm.h instead. */
#ifndef TL_JOB_JOB_H
#define TL_JOB_JOB_H

#include "job/algorithm.h"

/* Parameters that every tool has: threads, memory, strict. */
extern const tl_arg tl_job_common[];
extern const ptrdiff_t tl_job_common_count;

/* A further file of an output. Texts are owned. */
typedef struct tl_part {
    char *temporary;
    char *target;
} tl_part;

/* One checked value. Texts are owned. */
typedef struct tl_value {
    const tl_arg *arg;
    ptrdiff_t n;     /* 0 = not given */
    char **text;     /* [n] */
    double number;   /* of numbers and integers */
    int choice;      /* of choices: position of the word; of flags: 1 for yes */
    char *temporary; /* of outputs: where the tool writes */
    tl_part *part;   /* [n_parts] of outputs: further files of tl_job_extra_output */
    ptrdiff_t n_parts;
} tl_value;

typedef struct tl_values {
    tl_value *value;
    ptrdiff_t n;
} tl_values;

/* Reads params against the descriptor.
 *
 * values  uninitialised; empty on failure
 * fails   TL_ARG, with a sentence that names the parameter; TL_NOMEM */
tl_code tl_job_values_read(const tl_algorithm *alg, const json_t *params, const tl_store *store,
                           tl_values *values, tl_err *err);

/* Asks the store whether an output of the run is one of its inputs or another output.
 *
 * more   [n_more] files besides those of the parameters
 * fails  TL_ARG, TL_NOMEM */
tl_code tl_job_check_files(const tl_values *values, const tl_store *store, const tl_file_use *more,
                           ptrdiff_t n_more, tl_err *err);

/* Frees; zeroed and already freed owners are fine. */
void tl_job_values_free(tl_values *values);

/* The key of the object that stands for a value which JSON cannot contain, such as NaN. */
#define TL_JOB_UNREADABLE "is no JSON value"

/* What was given in place of a JSON value, borrowed; NULL for every other value. */
const char *tl_job_unreadable(const json_t *value);

/* The range of a number, ends included: that of the descriptor; for integers without one all that
 * every front end can carry. Infinite where there is no limit. */
void tl_job_range(const tl_arg *arg, double *min, double *max);

#endif
